#include "context.h"

#include "condition.h"

#include <stdlib.h>
#include <string.h>

omni_context *omni_context_make(void) {
  omni_context *ctx = calloc(1, sizeof *ctx);
  if (ctx == NULL)
    return NULL;
  omni_cycles_begin(ctx);
  ctx->raised = ctx->caught = OMNI_UNBOUND;
  omni_control_begin(ctx);
  ctx->out_of_memory = ctx->stack_overflow = OMNI_NOTHING;
  omni_io_begin(ctx);
  ctx->program = "program";
  ctx->out_of_memory = omni_condition_make(ctx, OMNI_MESSAGE_MEMORY);
  ctx->stack_overflow = omni_condition_make(ctx, OMNI_MESSAGE_STACK);
  if (!omni_failed(ctx->out_of_memory) && !omni_failed(ctx->stack_overflow) &&
      omni_symbol_table_make(ctx))
    return ctx;
  omni_context_clear(ctx);
  omni_context_free(ctx);
  return NULL;
}

void omni_context_clear(omni_context *ctx) {
  omni_control_clear(ctx);
  omni_io_end(ctx);
  if (ctx->raised != OMNI_UNBOUND)
    omni_drop(ctx, ctx->raised);
  ctx->raised = ctx->caught = OMNI_UNBOUND;
  omni_drop(ctx, ctx->out_of_memory);
  omni_drop(ctx, ctx->stack_overflow);
  ctx->out_of_memory = ctx->stack_overflow = OMNI_NOTHING;
  omni_cycles_end(ctx); /* after the last drop, before what freeing objects needs */
  omni_symbol_table_end(ctx);
}

void omni_context_free(omni_context *ctx) {
  omni_heap_end(ctx);
  /* So that no stale pointer in this block hides a leak from leak checkers. */
  memset(ctx, 0, sizeof *ctx);
  free(ctx);
}
