#include "top_level.h"

#include "context.h"

static omni_pending resume(omni_context *ctx, int next);

/* Run the forms from number `next` on. The last one needs no frame: nothing comes after it. */
static omni_pending run_from(omni_context *ctx, int next) {
  if (omni_failed(omni_stack_check(ctx))) {
    omni_at(ctx, 1, 1);
    return OMNI_FAILED;
  }
  for (; next < ctx->form_count - 1; next++) {
    omni_result value = omni_finish(ctx, ctx->forms[next](ctx));
    if (omni_failed(value)) {
      omni_suspend(ctx, resume, next + 1, 0, 0);
      return OMNI_FAILED;
    }
    omni_drop(ctx, value);
  }
  return next < ctx->form_count ? ctx->forms[next](ctx) : OMNI_NOTHING;
}

static omni_pending resume(omni_context *ctx, int next) {
  omni_result value = omni_resumed(ctx);
  if (omni_failed(value))
    return OMNI_FAILED;
  omni_drop(ctx, value);
  return run_from(ctx, next);
}

omni_pending omni_top_level(omni_context *ctx) { return run_from(ctx, 0); }
