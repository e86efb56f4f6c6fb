/* graph.h: what graphs of objects are made of, for the tests of the cycle collector. */
#ifndef OMNI_GRAPH_H
#define OMNI_GRAPH_H

#include "check.h"
#include "object.h"
#include "procedure.h"
#include "variadic.h"
#include "vector.h"

static inline uint64_t live(omni_context *ctx) { return ctx->heap.live_objects; }

static inline void set_cdr(omni_context *ctx, omni_value pair, omni_value v) {
  CHECK(omni_set_cdr_x(ctx, pair, v) == OMNI_NOTHING);
}
static inline void set_item(omni_context *ctx, omni_value vector, uint64_t index, omni_value v) {
  CHECK(omni_vector_set_x(ctx, vector, omni_fixnum((int64_t)index), v) == OMNI_NOTHING);
}

static inline omni_value pair_of(omni_context *ctx, omni_value a, omni_value b) {
  omni_result pair = omni_cons(ctx, a, b);
  CHECK(!omni_failed(pair));
  return pair;
}

/* A closure over `captured`. */
static inline omni_value closure_over(omni_context *ctx, omni_value captured) {
  static const omni_code codes[] = {{NULL, "f", 0, 0, 0}, {NULL, "g", 0, 0, 0}};
  static const omni_code *const both[] = {&codes[0], &codes[1]};
  omni_value closure = omni_group_make(ctx, both, 2, 1);
  CHECK(!omni_failed(closure));
  omni_capture_init(closure, 0, captured);
  return closure;
}

#endif
