/* Numbers at the edges: of 63 and 64 bits, between integers and floats, and their shortest text. */
#include "check.h"
#include "integer.h"
#include "number.h"

#include <math.h>

static omni_value integer(omni_context *ctx, int64_t n) {
  omni_result v = omni_integer(ctx, n);
  CHECK(!omni_failed(v));
  return v;
}

static void test_representation(omni_context *ctx) {
  const int64_t edges[] = {
      0, 1, -1, INT64_C(4611686018427387903), INT64_MIN, INT64_MAX, INT64_C(-4611686018427387904)};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    int64_t n = 0;
    omni_value v = integer(ctx, edges[i]);
    CHECK(omni_integer_read(v, &n) && n == edges[i]);
    omni_drop(ctx, v);
  }
  /* 63 bits are immediate, one more is not; one number has one representation. */
  CHECK(omni_is_fixnum(omni_fixnum(INT64_C(4611686018427387903))));
  omni_value boxed = integer(ctx, INT64_C(4611686018427387904));
  CHECK(omni_has_tag(boxed, OMNI_TAG_INTEGER));
  omni_value back = omni_subtract(ctx, boxed, omni_fixnum(1));
  CHECK(back == omni_fixnum(INT64_C(4611686018427387903)));
  omni_value again = integer(ctx, INT64_C(4611686018427387904));
  CHECK(again != boxed && omni_eq_p(ctx, again, boxed) == OMNI_TRUE);
  omni_drop(ctx, again);
  omni_drop(ctx, boxed);
}

/* Names in parentheses are the functions, others the macros that stand for them. */
static void test_macros(void) {
  const omni_value values[] = {OMNI_FALSE,  OMNI_TRUE, OMNI_NOTHING, OMNI_NIL,      OMNI_EOF,
                               OMNI_FAILED, OMNI_TAIL, OMNI_UNBOUND, omni_fixnum(0)};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    CHECK(omni_truthy(values[i]) == (omni_truthy)(values[i]));
    CHECK(omni_failed(values[i]) == (omni_failed)(values[i]));
  }
  const int64_t numbers[] = {0, 1, -1, INT64_C(4611686018427387903), INT64_C(-4611686018427387904)};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    CHECK(omni_fixnum(numbers[i]) == (omni_fixnum)(numbers[i]));
  CHECK(omni_fixnum(-3) == (omni_fixnum)(-3));
  CHECK(omni_character(0x10FFFF) == (omni_character)(0x10FFFF));
  CHECK(omni_is_state(2, 2) == (omni_is_state)(2, 2) &&
        omni_is_state(1, 2) == (omni_is_state)(1, 2));
}

static void test_checked_arithmetic(void) {
  int64_t n;
  CHECK(omni_integer_add(INT64_MAX, INT64_MIN, &n) && n == -1);
  CHECK(!omni_integer_add(INT64_MAX, 1, &n) && !omni_integer_add(INT64_MIN, -1, &n));
  CHECK(omni_integer_subtract(-1, INT64_MAX, &n) && n == INT64_MIN);
  CHECK(!omni_integer_subtract(0, INT64_MIN, &n) && !omni_integer_subtract(INT64_MIN, 1, &n));
  CHECK(omni_integer_multiply(INT64_MIN, 1, &n) && n == INT64_MIN);
  CHECK(omni_integer_multiply(INT64_C(-4294967296), INT64_C(2147483648), &n) && n == INT64_MIN);
  CHECK(!omni_integer_multiply(INT64_MIN, -1, &n) && !omni_integer_multiply(-1, INT64_MIN, &n));
  CHECK(!omni_integer_multiply(INT64_C(4294967296), INT64_C(2147483648), &n));
  CHECK(omni_integer_power(-2, 63, &n) && n == INT64_MIN && !omni_integer_power(2, 63, &n));
  CHECK(omni_integer_power(-1, INT64_MAX, &n) && n == -1);
  CHECK(omni_integer_power(0, 0, &n) && n == 1);
  CHECK(omni_integer_shift_left(-1, 63, &n) && n == INT64_MIN);
  CHECK(!omni_integer_shift_left(1, 63, &n) && !omni_integer_shift_left(1, UINT64_MAX, &n));
  CHECK(omni_integer_shift_left(0, UINT64_MAX, &n) && n == 0);
  CHECK(omni_integer_shift_right(-5, 1) == -3 && omni_integer_shift_right(-1, 1000) == -1);
  CHECK(omni_integer_root(INT64_MAX) == 3037000499u && omni_integer_root(0) == 0);
  CHECK(omni_integer_root(UINT64_C(9223372030926249001)) == 3037000499u);
  CHECK(omni_integer_root(UINT64_C(9223372030926249000)) == 3037000498u);
}

static omni_order order(int64_t a, double b) {
  const omni_number x = {0, a, 0.0}, y = {1, 0, b};
  omni_order forth = omni_number_compare(&x, &y), back = omni_number_compare(&y, &x);
  CHECK(forth == OMNI_LESS      ? back == OMNI_GREATER
        : forth == OMNI_GREATER ? back == OMNI_LESS
                                : back == forth);
  return forth;
}

static void test_mixed_comparison(void) {
  const int64_t odd = INT64_C(9007199254740993); /* 2^53 + 1 is not a double */
  CHECK(order(odd, 9007199254740992.0) == OMNI_GREATER);
  CHECK(order(odd, 9007199254740994.0) == OMNI_LESS);
  CHECK(order(INT64_MAX, 9223372036854775808.0) == OMNI_LESS);
  CHECK(order(INT64_MIN, -9223372036854775808.0) == OMNI_EQUAL);
  CHECK(order(INT64_MIN, -9223372036854777856.0) == OMNI_GREATER);
  CHECK(order(0, -0.0) == OMNI_EQUAL && order(0, 5e-324) == OMNI_LESS);
  CHECK(order(-1, -1.5) == OMNI_GREATER && order(1, 1.5) == OMNI_LESS);
  CHECK(order(7, INFINITY) == OMNI_LESS && order(7, -INFINITY) == OMNI_GREATER);
  CHECK(order(7, NAN) == OMNI_UNORDERED);
}

static const char *float_text(omni_context *ctx, double x) {
  return text_of(ctx, omni_float(ctx, x));
}

static void test_float_text(omni_context *ctx) {
  CHECK_TEXT(float_text(ctx, 0.0), "0.0");
  CHECK_TEXT(float_text(ctx, -0.0), "-0.0");
  CHECK_TEXT(float_text(ctx, 0.1), "0.1");
  CHECK_TEXT(float_text(ctx, 100.0), "100.0");
  CHECK_TEXT(float_text(ctx, 1e20), "100000000000000000000.0");
  CHECK_TEXT(float_text(ctx, 1e21), "1e+21");
  CHECK_TEXT(float_text(ctx, 1e-7), "0.0000001");
  CHECK_TEXT(float_text(ctx, 9.9e-8), "9.9e-8");
  CHECK_TEXT(float_text(ctx, -2.5e300), "-2.5e+300");
  CHECK_TEXT(float_text(ctx, 1.5e-10), "1.5e-10");
  CHECK_TEXT(float_text(ctx, 123456.789), "123456.789");
  CHECK_TEXT(float_text(ctx, 1.0 / 3.0), "0.3333333333333333");
  CHECK_TEXT(float_text(ctx, 0.1 + 0.2), "0.30000000000000004");
  CHECK_TEXT(float_text(ctx, 5e-324), "5e-324");
  CHECK_TEXT(float_text(ctx, 2.2250738585072014e-308), "2.2250738585072014e-308");
  CHECK_TEXT(float_text(ctx, 1.7976931348623157e308), "1.7976931348623157e+308");
  CHECK_TEXT(float_text(ctx, INFINITY), "+inf.0");
  CHECK_TEXT(float_text(ctx, -INFINITY), "-inf.0");
  CHECK_TEXT(float_text(ctx, -NAN), "+nan.0");
}

int main(void) {
  omni_context *ctx = open_context();
  test_representation(ctx);
  test_macros();
  test_checked_arithmetic();
  test_mixed_comparison();
  test_float_text(ctx);
  close_context(ctx);
  return 0;
}
