/* Suspension of compiled code: frames as the compiler writes them, at any depth, without memory and when the
 * context is cleared in the middle. */
#include "check.h"
#include "control.h"
#include "variadic.h"

enum { DEEP = 1000000 };

static omni_value closure(omni_context *ctx, const omni_code *code) {
  const omni_code *const codes[] = {code};
  return omni_group_make(ctx, codes, 1, 0);
}

static omni_value kept; /* the continuation at the deepest point */

static omni_pending keep(omni_context *ctx, omni_owned self, omni_owned k) {
  omni_drop(ctx, self);
  omni_drop(ctx, kept);
  kept = k;
  return omni_fixnum(0);
}
static const omni_code keep_code = {(omni_entry)keep, "keep", 1, 0, 0};

/* (define (deep n) (begin (call/cc keep) (if (= n 0) 0 (+ 1 (deep (- n 1)))))) */
static omni_pending resume_deep(omni_context *ctx, int state);
static omni_pending deep_from(omni_context *ctx, int state, omni_result t, omni_owned self,
                              omni_owned n) {
  if (omni_failed(t)) {
    omni_at(ctx, 7, 3);
    if (!omni_failed(omni_suspend(ctx, resume_deep, state, 2, 0))) {
      omni_save(ctx, 0, self);
      omni_save(ctx, 1, n);
      return OMNI_FAILED;
    }
    omni_drop(ctx, self);
    return OMNI_FAILED;
  }
  if (state == 0 && n != omni_fixnum(0)) {
    t = omni_call1(ctx, omni_dup(self), omni_subtract(ctx, n, omni_fixnum(1)));
    return deep_from(ctx, 1, t, self, n);
  }
  omni_drop(ctx, self);
  return state == 0 ? omni_fixnum(0) : omni_add(ctx, t, omni_fixnum(1));
}
static omni_pending resume_deep(omni_context *ctx, int state) {
  omni_value self = omni_restore(ctx, 0), n = omni_restore_immediate(ctx, 1);
  return deep_from(ctx, state, omni_resumed(ctx), self, n);
}
static omni_pending deep(omni_context *ctx, omni_owned self, omni_owned n) {
  const omni_value argv[] = {closure(ctx, &keep_code)};
  omni_result t = omni_finish(ctx, omni_call_cc_n(ctx, 1, argv));
  omni_drop(ctx, argv[0]);
  return deep_from(ctx, 0, t, self, n);
}
static const omni_code deep_code = {(omni_entry)deep, "deep", 1, 0, 0};

/* A long continuation is made, continued twice and released in constant C stack. */
static void test_deep(void) {
  omni_context *ctx = open_context();
  kept = OMNI_NOTHING;
  omni_pending p = omni_tail1(ctx, closure(ctx, &deep_code), omni_fixnum(DEEP));
  CHECK_TEXT(text_of(ctx, omni_drive(ctx, p)), "1000000");
  CHECK(ctx->heap.live_objects > DEEP);
  p = omni_tail1(ctx, omni_dup(kept), omni_fixnum(0));
  CHECK_TEXT(text_of(ctx, omni_drive(ctx, p)), "1000000");
  omni_drop(ctx, kept);
  close_context(ctx);
}

/* What is raised in the driver has the position of the call. */
static omni_pending raise_n(omni_context *ctx, int state) {
  omni_value self = omni_restore(ctx, 0), n = omni_restore_immediate(ctx, 1);
  omni_result t = omni_resumed(ctx);
  if (!omni_failed(t))
    t = omni_finish(ctx, omni_raise_continuable_n(ctx, 1, &n));
  if (omni_failed(t)) {
    omni_at(ctx, 12, 5);
    if (!omni_failed(omni_suspend(ctx, raise_n, state, 2, 0))) {
      omni_save(ctx, 0, self);
      omni_save(ctx, 1, n);
      return OMNI_FAILED;
    }
  }
  omni_drop(ctx, self);
  return t;
}
static void test_position(void) {
  omni_context *ctx = open_context();
  omni_frame *frame = omni_frame_make(ctx, raise_n, 0, 2);
  frame->fields[1] = omni_cons(ctx, OMNI_NIL, OMNI_NIL);
  frame->fields[2] = omni_fixnum(5);
  omni_frame_push(ctx, frame);
  CHECK(omni_failed(omni_drive(ctx, OMNI_NOTHING)));
  CHECK(ctx->raised == omni_fixnum(5) && ctx->raised_line == 12 && ctx->raised_column == 5);
  CHECK(omni_failed(ctx->raised) == 0 && ctx->heap.live_objects > 0);
  close_context(ctx);
}

/* With no memory at all, an error still gets past handlers that cannot be called, to a guard. */
static omni_pending guarded(omni_context *ctx, int state) {
  (void)state;
  CHECK(omni_failed(omni_resumed(ctx)) && ctx->raised == ctx->out_of_memory);
  omni_drop(ctx, omni_catch(ctx));
  CHECK(omni_caught_context(ctx) == OMNI_NOTHING);
  return omni_fixnum(1);
}
static void test_exhausted(void) {
  for (int with_guard = 0; with_guard < 2; with_guard++) {
    omni_context *ctx = open_context();
    if (with_guard) {
      omni_value frame = omni_object_value(omni_frame_make(ctx, guarded, 0, 0));
      CHECK(omni_mark_push(ctx, OMNI_MARK_GUARD, frame, OMNI_NIL));
    }
    for (int i = 0; i < 3; i++) {
      omni_value procedures = omni_cons(ctx, closure(ctx, &keep_code), closure(ctx, &keep_code));
      CHECK(omni_mark_push(ctx, OMNI_MARK_HANDLER, omni_dup(procedures), OMNI_NIL));
      CHECK(omni_mark_push(ctx, OMNI_MARK_WIND, procedures, OMNI_NIL));
    }
    omni_value marks = omni_dup(ctx->control.kont.marks); /* so that leaving them frees nothing */
    ctx->heap.limit = ctx->heap.live_bytes;
    omni_result result = omni_drive(ctx, omni_fail_with(ctx, omni_fixnum(5)));
    CHECK(with_guard ? result == omni_fixnum(1) : ctx->raised == ctx->out_of_memory);
    omni_drop(ctx, marks);
    close_context(ctx);
  }
}

/* A context that is cleared in the middle of a suspension releases what it holds. */
static void test_abandoned(void) {
  omni_context *ctx = open_context();
  const omni_value argv[] = {closure(ctx, &keep_code)};
  CHECK(omni_failed(omni_suspend(ctx, resume_deep, 0, 1, 0))); /* nothing is suspending */
  CHECK(omni_failed(omni_call_cc_n(ctx, 1, argv)));
  CHECK(!omni_failed(omni_suspend(ctx, resume_deep, 0, 1, 0)));
  omni_save(ctx, 0, omni_cons(ctx, OMNI_NIL, OMNI_NIL));
  CHECK(!omni_failed(omni_suspend(ctx, resume_deep, 0, 1, 1)));
  omni_save(ctx, 0, argv[0]);
  close_context(ctx);
}

int main(void) {
  test_deep();
  test_position();
  test_exhausted();
  test_abandoned();
  return 0;
}
