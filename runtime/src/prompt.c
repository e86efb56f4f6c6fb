/* prompt.c: capturing continuations, with call/cc and control, and calling them. */
#include "arguments.h"
#include "condition.h"
#include "context.h"
#include "control.h"
#include "variadic.h"
#include "winding.h"

/* ---- call/cc ---- */

static omni_pending call_cc(omni_context *ctx, omni_owned f, omni_owned b, omni_owned c) {
  (void)b;
  (void)c;
  omni_result k = omni_continuation_full(ctx);
  if (!omni_failed(k))
    return omni_tail1(ctx, f, k);
  omni_drop(ctx, f);
  return OMNI_FAILED;
}

static omni_pending leave_for_call_cc(omni_context *ctx, const char *who, omni_borrowed f) {
  if (!omni_want_procedure(ctx, who, f) || !omni_kont_may_grow(ctx))
    return OMNI_FAILED;
  return omni_leave(ctx, call_cc, omni_dup(f), OMNI_NOTHING, OMNI_NOTHING);
}

omni_pending omni_call_cc_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  (void)argc;
  return leave_for_call_cc(ctx, "call/cc", argv[0]);
}

omni_pending omni_call_cc_long_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  (void)argc;
  return leave_for_call_cc(ctx, "call-with-current-continuation", argv[0]);
}

/* ---- prompts ---- */

static omni_pending call_with_prompt(omni_context *ctx, omni_owned tag, omni_owned thunk,
                                     omni_owned unused) {
  (void)unused;
  if (omni_mark_push(ctx, OMNI_MARK_PROMPT, tag, OMNI_NIL))
    return omni_tail0(ctx, thunk);
  omni_drop(ctx, thunk);
  return OMNI_FAILED;
}

omni_pending omni_call_with_prompt_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  (void)argc;
  if (!omni_want_procedure(ctx, "%call-with-prompt", argv[1]) || !omni_kont_may_grow(ctx))
    return OMNI_FAILED;
  return omni_leave(ctx, call_with_prompt, omni_dup(argv[0]), omni_dup(argv[1]), OMNI_NOTHING);
}

/* The innermost prompt with a tag; NULL when there is none. */
static const omni_mark *find_prompt(omni_context *ctx, omni_borrowed tag) {
  omni_value marks = ctx->control.kont.marks;
  for (;;) {
    const omni_mark *mark = omni_mark_find(marks, OMNI_MARK_PROMPT);
    if (mark == NULL || omni_eqv_p(ctx, mark->fields[OMNI_MARK_A], tag) == OMNI_TRUE)
      return mark;
    marks = mark->fields[OMNI_MARK_NEXT];
  }
}

static omni_pending control(omni_context *ctx, omni_owned tag, omni_owned f, omni_owned unused) {
  (void)unused;
  const omni_mark *prompt = find_prompt(ctx, tag);
  omni_drop(ctx, tag);
  omni_result k = omni_continuation_above(ctx, prompt);
  if (omni_failed(k)) {
    omni_drop(ctx, f);
    return OMNI_FAILED;
  }
  omni_kont target = omni_kont_dup(omni_kont_from(prompt));
  omni_jump jump = {OMNI_ARRIVE_CALLING, target, f, k, OMNI_NOTHING, omni_fixnum(0)};
  return omni_jump_make(ctx, jump);
}

omni_pending omni_control_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  (void)argc;
  if (!omni_want_procedure(ctx, "%control", argv[1]))
    return OMNI_FAILED;
  if (find_prompt(ctx, argv[0]) == NULL)
    return omni_fail_with(ctx, omni_condition_about(ctx, OMNI_MESSAGE_NO_PROMPT, argv[0]));
  return omni_leave(ctx, control, omni_dup(argv[0]), omni_dup(argv[1]), OMNI_NOTHING);
}

/* ---- calls of continuations ---- */

static omni_pending deliver(omni_context *ctx, omni_owned k, omni_owned value, omni_owned unused) {
  (void)unused;
  omni_kont target;
  if (omni_continuation_of(k)->kind == OMNI_CONTINUATION_FULL) {
    target = omni_kont_dup(omni_continuation_kont(k));
  } else if (!omni_kont_extend(ctx, ctx->control.kont, k, &target)) {
    omni_drop(ctx, k);
    omni_drop(ctx, value);
    return OMNI_FAILED;
  }
  omni_drop(ctx, k);
  omni_jump jump = {OMNI_ARRIVE_WITH_VALUE, target,       value,
                    OMNI_NOTHING,           OMNI_NOTHING, omni_fixnum(0)};
  return omni_jump_make(ctx, jump);
}

omni_pending omni_continuation_call(omni_context *ctx, omni_owned k, int argc,
                                    const omni_value *argv) {
  int full = omni_continuation_of(k)->kind == OMNI_CONTINUATION_FULL;
  omni_result value = OMNI_FAILED;
  if (full || omni_kont_may_grow(ctx))
    value = omni_values_make(ctx, argc, argv);
  for (int i = 0; i < argc; i++)
    omni_drop(ctx, argv[i]);
  if (!omni_failed(value))
    return omni_leave(ctx, deliver, k, value, OMNI_NOTHING);
  omni_drop(ctx, k);
  return OMNI_FAILED;
}
