#include "integer.h"

#include <math.h>

int omni_integer_add(int64_t a, int64_t b, int64_t *out) {
  if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b)
    return 0;
  *out = a + b;
  return 1;
}

int omni_integer_subtract(int64_t a, int64_t b, int64_t *out) {
  if (b > 0 ? a < INT64_MIN + b : a > INT64_MAX + b)
    return 0;
  *out = a - b;
  return 1;
}

uint64_t omni_magnitude(int64_t n) { return n < 0 ? 0 - (uint64_t)n : (uint64_t)n; }

int64_t omni_integer_from_bits(uint64_t bits) {
  return bits >> 63 ? -(int64_t)~bits - 1 : (int64_t)bits;
}

int omni_integer_multiply(int64_t a, int64_t b, int64_t *out) {
  int negative = (a < 0) != (b < 0);
  uint64_t limit = (uint64_t)INT64_MAX + (uint64_t)negative;
  uint64_t x = omni_magnitude(a), y = omni_magnitude(b);
  if (x != 0 && y > limit / x)
    return 0;
  *out = omni_integer_from_bits(negative ? 0 - x * y : x * y);
  return 1;
}

int omni_integer_power(int64_t base, int64_t exponent, int64_t *out) {
  /* Bases whose powers do not grow; the others overflow after at most 63 steps. */
  if (base == 0 || base == 1)
    exponent = exponent > 0;
  if (base == -1)
    exponent &= 1;
  int64_t power = 1;
  while (exponent != 0) {
    if ((exponent & 1) != 0 && !omni_integer_multiply(power, base, &power))
      return 0;
    exponent >>= 1;
    if (exponent != 0 && !omni_integer_multiply(base, base, &base))
      return 0;
  }
  *out = power;
  return 1;
}

int64_t omni_integer_shift_right(int64_t n, uint64_t places) {
  if (places > 63)
    places = 63;
  return n < 0 ? -1 - (int64_t)((uint64_t)(-1 - n) >> places) : (int64_t)((uint64_t)n >> places);
}

int omni_integer_shift_left(int64_t n, uint64_t places, int64_t *out) {
  *out = 0;
  if (n == 0)
    return 1;
  if (places > 63 || n > omni_integer_shift_right(INT64_MAX, places) ||
      n < omni_integer_shift_right(INT64_MIN, places))
    return 0;
  *out = omni_integer_from_bits((uint64_t)n << places);
  return 1;
}

/* INT64_MIN % -1 is undefined in C. */
int64_t omni_integer_remainder(int64_t a, int64_t b) { return b == -1 ? 0 : a % b; }

uint64_t omni_integer_gcd(uint64_t a, uint64_t b) {
  while (b != 0) {
    uint64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

uint64_t omni_integer_root(uint64_t n) {
  uint64_t root = (uint64_t)sqrt((double)n); /* off by one at most, as n is rounded */
  while (root * root > n)
    root--;
  while ((root + 1) * (root + 1) <= n)
    root++;
  return root;
}
