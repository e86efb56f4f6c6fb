/* handling.c: handlers and guards.
 *
 * An error inside of a guard that lies in the C stack never comes here: compiled code handles it. What
 * reaches the driver has left the C stack, and the innermost active handler is a mark: a guarded frame, or
 * a procedure installed by with-exception-handler. While such a procedure runs, the marks from its own
 * inwards are not active, which a mark of the kind HANDLING says; after a guard has raised an object again,
 * one of the kind OUTSIDE says the same. */
#include "handling.h"

#include "arguments.h"
#include "condition.h"
#include "context.h"
#include "variadic.h"
#include "winding.h"

/* ---- positions ---- */

omni_immediate omni_raised_position(const omni_context *ctx) {
  int32_t line = ctx->raised_line, column = ctx->raised_column;
  if (omni_has_tag(ctx->raised, OMNI_TAG_CONDITION)) {
    line = omni_condition_of(ctx->raised)->line;
    column = omni_condition_of(ctx->raised)->column;
  }
  return omni_fixnum((int64_t)line << 32 | (int64_t)(uint32_t)column);
}

/* The position of what has been raised is the given one. */
static void set_position(omni_context *ctx, int32_t line, int32_t column) {
  if (omni_has_tag(ctx->raised, OMNI_TAG_CONDITION)) {
    omni_condition_of(ctx->raised)->line = line;
    omni_condition_of(ctx->raised)->column = column;
  } else {
    ctx->raised_line = line;
    ctx->raised_column = column;
  }
}

static int32_t line_of(omni_immediate position) {
  return (int32_t)(omni_fixnum_value(position) >> 32);
}
static int32_t column_of(omni_immediate position) {
  return (int32_t)((uint64_t)omni_fixnum_value(position) & UINT32_MAX);
}

/* Library code gives no positions, and what is raised in the driver has none yet: the frames below tell.
 * A frame records the position when it fails; the continuation, which is still needed, keeps it. */
static void locate(omni_context *ctx) {
  omni_kont kont = ctx->control.kont;
  for (;;) {
    for (omni_value f = kont.frames; f != OMNI_NIL; f = omni_frame_of(f)->fields[0]) {
      if (line_of(omni_raised_position(ctx)) != 0)
        return;
      omni_frame_resume(ctx, omni_dup(f), OMNI_FAILED);
    }
    if (kont.marks == OMNI_NIL || omni_mark_of(kont.marks)->kind == OMNI_MARK_GUARD)
      return;
    kont = omni_kont_below(omni_mark_of(kont.marks));
  }
}

/* ---- finding the innermost active handler ---- */

typedef struct handler {
  omni_mark *mark;
  omni_value frame; /* borrowed: of a guard; () for a handler procedure */
} handler;

/* The guard or handler whose identity is `identity`; NULL when it is not in the continuation. */
static omni_mark *identified(omni_value marks, omni_value identity) {
  for (; marks != OMNI_NIL; marks = omni_mark_of(marks)->fields[OMNI_MARK_NEXT]) {
    omni_mark *mark = omni_mark_of(marks);
    if ((mark->kind == OMNI_MARK_HANDLER || mark->kind == OMNI_MARK_GUARD) &&
        mark->fields[OMNI_MARK_A] == identity)
      return mark;
  }
  return NULL;
}

/* 0 when there is none. */
static int find_handler(omni_value marks, handler *found) {
  while (marks != OMNI_NIL) {
    omni_mark *mark = omni_mark_of(marks);
    if (mark->kind == OMNI_MARK_GUARD || mark->kind == OMNI_MARK_HANDLER) {
      found->mark = mark;
      found->frame = mark->kind == OMNI_MARK_GUARD ? mark->fields[OMNI_MARK_A] : OMNI_NIL;
      return 1;
    }
    if (mark->kind == OMNI_MARK_HANDLING || mark->kind == OMNI_MARK_OUTSIDE) {
      omni_value next_guard =
          mark->kind == OMNI_MARK_OUTSIDE ? mark->fields[OMNI_MARK_B] : OMNI_NIL;
      mark = identified(mark->fields[OMNI_MARK_NEXT], mark->fields[OMNI_MARK_A]);
      if (mark == NULL)
        return 0;
      if (next_guard != OMNI_NIL) {
        *found = (handler){mark, next_guard};
        return 1;
      }
    }
    marks = mark->fields[OMNI_MARK_NEXT];
  }
  return 0;
}

/* ---- guards ---- */

/* Whether something that could be gone back to lies above `mark`. */
static int anything_above(const omni_context *ctx, const omni_mark *mark) {
  omni_value m = ctx->control.kont.marks;
  while (omni_mark_of(m) != mark && omni_mark_of(m)->kind == OMNI_MARK_JOIN)
    m = omni_mark_of(m)->fields[OMNI_MARK_NEXT];
  return omni_mark_of(m) != mark;
}

static omni_pending leave_to_guard(omni_context *ctx, handler guard) {
  int continuable = ctx->control.raised_continuable;
  omni_value context = OMNI_NOTHING;
  if (continuable || anything_above(ctx, guard.mark)) {
    omni_immediate position = omni_raised_position(ctx);
    context = omni_continuation_through(ctx, guard.mark);
    if (omni_failed(context)) {
      context = OMNI_NOTHING; /* out-of-memory is what the guard gets */
    } else {
      omni_continuation_of(context)->continuable = (uint16_t)continuable;
      omni_continuation_of(context)->line = line_of(position);
      omni_continuation_of(context)->column = column_of(position);
    }
  }
  omni_immediate position = omni_raised_position(ctx);
  omni_value object = ctx->raised;
  ctx->raised = OMNI_UNBOUND;
  omni_jump jump = {OMNI_ARRIVE_AT_GUARD,
                    omni_kont_dup(omni_kont_below(guard.mark)),
                    object,
                    context,
                    omni_dup(guard.frame),
                    position};
  return omni_jump_make(ctx, jump);
}

omni_pending omni_arrive_at_guard(omni_context *ctx, omni_owned object, omni_owned context,
                                  omni_owned frame, omni_immediate position) {
  omni_fail_with(ctx, object);
  set_position(ctx, line_of(position), column_of(position));
  ctx->control.raised_context = context;
  return omni_frame_resume(ctx, frame, OMNI_FAILED);
}

omni_owned omni_caught_context(omni_context *ctx) {
  omni_value context = ctx->control.raised_context;
  ctx->control.raised_context = OMNI_NOTHING;
  return context;
}

/* The frame that the guard whose context this is resumes with what is raised. */
static omni_value guard_of(omni_borrowed context) {
  omni_value mark = omni_continuation_of(context)->fields[OMNI_CONTINUATION_MARKS];
  while (omni_mark_of(mark)->fields[OMNI_MARK_NEXT] != OMNI_NIL)
    mark = omni_mark_of(mark)->fields[OMNI_MARK_NEXT];
  return omni_mark_of(mark)->fields[OMNI_MARK_A];
}

/* Go back to where the object was raised. The activation that asks for it is the guard's own, called by the
 * driver. It is not continued: a copy of it, in the context, does what follows the guard. If it was saved
 * at all, it is the frame on top; if it has a guard of its own there, that is the next one outside. */
static omni_pending raise_again(omni_context *ctx, omni_owned object, omni_owned context,
                                omni_owned unused) {
  (void)unused;
  omni_kont below = ctx->control.kont;
  omni_value outer = OMNI_NIL;
  if (ctx->control.captured > 0 && below.frames != OMNI_NIL) {
    const omni_frame *frame = omni_frame_of(below.frames);
    below.depth -= omni_frame_bytes(frame);
    below.frames = frame->fields[0];
  } else if (ctx->control.captured > 0) {
    outer = omni_mark_of(below.marks)->fields[OMNI_MARK_A];
    below = omni_kont_below(omni_mark_of(below.marks));
  }
  omni_jump jump = {OMNI_ARRIVE_RAISING, below, object, context, OMNI_NOTHING, omni_fixnum(0)};
  /* All that is needed there is made before anything happens. */
  omni_mark *outside =
      omni_mark_make(ctx, OMNI_MARK_OUTSIDE, omni_dup(guard_of(context)), omni_dup(outer));
  if (outside != NULL && omni_kont_extend(ctx, below, context, &jump.target)) {
    omni_kont_put(&jump.target, outside);
    return omni_jump_make(ctx, jump);
  }
  if (outside != NULL)
    omni_drop(ctx, omni_object_value(outside));
  omni_drop(ctx, object);
  omni_drop(ctx, context);
  return OMNI_FAILED;
}

omni_result omni_raise_again(omni_context *ctx, omni_owned object, omni_owned context) {
  if (context == OMNI_NOTHING)
    return omni_reraise(ctx, object);
  return omni_leave(ctx, raise_again, object, context, OMNI_NOTHING);
}

omni_pending omni_arrive_raising(omni_context *ctx, omni_owned object, omni_owned context) {
  const omni_continuation *from = omni_continuation_of(context);
  omni_fail_with(ctx, object);
  set_position(ctx, from->line, from->column);
  ctx->control.raised_continuable = from->continuable;
  omni_drop(ctx, context);
  return OMNI_FAILED;
}

/* ---- handler procedures ---- */

/* Call the handler of `mark` on top of everything. OMNI_FAILED if memory ran out. */
static omni_pending call_handler(omni_context *ctx, const omni_mark *mark) {
  omni_value identity = mark->fields[OMNI_MARK_A], answer = OMNI_TRUE;
  if (!ctx->control.raised_continuable)
    answer = omni_cons(ctx, omni_dup(ctx->raised), omni_raised_position(ctx));
  if (omni_failed(answer) || !omni_mark_push(ctx, OMNI_MARK_HANDLING, omni_dup(identity), answer))
    return OMNI_FAILED;
  omni_value object = omni_catch(ctx);
  return omni_tail1(ctx, omni_dup(omni_car_of(identity)), object);
}

omni_pending omni_handler_returned(omni_context *ctx, omni_owned value) {
  omni_value raised = omni_mark_of(ctx->control.kont.marks)->fields[OMNI_MARK_B];
  if (raised == OMNI_TRUE) {
    omni_mark_pop(ctx);
    return value;
  }
  /* The mark stays: the handlers outside of the one that returned see the error. */
  omni_drop(ctx, value);
  omni_result condition =
      omni_condition_about(ctx, OMNI_MESSAGE_HANDLER_RETURNED, omni_car_of(raised));
  omni_immediate position = omni_cdr_of(raised);
  omni_fail_with(ctx, condition);
  if (!omni_failed(condition))
    set_position(ctx, line_of(position), column_of(position));
  return OMNI_FAILED;
}

omni_pending omni_handle(omni_context *ctx, int *handled) {
  handler found;
  omni_value marks = ctx->control.kont.marks;
  if (line_of(omni_raised_position(ctx)) == 0)
    locate(ctx);
  *handled = 1;
  while (find_handler(marks, &found)) {
    if (found.frame != OMNI_NIL)
      return leave_to_guard(ctx, found);
    omni_pending call = call_handler(ctx, found.mark);
    if (!omni_failed(call))
      return call;
    /* No memory to call this one: those outside of it get out-of-memory. */
    marks = found.mark->fields[OMNI_MARK_NEXT];
  }
  *handled = 0;
  return OMNI_FAILED;
}

static omni_pending with_handler(omni_context *ctx, omni_owned handler, omni_owned thunk,
                                 omni_owned unused) {
  (void)unused;
  omni_result identity = omni_cons(ctx, handler, OMNI_NIL);
  if (!omni_failed(identity) && omni_mark_push(ctx, OMNI_MARK_HANDLER, identity, OMNI_NIL))
    return omni_tail0(ctx, thunk);
  omni_drop(ctx, thunk);
  return OMNI_FAILED;
}

omni_pending omni_with_exception_handler_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  for (int i = 0; i < argc; i++)
    if (!omni_want_procedure(ctx, "with-exception-handler", argv[i]))
      return OMNI_FAILED;
  if (!omni_kont_may_grow(ctx))
    return OMNI_FAILED;
  return omni_leave(ctx, with_handler, omni_dup(argv[0]), omni_dup(argv[1]), OMNI_NOTHING);
}

static omni_pending raise_continuable(omni_context *ctx, omni_owned object, omni_owned b,
                                      omni_owned c) {
  (void)b;
  (void)c;
  omni_fail_with(ctx, object);
  ctx->control.raised_continuable = 1;
  return OMNI_FAILED;
}

omni_pending omni_raise_continuable_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  (void)argc;
  return omni_leave(ctx, raise_continuable, omni_dup(argv[0]), OMNI_NOTHING, OMNI_NOTHING);
}
