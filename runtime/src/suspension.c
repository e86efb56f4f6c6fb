#include "suspension.h"

#include "context.h"

static void begin_capture(omni_capture *capture) {
  *capture = (omni_capture){OMNI_NIL, OMNI_NIL, NULL, NULL, NULL, 0, 0, 0};
  capture->end_of_frames = &capture->frames;
  capture->end_of_marks = &capture->marks;
}

void omni_control_begin(omni_context *ctx) {
  omni_control *control = &ctx->control;
  control->kont = (omni_kont){OMNI_NIL, OMNI_NIL, 0};
  control->raised_context = OMNI_NOTHING;
  begin_capture(&control->capture);
}

/* Give up a suspension: its action, and what was captured. */
static void cancel(omni_context *ctx) {
  omni_control *control = &ctx->control;
  if (!control->suspending)
    return;
  control->suspending = 0;
  for (int i = 0; i < 3; i++)
    omni_drop(ctx, control->operands[i]);
  omni_drop(ctx, control->capture.frames);
  omni_drop(ctx, control->capture.marks);
}

void omni_control_clear(omni_context *ctx) {
  cancel(ctx);
  omni_kont_set(ctx, (omni_kont){OMNI_NIL, OMNI_NIL, 0});
  omni_control_raised(ctx);
}

void omni_control_raised(omni_context *ctx) {
  ctx->control.raised_continuable = 0;
  omni_drop(ctx, ctx->control.raised_context);
  ctx->control.raised_context = OMNI_NOTHING;
}

/* ---- suspending ---- */

omni_pending omni_leave(omni_context *ctx, omni_action *action, omni_owned a, omni_owned b,
                        omni_owned c) {
  omni_control *control = &ctx->control;
  control->suspending = 1;
  control->action = action;
  control->operands[0] = a;
  control->operands[1] = b;
  control->operands[2] = c;
  begin_capture(&control->capture);
  return OMNI_FAILED;
}

int omni_suspending(omni_context *ctx) { return ctx->control.suspending; }

omni_check omni_suspend(omni_context *ctx, omni_resume resume, int state, int slots, int guarded) {
  if (!omni_suspending(ctx))
    return OMNI_FAILED;
  omni_capture *capture = &ctx->control.capture;
  omni_frame *frame = omni_frame_make(ctx, resume, state, (uint32_t)slots);
  omni_mark *mark = NULL;
  if (frame != NULL && guarded) /* which consumes the frame */
    mark = omni_mark_make(ctx, OMNI_MARK_GUARD, omni_object_value(frame), OMNI_NIL);
  if (frame == NULL || (guarded && mark == NULL)) {
    cancel(ctx);
    return OMNI_FAILED;
  }
  capture->last = frame;
  capture->frame_count++;
  if (guarded) {
    *capture->end_of_marks = omni_object_value(mark);
    capture->end_of_marks = &mark->fields[OMNI_MARK_NEXT];
    capture->end_of_frames = &mark->fields[OMNI_MARK_FRAMES];
    capture->depth += sizeof *mark;
    capture->mark_count++;
    mark->depth = capture->depth; /* for now: from the top */
  } else {
    *capture->end_of_frames = omni_object_value(frame);
    capture->end_of_frames = &frame->fields[0];
    capture->depth += omni_frame_bytes(frame);
  }
  return OMNI_NOTHING;
}

void omni_save(omni_context *ctx, int index, omni_owned v) {
  ctx->control.capture.last->fields[index + 1] = v;
}

/* Put what was captured on the current continuation. */
static void complete(omni_control *control) {
  omni_capture *capture = &control->capture;
  omni_kont *kont = &control->kont;
  *capture->end_of_frames = kont->frames;
  *capture->end_of_marks = kont->marks;
  uint32_t height = omni_marks_height(kont->marks) + capture->mark_count;
  kont->depth += capture->depth;
  omni_value m = capture->marks;
  for (uint32_t i = 0; i < capture->mark_count; i++) {
    omni_mark *mark = omni_mark_of(m);
    mark->height = height - i;
    mark->depth = kont->depth - mark->depth;
    m = mark->fields[OMNI_MARK_NEXT];
  }
  kont->frames = capture->frames;
  kont->marks = capture->marks;
  control->captured = capture->frame_count;
}

omni_pending omni_act(omni_context *ctx) {
  omni_control *control = &ctx->control;
  complete(control);
  control->suspending = 0;
  return control->action(ctx, control->operands[0], control->operands[1], control->operands[2]);
}

/* ---- continuing ---- */

omni_pending omni_frame_resume(omni_context *ctx, omni_owned frame, omni_value delivered) {
  omni_frame *resumed = omni_frame_of(frame);
  ctx->control.resumed = resumed;
  ctx->control.delivered = delivered;
  return resumed->resume(ctx, resumed->state);
}

omni_owned omni_restore(omni_context *ctx, int index) {
  omni_frame *frame = ctx->control.resumed;
  omni_value *slot = &frame->fields[index + 1];
  omni_value v = *slot;
  if (frame->header.count != 1)
    return omni_dup(v);
  *slot = OMNI_NOTHING;
  return v;
}

omni_immediate omni_restore_immediate(omni_context *ctx, int index) {
  return ctx->control.resumed->fields[index + 1];
}

omni_result omni_resumed(omni_context *ctx) {
  omni_frame *frame = ctx->control.resumed;
  ctx->control.resumed = NULL;
  omni_drop(ctx, omni_object_value(frame));
  return ctx->control.delivered;
}
