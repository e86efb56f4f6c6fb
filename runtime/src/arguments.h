/* arguments.h: checking the arguments of primitives. Each function gives 1, or 0 after raising a
 * type-error in the name of `who`. Primitives check from left to right. */
#ifndef OMNI_ARGUMENTS_H
#define OMNI_ARGUMENTS_H

#include "number.h"
#include "value.h"

/* A heap object of one of the types a program knows. */
int omni_want(omni_context *ctx, const char *who, omni_borrowed v, omni_tag tag);
int omni_want_number(omni_context *ctx, const char *who, omni_borrowed v, omni_number *out);
int omni_want_integer(omni_context *ctx, const char *who, omni_borrowed v, int64_t *out);
/* An integer, or a float without a fraction. */
int omni_want_integral(omni_context *ctx, const char *who, omni_borrowed v, omni_number *out);
/* An integer that is not negative. */
int omni_want_index(omni_context *ctx, const char *who, omni_borrowed v, uint64_t *out);
/* An integer from 0 to 255. */
int omni_want_byte(omni_context *ctx, const char *who, omni_borrowed v, unsigned char *out);
int omni_want_character(omni_context *ctx, const char *who, omni_borrowed v, uint32_t *code);
/* A proper list; gives its length. */
int omni_want_list(omni_context *ctx, const char *who, omni_borrowed v, uint64_t *length);
int omni_want_procedure(omni_context *ctx, const char *who, omni_borrowed v);

/* The optional range [start, end) of a sequence of `length` elements, in argv[1] and argv[2]. */
typedef struct omni_range {
  uint64_t start;
  uint64_t end;
} omni_range;
/* The types of the bounds that are given, for whoever has to check something else before the range itself. */
int omni_want_bounds(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv);
/* Also raises index-out-of-range: for the end, then for the start. */
int omni_want_range(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv,
                    uint64_t length, omni_range *out);
/* The same for a procedure that changes `target`: raises immutable-value after the types are checked, and
 * before the range is. */
int omni_want_change(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv,
                     uint64_t length, omni_borrowed target, omni_range *out);

#endif
