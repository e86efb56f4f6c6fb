/* predicate.c: what type a value has, and of what kind a number is. */
#include "arguments.h"
#include "condition.h"
#include "number.h"
#include "value.h"
#include "variadic.h"

#include <math.h>

omni_immediate omni_number_p(omni_context *ctx, omni_borrowed a) {
  return omni_boolean(omni_exact_integer_p(ctx, a) == OMNI_TRUE || omni_has_tag(a, OMNI_TAG_FLOAT));
}

omni_immediate omni_exact_integer_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_is_fixnum(a) || omni_has_tag(a, OMNI_TAG_INTEGER));
}

omni_immediate omni_integer_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  omni_number x;
  return omni_boolean(omni_integral_read(a, &x));
}

omni_immediate omni_float_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_FLOAT));
}

omni_immediate omni_complex_p(omni_context *ctx, omni_borrowed a) { return omni_number_p(ctx, a); }
omni_immediate omni_real_p(omni_context *ctx, omni_borrowed a) { return omni_number_p(ctx, a); }
omni_immediate omni_exact_rational_p(omni_context *ctx, omni_borrowed a) {
  return omni_exact_integer_p(ctx, a);
}

omni_immediate omni_rational_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  omni_number x;
  return omni_boolean(omni_number_read(a, &x) && (!x.is_float || isfinite(x.real)));
}

/* ---- of numbers only ---- */

omni_check omni_exact_p(omni_context *ctx, omni_borrowed a) {
  omni_number x;
  return omni_want_number(ctx, "exact?", a, &x) ? omni_boolean(!x.is_float) : OMNI_FAILED;
}

omni_check omni_inexact_p(omni_context *ctx, omni_borrowed a) {
  omni_number x;
  return omni_want_number(ctx, "inexact?", a, &x) ? omni_boolean(x.is_float) : OMNI_FAILED;
}

omni_check omni_finite_p(omni_context *ctx, omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, "finite?", a, &x))
    return OMNI_FAILED;
  return omni_boolean(!x.is_float || isfinite(x.real));
}

omni_check omni_infinite_p(omni_context *ctx, omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, "infinite?", a, &x))
    return OMNI_FAILED;
  return omni_boolean(x.is_float && isinf(x.real));
}

omni_check omni_nan_p(omni_context *ctx, omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, "nan?", a, &x))
    return OMNI_FAILED;
  return omni_boolean(x.is_float && isnan(x.real));
}

/* ---- other types ---- */

omni_immediate omni_boolean_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(a == OMNI_TRUE || a == OMNI_FALSE);
}

omni_result omni_boolean_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  for (int i = 0; i < argc; i++)
    if (omni_boolean_p(ctx, argv[i]) == OMNI_FALSE)
      return omni_fail_type(ctx, "boolean=?", OMNI_WHAT_BOOLEAN, argv[i]);
  for (int i = 1; i < argc; i++)
    if (argv[i] != argv[0])
      return OMNI_FALSE;
  return OMNI_TRUE;
}

omni_check omni_boolean_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_boolean_eq_n(ctx, 2, (const omni_borrowed[]){a, b});
}

omni_immediate omni_nothing_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(a == OMNI_NOTHING);
}

omni_immediate omni_char_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_is_character(a));
}

omni_immediate omni_string_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_STRING));
}

omni_immediate omni_symbol_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_SYMBOL));
}

omni_immediate omni_pair_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_is_pair(a));
}

omni_immediate omni_null_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(a == OMNI_NIL);
}

omni_immediate omni_vector_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_VECTOR));
}

omni_immediate omni_procedure_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_is_procedure(a));
}

omni_immediate omni_condition_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_CONDITION));
}

omni_immediate omni_error_object_p(omni_context *ctx, omni_borrowed a) {
  return omni_condition_p(ctx, a);
}

omni_immediate omni_eof_object_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(a == OMNI_EOF);
}

omni_immediate omni_not(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(!omni_truthy(a));
}
