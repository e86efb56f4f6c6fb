/* pair.c: pairs and the compositions of car and cdr. */
#include "arguments.h"
#include "condition.h"
#include "cycles.h"
#include "heap.h"

#include <string.h>

omni_result omni_cons(omni_context *ctx, omni_owned a, omni_owned b) {
  omni_pair *pair = omni_object_allocate(ctx, OMNI_TAG_PAIR, sizeof *pair);
  if (pair == NULL) {
    omni_drop(ctx, a);
    omni_drop(ctx, b);
    return OMNI_FAILED;
  }
  pair->fields[0] = a;
  pair->fields[1] = b;
  return omni_object_value(pair);
}

/* Follow the letters between c and r of `who` from right to left. A type error is about the argument
 * as a whole, wherever on the way there is no pair. */
static omni_result follow(omni_context *ctx, const char *who, omni_borrowed a) {
  omni_value v = a;
  for (size_t i = strlen(who) - 2; i > 0; i--) {
    if (!omni_is_pair(v))
      return omni_fail_type(ctx, who, OMNI_WHAT_PAIR, a);
    v = who[i] == 'a' ? omni_car_of(v) : omni_cdr_of(v);
  }
  return omni_dup(v);
}

omni_result omni_car(omni_context *ctx, omni_borrowed a) {
  if (!omni_is_pair(a))
    return omni_fail_type(ctx, "car", OMNI_WHAT_PAIR, a);
  return omni_dup(omni_car_of(a));
}
omni_result omni_cdr(omni_context *ctx, omni_borrowed a) {
  if (!omni_is_pair(a))
    return omni_fail_type(ctx, "cdr", OMNI_WHAT_PAIR, a);
  return omni_dup(omni_cdr_of(a));
}
omni_result omni_caar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "caar", a); }
omni_result omni_cadr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cadr", a); }
omni_result omni_cdar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cdar", a); }
omni_result omni_cddr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cddr", a); }
omni_result omni_caddr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "caddr", a); }
omni_result omni_cdddr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cdddr", a); }
omni_result omni_cadddr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cadddr", a); }

static omni_check set_field(omni_context *ctx, const char *who, int field, omni_borrowed a,
                            omni_owned v) {
  if (!omni_want(ctx, who, a, OMNI_TAG_PAIR)) {
    omni_drop(ctx, v);
    return OMNI_FAILED;
  }
  if (omni_object(a)->immutable) {
    omni_drop(ctx, v);
    return omni_fail_immutable(ctx, who, a);
  }
  omni_value *place = &((omni_pair *)omni_object(a))->fields[field];
  omni_value old = *place;
  omni_storing(ctx, v);
  *place = v;
  omni_drop(ctx, old);
  return OMNI_NOTHING;
}

omni_check omni_set_car_x(omni_context *ctx, omni_borrowed a, omni_owned b) {
  return set_field(ctx, "set-car!", 0, a, b);
}
omni_check omni_set_cdr_x(omni_context *ctx, omni_borrowed a, omni_owned b) {
  return set_field(ctx, "set-cdr!", 1, a, b);
}
