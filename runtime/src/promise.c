/* promise.c: promises. What is in them, and forcing, is the prelude's business. */
#include "arguments.h"
#include "heap.h"
#include "plant.h"

static omni_promise *promise_of(omni_value v) { return (omni_promise *)omni_object(v); }

omni_immediate omni_promise_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_PROMISE));
}

omni_result omni_promise_make(omni_context *ctx, omni_owned a) {
  omni_promise *promise = NULL;
  if (omni_want(ctx, "%promise", a, OMNI_TAG_PAIR))
    promise = omni_object_allocate(ctx, OMNI_TAG_PROMISE, sizeof *promise);
  if (promise == NULL) {
    omni_drop(ctx, a);
    return OMNI_FAILED;
  }
  promise->content = a;
  return omni_object_value(promise);
}

omni_result omni_promise_content(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "%promise-content", a, OMNI_TAG_PROMISE))
    return OMNI_FAILED;
  return omni_dup(promise_of(a)->content);
}

omni_check omni_promise_replace_x(omni_context *ctx, omni_borrowed a, omni_owned b) {
  if (!omni_want(ctx, "%promise-replace!", a, OMNI_TAG_PROMISE) ||
      !omni_want(ctx, "%promise-replace!", b, OMNI_TAG_PAIR)) {
    omni_drop(ctx, b);
    return OMNI_FAILED;
  }
  if (omni_planted(ctx, OMNI_PLANT_PROMISE_FORGETS)) {
    omni_drop(ctx, b);
    return OMNI_NOTHING;
  }
  omni_value old = promise_of(a)->content;
  promise_of(a)->content = b;
  omni_drop(ctx, old);
  return OMNI_NOTHING;
}
