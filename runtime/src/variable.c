/* variable.c: boxes, program-level variables, literals by index. */
#include "condition.h"
#include "cycles.h"
#include "heap.h"
#include "value.h"

omni_result omni_box_make(omni_context *ctx, omni_owned v) {
  omni_box *box = omni_object_allocate(ctx, OMNI_TAG_BOX, sizeof *box);
  if (box == NULL) {
    omni_drop(ctx, v);
    return OMNI_FAILED;
  }
  box->value = v;
  return omni_object_value(box);
}

omni_result omni_box_get(omni_context *ctx, omni_borrowed box, const char *name) {
  omni_value v = ((omni_box *)omni_object(box))->value;
  return v == OMNI_UNBOUND ? omni_uninitialised(ctx, name) : omni_dup(v);
}

/* Replace before dropping, so that the place never holds a dead reference. */
static omni_immediate replace(omni_context *ctx, omni_value *place, omni_owned v) {
  omni_value old = *place;
  *place = v;
  omni_drop(ctx, old);
  return OMNI_NOTHING;
}

omni_immediate omni_box_set(omni_context *ctx, omni_borrowed box, omni_owned v) {
  omni_storing(ctx, v);
  return replace(ctx, &((omni_box *)omni_object(box))->value, v);
}

omni_result omni_global_get(omni_context *ctx, const omni_global *g) {
  return g->value == OMNI_UNBOUND ? omni_fail_unbound(ctx, g->name) : omni_dup(g->value);
}

omni_immediate omni_global_define(omni_context *ctx, omni_global *g, omni_owned v) {
  return replace(ctx, &g->value, v);
}

omni_check omni_global_set(omni_context *ctx, omni_global *g, omni_owned v) {
  if (g->value != OMNI_UNBOUND)
    return replace(ctx, &g->value, v);
  omni_drop(ctx, v);
  return omni_fail_unbound(ctx, g->name);
}

omni_owned omni_literal_get(omni_context *ctx, const omni_value *literals, int index) {
  (void)ctx;
  return omni_dup(literals[index]);
}
