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
omni_result omni_caaar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "caaar", a); }
omni_result omni_caadr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "caadr", a); }
omni_result omni_cadar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cadar", a); }
omni_result omni_caddr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "caddr", a); }
omni_result omni_cdaar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cdaar", a); }
omni_result omni_cdadr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cdadr", a); }
omni_result omni_cddar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cddar", a); }
omni_result omni_cdddr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cdddr", a); }
omni_result omni_caaaar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "caaaar", a); }
omni_result omni_caaadr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "caaadr", a); }
omni_result omni_caadar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "caadar", a); }
omni_result omni_caaddr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "caaddr", a); }
omni_result omni_cadaar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cadaar", a); }
omni_result omni_cadadr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cadadr", a); }
omni_result omni_caddar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "caddar", a); }
omni_result omni_cadddr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cadddr", a); }
omni_result omni_cdaaar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cdaaar", a); }
omni_result omni_cdaadr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cdaadr", a); }
omni_result omni_cdadar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cdadar", a); }
omni_result omni_cdaddr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cdaddr", a); }
omni_result omni_cddaar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cddaar", a); }
omni_result omni_cddadr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cddadr", a); }
omni_result omni_cdddar(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cdddar", a); }
omni_result omni_cddddr(omni_context *ctx, omni_borrowed a) { return follow(ctx, "cddddr", a); }

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
