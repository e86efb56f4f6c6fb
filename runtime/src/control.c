/* control.c: the driver.
 *
 * The one loop at the base of the C stack of a program. When what it called gives a value, the frame or mark
 * on top of the continuation goes on with it; when it fails because it suspends, the driver performs the
 * action that was left for it; when it fails otherwise, the innermost handler is looked for. */
#include "control.h"

#include "context.h"
#include "generator.h"
#include "handling.h"
#include "winding.h"

/* A value goes to what is on top of the continuation. */
static omni_pending give(omni_context *ctx, omni_owned value) {
  const omni_kont *kont = &ctx->control.kont;
  if (kont->frames != OMNI_NIL)
    return omni_frame_resume(ctx, omni_frame_pop(ctx), value);
  const omni_mark *mark = omni_mark_of(kont->marks);
  switch ((omni_mark_kind)mark->kind) {
  case OMNI_MARK_WIND:
    return omni_wind_returned(ctx, value);
  case OMNI_MARK_GENERATOR:
    return omni_generator_returned(ctx, value);
  case OMNI_MARK_HANDLING:
    return omni_handler_returned(ctx, value);
  case OMNI_MARK_GUARD: {
    omni_value frame = omni_dup(mark->fields[OMNI_MARK_A]);
    omni_mark_pop(ctx);
    return omni_frame_resume(ctx, frame, value);
  }
  case OMNI_MARK_PROMPT:
  case OMNI_MARK_HANDLER:
  case OMNI_MARK_PARAMETERS:
  case OMNI_MARK_OUTSIDE:
  case OMNI_MARK_JOIN:
    break;
  }
  omni_mark_pop(ctx);
  return value;
}

omni_result omni_drive(omni_context *ctx, omni_pending p) {
  for (;;) {
    omni_result result = omni_finish(ctx, p);
    if (!omni_failed(result)) {
      if (ctx->control.kont.frames == OMNI_NIL && ctx->control.kont.marks == OMNI_NIL)
        return result;
      p = give(ctx, result);
    } else if (omni_suspending(ctx)) {
      p = omni_act(ctx);
    } else {
      int handled;
      p = omni_handle(ctx, &handled);
      if (!handled) {
        omni_kont_set(ctx, (omni_kont){OMNI_NIL, OMNI_NIL, 0});
        return OMNI_FAILED;
      }
    }
  }
}
