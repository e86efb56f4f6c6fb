/* integer.h: arithmetic on 64-bit integers that says when the result is not one, without undefined or
 * implementation-defined steps. Functions of type int give 1 and the result, or 0. */
#ifndef OMNI_INTEGER_H
#define OMNI_INTEGER_H

#include <stdint.h>

int omni_integer_add(int64_t a, int64_t b, int64_t *out);
int omni_integer_subtract(int64_t a, int64_t b, int64_t *out);
int omni_integer_multiply(int64_t a, int64_t b, int64_t *out);
/* For an exponent that is not negative. */
int omni_integer_power(int64_t base, int64_t exponent, int64_t *out);
int omni_integer_shift_left(int64_t n, uint64_t places, int64_t *out);
/* Floor of n / 2^places. */
int64_t omni_integer_shift_right(int64_t n, uint64_t places);
/* Remainder of a division that rounds towards zero; b is not 0. */
int64_t omni_integer_remainder(int64_t a, int64_t b);
/* |n|, which for the least integer is not an int64_t. */
uint64_t omni_magnitude(int64_t n);
uint64_t omni_integer_gcd(uint64_t a, uint64_t b);
/* The greatest r with r * r <= n, for n up to INT64_MAX. */
uint64_t omni_integer_root(uint64_t n);
/* The integer with these bits in two's complement. */
int64_t omni_integer_from_bits(uint64_t bits);

#endif
