/* mathematics.c: roots, powers, transcendental functions (exactly what the C library gives), rounding,
 * conversion between integers and floats, and bits. */
#include "arguments.h"
#include "condition.h"
#include "integer.h"
#include "number.h"
#include "plant.h"
#include "variadic.h"

#include <math.h>

#define TWO_63 9223372036854775808.0

omni_result omni_expt(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  omni_number x, y;
  if (!omni_want_number(ctx, "expt", a, &x) || !omni_want_number(ctx, "expt", b, &y))
    return OMNI_FAILED;
  int exact = !x.is_float && !y.is_float;
  if (exact && y.integer < 0 && x.integer == 0)
    return omni_fail_division(ctx, "expt");
  if (!exact || y.integer < 0)
    return omni_float(ctx, pow(omni_number_real(&x), omni_number_real(&y)));
  int64_t power;
  if (!omni_integer_power(x.integer, y.integer, &power))
    return omni_fail_overflow(ctx, "expt");
  return omni_integer(ctx, power);
}

omni_result omni_sqrt(omni_context *ctx, omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, "sqrt", a, &x))
    return OMNI_FAILED;
  if (!x.is_float && x.integer >= 0) {
    uint64_t root = omni_integer_root((uint64_t)x.integer);
    if (root * root == (uint64_t)x.integer)
      return omni_integer(ctx, (int64_t)root);
  }
  return omni_float(ctx, sqrt(omni_number_real(&x)));
}

omni_result omni_integer_sqrt(omni_context *ctx, omni_borrowed a) {
  uint64_t n;
  if (!omni_want_index(ctx, "%integer-sqrt", a, &n))
    return OMNI_FAILED;
  return omni_fixnum((int64_t)omni_integer_root(n));
}

static omni_result apply(omni_context *ctx, const char *who, double (*function)(double),
                         omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, who, a, &x))
    return OMNI_FAILED;
  return omni_float(ctx, function(omni_number_real(&x)));
}

omni_result omni_exp(omni_context *ctx, omni_borrowed a) { return apply(ctx, "exp", exp, a); }
omni_result omni_log(omni_context *ctx, omni_borrowed a) { return apply(ctx, "log", log, a); }
omni_result omni_sin(omni_context *ctx, omni_borrowed a) { return apply(ctx, "sin", sin, a); }
omni_result omni_cos(omni_context *ctx, omni_borrowed a) { return apply(ctx, "cos", cos, a); }
omni_result omni_tan(omni_context *ctx, omni_borrowed a) { return apply(ctx, "tan", tan, a); }
omni_result omni_asin(omni_context *ctx, omni_borrowed a) { return apply(ctx, "asin", asin, a); }
omni_result omni_acos(omni_context *ctx, omni_borrowed a) { return apply(ctx, "acos", acos, a); }
omni_result omni_atan(omni_context *ctx, omni_borrowed a) { return apply(ctx, "atan", atan, a); }

omni_result omni_log_base(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  omni_number x, y;
  if (!omni_want_number(ctx, "log", a, &x) || !omni_want_number(ctx, "log", b, &y))
    return OMNI_FAILED;
  return omni_float(ctx, log(omni_number_real(&x)) / log(omni_number_real(&y)));
}

omni_result omni_log_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return argc == 1 ? omni_log(ctx, argv[0]) : omni_log_base(ctx, argv[0], argv[1]);
}

omni_result omni_atan_quadrant(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  omni_number y, x;
  if (!omni_want_number(ctx, "atan", a, &y) || !omni_want_number(ctx, "atan", b, &x))
    return OMNI_FAILED;
  return omni_float(ctx, atan2(omni_number_real(&y), omni_number_real(&x)));
}

omni_result omni_atan_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return argc == 1 ? omni_atan(ctx, argv[0]) : omni_atan_quadrant(ctx, argv[0], argv[1]);
}

/* ---- rounding and conversion ---- */

static omni_result round_with(omni_context *ctx, const char *who, double (*function)(double),
                              omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, who, a, &x))
    return OMNI_FAILED;
  return x.is_float ? omni_float(ctx, function(x.real)) : omni_dup(a);
}

omni_result omni_floor(omni_context *ctx, omni_borrowed a) {
  return round_with(ctx, "floor", floor, a);
}
omni_result omni_ceiling(omni_context *ctx, omni_borrowed a) {
  return round_with(ctx, "ceiling", ceil, a);
}
omni_result omni_truncate(omni_context *ctx, omni_borrowed a) {
  return round_with(ctx, "truncate", trunc, a);
}
/* nearbyint rounds halves to even: nothing here changes the rounding mode. */
omni_result omni_round(omni_context *ctx, omni_borrowed a) {
  return round_with(ctx, "round", omni_planted(ctx, OMNI_PLANT_ROUND_HALF_UP) ? round : nearbyint,
                    a);
}

static omni_result to_exact(omni_context *ctx, const char *who, omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, who, a, &x))
    return OMNI_FAILED;
  if (!x.is_float)
    return omni_dup(a);
  if (!isfinite(x.real) || trunc(x.real) != x.real)
    return omni_fail_type(ctx, who, OMNI_WHAT_INTEGER, a);
  if (x.real >= TWO_63 || x.real < -TWO_63)
    return omni_fail_overflow(ctx, who);
  return omni_integer(ctx, (int64_t)x.real);
}

static omni_result to_inexact(omni_context *ctx, const char *who, omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, who, a, &x))
    return OMNI_FAILED;
  return x.is_float ? omni_dup(a) : omni_float(ctx, (double)x.integer);
}

omni_result omni_exact(omni_context *ctx, omni_borrowed a) { return to_exact(ctx, "exact", a); }
omni_result omni_inexact_to_exact(omni_context *ctx, omni_borrowed a) {
  return to_exact(ctx, "inexact->exact", a);
}
omni_result omni_inexact(omni_context *ctx, omni_borrowed a) {
  return to_inexact(ctx, "inexact", a);
}
omni_result omni_exact_to_inexact(omni_context *ctx, omni_borrowed a) {
  return to_inexact(ctx, "exact->inexact", a);
}

/* The least number of doublings that make x, which is not NaN, integral. */
static int places_after_the_point(double x) {
  int places = 0;
  for (; trunc(x) != x; x *= 2)
    places++;
  return places;
}

omni_result omni_numerator(omni_context *ctx, omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, "numerator", a, &x))
    return OMNI_FAILED;
  if (!x.is_float || isnan(x.real) || trunc(x.real) == x.real)
    return omni_dup(a);
  return omni_float(ctx, ldexp(x.real, places_after_the_point(x.real)));
}

/* That of the least floats is too large for a float: infinity. */
omni_result omni_denominator(omni_context *ctx, omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, "denominator", a, &x))
    return OMNI_FAILED;
  if (!x.is_float)
    return omni_fixnum(1);
  return isnan(x.real) ? omni_dup(a) : omni_float(ctx, ldexp(1.0, places_after_the_point(x.real)));
}

/* ---- bits, of integers in two's complement ---- */

static int want_two(omni_context *ctx, const char *who, omni_borrowed a, omni_borrowed b,
                    int64_t *x, int64_t *y) {
  return omni_want_integer(ctx, who, a, x) && omni_want_integer(ctx, who, b, y);
}

omni_result omni_bitwise_and(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  int64_t x, y;
  if (!want_two(ctx, "bitwise-and", a, b, &x, &y))
    return OMNI_FAILED;
  return omni_integer(ctx, omni_integer_from_bits((uint64_t)x & (uint64_t)y));
}

omni_result omni_bitwise_ior(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  int64_t x, y;
  if (!want_two(ctx, "bitwise-ior", a, b, &x, &y))
    return OMNI_FAILED;
  return omni_integer(ctx, omni_integer_from_bits((uint64_t)x | (uint64_t)y));
}

omni_result omni_bitwise_xor(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  int64_t x, y;
  if (!want_two(ctx, "bitwise-xor", a, b, &x, &y))
    return OMNI_FAILED;
  return omni_integer(ctx, omni_integer_from_bits((uint64_t)x ^ (uint64_t)y));
}

omni_result omni_bitwise_not(omni_context *ctx, omni_borrowed a) {
  int64_t x;
  if (!omni_want_integer(ctx, "bitwise-not", a, &x))
    return OMNI_FAILED;
  return omni_integer(ctx, -1 - x);
}

omni_result omni_arithmetic_shift(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  int64_t n, places;
  if (!want_two(ctx, "arithmetic-shift", a, b, &n, &places))
    return OMNI_FAILED;
  if (omni_planted(ctx, OMNI_PLANT_UNDEFINED_SHIFT))
    return omni_integer(ctx, omni_plant_shift(n, places));
  if (places <= 0)
    return omni_integer(ctx, omni_integer_shift_right(n, omni_magnitude(places)));
  int64_t shifted;
  if (!omni_integer_shift_left(n, (uint64_t)places, &shifted))
    return omni_fail_overflow(ctx, "arithmetic-shift");
  return omni_integer(ctx, shifted);
}
