/* number.h: numbers as values, and how they compare. */
#ifndef OMNI_NUMBER_H
#define OMNI_NUMBER_H

#include "value.h"

/* The contents of a numeric value. */
typedef struct omni_number {
  int is_float;
  int64_t integer; /* when not is_float */
  double real;     /* when is_float */
} omni_number;

/* Read a value; 0 if it is not a number / not an integer / neither an integer nor a float without a
 * fraction. */
int omni_number_read(omni_borrowed v, omni_number *out);
int omni_integer_read(omni_borrowed v, int64_t *out);
int omni_integral_read(omni_borrowed v, omni_number *out);

omni_result omni_float(omni_context *ctx, double x);
/* The nearest double. */
double omni_number_real(const omni_number *n);
uint64_t omni_float_to_bits(double x);

typedef enum omni_order { OMNI_LESS, OMNI_EQUAL, OMNI_GREATER, OMNI_UNORDERED } omni_order;
/* Mathematical order, exact also between integers and floats; unordered if either is NaN. */
omni_order omni_number_compare(const omni_number *a, const omni_number *b);

#endif
