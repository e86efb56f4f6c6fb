#include "number.h"

#include "heap.h"

#include <math.h>
#include <string.h>

/* 2^63 is a double; the greatest int64_t is not. */
#define TWO_63 9223372036854775808.0

int omni_integer_read(omni_borrowed v, int64_t *out) {
  if (omni_is_fixnum(v)) {
    *out = omni_fixnum_value(v);
    return 1;
  }
  if (!omni_has_tag(v, OMNI_TAG_INTEGER))
    return 0;
  *out = ((omni_integer_object *)omni_object(v))->value;
  return 1;
}

int omni_number_read(omni_borrowed v, omni_number *out) {
  out->is_float = 0;
  if (omni_integer_read(v, &out->integer))
    return 1;
  if (!omni_has_tag(v, OMNI_TAG_FLOAT))
    return 0;
  out->is_float = 1;
  out->real = ((omni_float_object *)omni_object(v))->value;
  return 1;
}

int omni_integral_read(omni_borrowed v, omni_number *out) {
  return omni_number_read(v, out) &&
         (!out->is_float || (isfinite(out->real) && floor(out->real) == out->real));
}

omni_result omni_integer(omni_context *ctx, int64_t n) {
  if (n >= -((int64_t)1 << 62) && n < (int64_t)1 << 62)
    return omni_fixnum(n);
  omni_integer_object *object = omni_object_allocate(ctx, OMNI_TAG_INTEGER, sizeof *object);
  if (object == NULL)
    return OMNI_FAILED;
  object->value = n;
  return omni_object_value(object);
}

omni_result omni_float(omni_context *ctx, double x) {
  omni_float_object *object = omni_object_allocate(ctx, OMNI_TAG_FLOAT, sizeof *object);
  if (object == NULL)
    return OMNI_FAILED;
  object->value = x;
  return omni_object_value(object);
}

omni_result omni_float_bits(omni_context *ctx, uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return omni_float(ctx, x);
}

uint64_t omni_float_to_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

double omni_number_real(const omni_number *n) { return n->is_float ? n->real : (double)n->integer; }

static omni_order order_of(int less, int greater) {
  return less ? OMNI_LESS : greater ? OMNI_GREATER : OMNI_EQUAL;
}

/* An integer against a float that is not NaN. */
static omni_order compare_mixed(int64_t a, double b) {
  if (b >= TWO_63)
    return OMNI_LESS;
  if (b < -TWO_63)
    return OMNI_GREATER;
  double whole = trunc(b);
  int64_t n = (int64_t)whole;
  if (a != n)
    return order_of(a<n, a> n);
  return order_of(whole<b, whole> b);
}

omni_order omni_number_compare(const omni_number *a, const omni_number *b) {
  if ((a->is_float && isnan(a->real)) || (b->is_float && isnan(b->real)))
    return OMNI_UNORDERED;
  if (a->is_float && b->is_float)
    return order_of(a->real<b->real, a->real> b->real);
  if (b->is_float)
    return compare_mixed(a->integer, b->real);
  if (!a->is_float)
    return order_of(a->integer<b->integer, a->integer> b->integer);
  omni_order reversed = compare_mixed(b->integer, a->real);
  return reversed == OMNI_LESS ? OMNI_GREATER : reversed == OMNI_GREATER ? OMNI_LESS : OMNI_EQUAL;
}
