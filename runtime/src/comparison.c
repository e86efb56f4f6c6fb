/* comparison.c: the order of numbers, numeric predicates, max and min. */
#include "arguments.h"
#include "condition.h"
#include "number.h"
#include "variadic.h"

#include <math.h>

#include <math.h>

/* Sets of orders, one bit each, that make a comparison true. */
enum { IF_LESS = 1 << OMNI_LESS, IF_EQUAL = 1 << OMNI_EQUAL, IF_GREATER = 1 << OMNI_GREATER };

static int holds(const omni_number *a, const omni_number *b, int orders) {
  return (orders >> omni_number_compare(a, b) & 1) != 0;
}

static omni_check compare(omni_context *ctx, const char *who, int orders, omni_borrowed a,
                          omni_borrowed b) {
  omni_number x, y;
  if (omni_are_fixnums(a, b)) {
    int64_t m = omni_fixnum_value(a), n = omni_fixnum_value(b);
    return omni_boolean((orders & (m < n ? IF_LESS : m > n ? IF_GREATER : IF_EQUAL)) != 0);
  }
  if (!omni_want_number(ctx, who, a, &x) || !omni_want_number(ctx, who, b, &y))
    return OMNI_FAILED;
  return omni_boolean(holds(&x, &y, orders));
}

/* All types are checked before anything is compared. */
static omni_check compare_all(omni_context *ctx, const char *who, int orders, int argc,
                              const omni_borrowed *argv) {
  omni_number a, b;
  for (int i = 0; i < argc; i++)
    if (!omni_want_number(ctx, who, argv[i], &a))
      return OMNI_FAILED;
  for (int i = 1; i < argc; i++) {
    omni_number_read(argv[i - 1], &a);
    omni_number_read(argv[i], &b);
    if (!holds(&a, &b, orders))
      return OMNI_FALSE;
  }
  return OMNI_TRUE;
}

omni_check omni_num_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return compare(ctx, "=", IF_EQUAL, a, b);
}
omni_check omni_num_lt(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return compare(ctx, "<", IF_LESS, a, b);
}
omni_check omni_num_gt(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return compare(ctx, ">", IF_GREATER, a, b);
}
omni_check omni_num_le(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return compare(ctx, "<=", IF_LESS | IF_EQUAL, a, b);
}
omni_check omni_num_ge(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return compare(ctx, ">=", IF_GREATER | IF_EQUAL, a, b);
}

omni_result omni_num_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_all(ctx, "=", IF_EQUAL, argc, argv);
}
omni_result omni_num_lt_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_all(ctx, "<", IF_LESS, argc, argv);
}
omni_result omni_num_gt_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_all(ctx, ">", IF_GREATER, argc, argv);
}
omni_result omni_num_le_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_all(ctx, "<=", IF_LESS | IF_EQUAL, argc, argv);
}
omni_result omni_num_ge_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_all(ctx, ">=", IF_GREATER | IF_EQUAL, argc, argv);
}

/* ---- against zero, parity ---- */

static omni_check compare_with_zero(omni_context *ctx, const char *who, int orders,
                                    omni_borrowed a) {
  const omni_number zero = {0, 0, 0.0};
  omni_number x;
  if (!omni_want_number(ctx, who, a, &x))
    return OMNI_FAILED;
  return omni_boolean(holds(&x, &zero, orders));
}

omni_check omni_zero_p(omni_context *ctx, omni_borrowed a) {
  return compare_with_zero(ctx, "zero?", IF_EQUAL, a);
}
omni_check omni_positive_p(omni_context *ctx, omni_borrowed a) {
  return compare_with_zero(ctx, "positive?", IF_GREATER, a);
}
omni_check omni_negative_p(omni_context *ctx, omni_borrowed a) {
  return compare_with_zero(ctx, "negative?", IF_LESS, a);
}

/* 1 for odd numbers, 0 for even ones, -1 after raising. */
static int parity(omni_context *ctx, const char *who, omni_borrowed a) {
  omni_number x;
  if (!omni_want_integral(ctx, who, a, &x))
    return -1;
  return x.is_float ? fmod(x.real, 2.0) != 0.0 : x.integer % 2 != 0;
}

omni_check omni_odd_p(omni_context *ctx, omni_borrowed a) {
  int odd = parity(ctx, "odd?", a);
  return odd < 0 ? OMNI_FAILED : omni_boolean(odd);
}
omni_check omni_even_p(omni_context *ctx, omni_borrowed a) {
  int odd = parity(ctx, "even?", a);
  return odd < 0 ? OMNI_FAILED : omni_boolean(!odd);
}

/* ---- max and min ---- */

/* The first of the two unless the second stands in one of `orders` to it; a float if either is. */
static omni_result choose(omni_context *ctx, const char *who, int orders, omni_borrowed a,
                          omni_borrowed b) {
  omni_number x, y;
  if (!omni_want_number(ctx, who, a, &x) || !omni_want_number(ctx, who, b, &y))
    return OMNI_FAILED;
  omni_order order = omni_number_compare(&y, &x);
  if (order == OMNI_UNORDERED)
    return omni_float(ctx, NAN);
  int second = (orders >> order & 1) != 0;
  if (x.is_float == y.is_float)
    return omni_dup(second ? b : a);
  return omni_float(ctx, omni_number_real(second ? &y : &x));
}

omni_result omni_max(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return choose(ctx, "max", IF_GREATER, a, b);
}
omni_result omni_min(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return choose(ctx, "min", IF_LESS, a, b);
}
