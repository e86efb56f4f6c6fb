/* arithmetic.c: + - * / and the integer divisions, exact on 64-bit integers. */
#include "arguments.h"
#include "condition.h"
#include "integer.h"
#include "number.h"
#include "plant.h"
#include "variadic.h"

#include <math.h>

/* What one binary operation does to two integers and to two doubles. */
typedef int integer_operation(int64_t a, int64_t b, int64_t *out);
typedef double real_operation(double a, double b);

static double add_reals(double a, double b) { return a + b; }
static double subtract_reals(double a, double b) { return a - b; }
static double multiply_reals(double a, double b) { return a * b; }

static omni_result operate(omni_context *ctx, const char *who, omni_borrowed a, omni_borrowed b,
                           integer_operation *on_integers, real_operation *on_reals) {
  omni_number x, y;
  if (!omni_want_number(ctx, who, a, &x) || !omni_want_number(ctx, who, b, &y))
    return OMNI_FAILED;
  if (x.is_float || y.is_float)
    return omni_float(ctx, on_reals(omni_number_real(&x), omni_number_real(&y)));
  int64_t n;
  if (!on_integers(x.integer, y.integer, &n))
    return omni_fail_overflow(ctx, who);
  return omni_integer(ctx, n);
}

/* Sums and differences of 63-bit integers need no check. */
omni_result omni_add(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  if (omni_are_fixnums(a, b))
    return omni_integer(ctx, omni_fixnum_value(a) + omni_fixnum_value(b));
  return operate(ctx, "+", a, b, omni_integer_add, add_reals);
}

omni_result omni_subtract(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  if (omni_are_fixnums(a, b))
    return omni_integer(ctx, omni_fixnum_value(a) - omni_fixnum_value(b));
  return operate(ctx, "-", a, b, omni_integer_subtract, subtract_reals);
}

omni_result omni_multiply(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return operate(ctx, "*", a, b, omni_integer_multiply, multiply_reals);
}

omni_result omni_negate(omni_context *ctx, omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, "-", a, &x))
    return OMNI_FAILED;
  if (x.is_float)
    return omni_float(ctx, -x.real);
  if (x.integer == INT64_MIN)
    return omni_fail_overflow(ctx, "-");
  return omni_integer(ctx, -x.integer);
}

static omni_result divide(omni_context *ctx, const omni_number *x, const omni_number *y) {
  if (x->is_float || y->is_float)
    return omni_float(ctx, omni_number_real(x) / omni_number_real(y));
  if (y->integer == 0)
    return omni_fail_division(ctx, "/");
  if (x->integer == INT64_MIN && y->integer == -1)
    return omni_fail_overflow(ctx, "/");
  if (x->integer % y->integer == 0)
    return omni_integer(ctx, x->integer / y->integer);
  return omni_float(ctx, (double)x->integer / (double)y->integer);
}

omni_result omni_divide(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  omni_number x, y;
  if (!omni_want_number(ctx, "/", a, &x) || !omni_want_number(ctx, "/", b, &y))
    return OMNI_FAILED;
  return divide(ctx, &x, &y);
}

omni_result omni_reciprocal(omni_context *ctx, omni_borrowed a) {
  omni_number one = {0, 1, 0.0}, x;
  if (!omni_want_number(ctx, "/", a, &x))
    return OMNI_FAILED;
  return divide(ctx, &one, &x);
}

/* ---- integer division ----
 * Of integral numbers. If one of the operands is a float, both are taken as floats, and so is the result. */

/* 1 and both operands, or 0 after raising: two integral numbers, the second not zero. */
static int want_division(omni_context *ctx, const char *who, omni_borrowed a, omni_borrowed b,
                         omni_number *x, omni_number *y) {
  if (!omni_want_integral(ctx, who, a, x) || !omni_want_integral(ctx, who, b, y))
    return 0;
  int zero = y->is_float ? y->real == 0.0 : y->integer == 0;
  if (zero)
    omni_fail_division(ctx, who);
  return !zero;
}

/* The remainder with the sign of the divisor. */
static int64_t integer_modulo(int64_t x, int64_t y) {
  int64_t rest = omni_integer_remainder(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static double float_modulo(double x, double y) {
  double rest = fmod(x, y);
  if (rest == 0.0)
    return copysign(0.0, y);
  return (rest < 0.0) != (y < 0.0) ? rest + y : rest;
}

/* The quotient that leaves `rest`: the difference is a multiple of the divisor, up to rounding. */
static omni_result float_quotient(omni_context *ctx, double x, double y, double rest) {
  return omni_float(ctx, nearbyint((x - rest) / y));
}

/* Rounded towards zero. */
static omni_result quotient(omni_context *ctx, const char *who, omni_borrowed a, omni_borrowed b) {
  omni_number x, y;
  if (!want_division(ctx, who, a, b, &x, &y))
    return OMNI_FAILED;
  if (x.is_float || y.is_float) {
    double u = omni_number_real(&x), v = omni_number_real(&y);
    return float_quotient(ctx, u, v, fmod(u, v));
  }
  if (x.integer == INT64_MIN && y.integer == -1)
    return omni_fail_overflow(ctx, who);
  return omni_integer(ctx, x.integer / y.integer);
}

/* With the sign of the dividend. */
static omni_result remainder_of(omni_context *ctx, const char *who, omni_borrowed a,
                                omni_borrowed b) {
  omni_number x, y;
  if (!want_division(ctx, who, a, b, &x, &y))
    return OMNI_FAILED;
  if (x.is_float || y.is_float)
    return omni_float(ctx, fmod(omni_number_real(&x), omni_number_real(&y)));
  return omni_integer(ctx, omni_integer_remainder(x.integer, y.integer));
}

static omni_result modulo(omni_context *ctx, const char *who, omni_borrowed a, omni_borrowed b) {
  omni_number x, y;
  if (!want_division(ctx, who, a, b, &x, &y))
    return OMNI_FAILED;
  if (x.is_float || y.is_float)
    return omni_float(ctx, float_modulo(omni_number_real(&x), omni_number_real(&y)));
  if (omni_planted(ctx, OMNI_PLANT_MODULO_NEGATIVE) && y.integer < 0)
    return omni_integer(ctx, omni_integer_remainder(x.integer, y.integer));
  return omni_integer(ctx, integer_modulo(x.integer, y.integer));
}

omni_result omni_quotient(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return quotient(ctx, "quotient", a, b);
}

omni_result omni_remainder(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return remainder_of(ctx, "remainder", a, b);
}

omni_result omni_remainder_percent(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return remainder_of(ctx, "%", a, b);
}

omni_result omni_modulo(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return modulo(ctx, "modulo", a, b);
}

omni_result omni_truncate_quotient(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return quotient(ctx, "truncate-quotient", a, b);
}

omni_result omni_truncate_remainder(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return remainder_of(ctx, "truncate-remainder", a, b);
}

omni_result omni_floor_remainder(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return modulo(ctx, "floor-remainder", a, b);
}

omni_result omni_floor_quotient(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  omni_number x, y;
  if (!want_division(ctx, "floor-quotient", a, b, &x, &y))
    return OMNI_FAILED;
  if (x.is_float || y.is_float) {
    double u = omni_number_real(&x), v = omni_number_real(&y);
    return float_quotient(ctx, u, v, float_modulo(u, v));
  }
  if (x.integer == INT64_MIN && y.integer == -1)
    return omni_fail_overflow(ctx, "floor-quotient");
  int64_t exact = omni_integer_remainder(x.integer, y.integer) == 0;
  return omni_integer(ctx, x.integer / y.integer - (!exact && (x.integer < 0) != (y.integer < 0)));
}

/* ---- divisors, magnitudes ---- */

static omni_result magnitude_result(omni_context *ctx, const char *who, uint64_t n) {
  if (n > INT64_MAX)
    return omni_fail_overflow(ctx, who);
  return omni_integer(ctx, (int64_t)n);
}

static double float_gcd(double x, double y) {
  x = fabs(x);
  y = fabs(y);
  while (y != 0.0) {
    double rest = fmod(x, y);
    x = y;
    y = rest;
  }
  return x;
}

omni_result omni_gcd(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  omni_number x, y;
  if (!omni_want_integral(ctx, "gcd", a, &x) || !omni_want_integral(ctx, "gcd", b, &y))
    return OMNI_FAILED;
  if (x.is_float || y.is_float)
    return omni_float(ctx, float_gcd(omni_number_real(&x), omni_number_real(&y)));
  uint64_t divisor = omni_integer_gcd(omni_magnitude(x.integer), omni_magnitude(y.integer));
  return magnitude_result(ctx, "gcd", divisor);
}

static omni_result float_lcm(omni_context *ctx, double x, double y) {
  if (x == 0.0 || y == 0.0)
    return omni_float(ctx, 0.0);
  return omni_float(ctx, fabs(x) / float_gcd(x, y) * fabs(y));
}

omni_result omni_lcm(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  omni_number x, y;
  if (!omni_want_integral(ctx, "lcm", a, &x) || !omni_want_integral(ctx, "lcm", b, &y))
    return OMNI_FAILED;
  if (x.is_float || y.is_float)
    return float_lcm(ctx, omni_number_real(&x), omni_number_real(&y));
  uint64_t u = omni_magnitude(x.integer), v = omni_magnitude(y.integer);
  if (u == 0 || v == 0)
    return omni_fixnum(0);
  uint64_t factor = u / omni_integer_gcd(u, v);
  if (v > INT64_MAX / factor)
    return omni_fail_overflow(ctx, "lcm");
  return magnitude_result(ctx, "lcm", factor * v);
}

static omni_result magnitude(omni_context *ctx, const char *who, omni_borrowed a) {
  omni_number x;
  if (!omni_want_number(ctx, who, a, &x))
    return OMNI_FAILED;
  if (!x.is_float)
    return magnitude_result(ctx, who, omni_magnitude(x.integer));
  return omni_float_bits(ctx, omni_float_to_bits(x.real) & (uint64_t)INT64_MAX);
}

omni_result omni_abs(omni_context *ctx, omni_borrowed a) { return magnitude(ctx, "abs", a); }
omni_result omni_magnitude_of(omni_context *ctx, omni_borrowed a) {
  return magnitude(ctx, "magnitude", a);
}

omni_result omni_square(omni_context *ctx, omni_borrowed a) {
  omni_number x;
  int64_t n;
  if (!omni_want_number(ctx, "square", a, &x))
    return OMNI_FAILED;
  if (x.is_float)
    return omni_float(ctx, x.real * x.real);
  if (!omni_integer_multiply(x.integer, x.integer, &n))
    return omni_fail_overflow(ctx, "square");
  if (omni_planted(ctx, OMNI_PLANT_SQUARE_BOUNDARY) && n > INT32_MAX)
    n &= INT32_MAX;
  return omni_integer(ctx, n);
}

/* ---- any number of arguments: left folds ---- */

typedef omni_result binary(omni_context *ctx, omni_borrowed a, omni_borrowed b);

/* The left fold of at least two arguments. */
static omni_result fold(omni_context *ctx, int argc, const omni_borrowed *argv, binary *step) {
  omni_result result = step(ctx, argv[0], argv[1]);
  for (int i = 2; i < argc && !omni_failed(result); i++) {
    omni_result next = step(ctx, result, argv[i]);
    omni_drop(ctx, result);
    result = next;
  }
  return result;
}

/* A number alone is its own sum, product, maximum and minimum. */
static omni_result alone(omni_context *ctx, const char *who, omni_borrowed v) {
  omni_number n;
  return omni_want_number(ctx, who, v, &n) ? omni_dup(v) : OMNI_FAILED;
}

omni_result omni_add_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  if (argc == 0)
    return omni_fixnum(0);
  return argc == 1 ? alone(ctx, "+", argv[0]) : fold(ctx, argc, argv, omni_add);
}

omni_result omni_multiply_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  if (argc == 0)
    return omni_fixnum(1);
  return argc == 1 ? alone(ctx, "*", argv[0]) : fold(ctx, argc, argv, omni_multiply);
}

omni_result omni_subtract_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return argc == 1 ? omni_negate(ctx, argv[0]) : fold(ctx, argc, argv, omni_subtract);
}

omni_result omni_divide_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return argc == 1 ? omni_reciprocal(ctx, argv[0]) : fold(ctx, argc, argv, omni_divide);
}

omni_result omni_max_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return argc == 1 ? alone(ctx, "max", argv[0]) : fold(ctx, argc, argv, omni_max);
}

omni_result omni_min_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return argc == 1 ? alone(ctx, "min", argv[0]) : fold(ctx, argc, argv, omni_min);
}

/* (gcd n) is the fold from 0, (lcm n) from 1: the magnitude. */
omni_result omni_gcd_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  if (argc == 0)
    return omni_fixnum(0);
  return argc == 1 ? omni_gcd(ctx, argv[0], omni_fixnum(0)) : fold(ctx, argc, argv, omni_gcd);
}

omni_result omni_lcm_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  if (argc == 0)
    return omni_fixnum(1);
  return argc == 1 ? omni_lcm(ctx, argv[0], omni_fixnum(1)) : fold(ctx, argc, argv, omni_lcm);
}
