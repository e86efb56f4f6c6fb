/* equal.c: eq?, eqv? and equal?. */
#include "identity_map.h"
#include "number.h"
#include "object.h"
#include "plant.h"
#include "string_object.h"
#include "words.h"

#include <math.h>
#include <string.h>

/* Same exactness and same value; all NaNs are one, the two zeros are not. */
static int same_number(const omni_number *a, const omni_number *b) {
  if (a->is_float != b->is_float)
    return 0;
  if (!a->is_float)
    return a->integer == b->integer;
  if (isnan(a->real) || isnan(b->real))
    return isnan(a->real) && isnan(b->real);
  return omni_float_to_bits(a->real) == omni_float_to_bits(b->real);
}

static int same(omni_borrowed a, omni_borrowed b) {
  omni_number x, y;
  if (a == b)
    return 1;
  return omni_number_read(a, &x) && omni_number_read(b, &y) && same_number(&x, &y);
}

omni_immediate omni_eq_p(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  (void)ctx;
  return omni_boolean(same(a, b));
}

omni_immediate omni_eqv_p(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  (void)ctx;
  return omni_boolean(same(a, b));
}

/* ---- equal? ---- */

/* Parts that equal? compares before it starts to remember what it has compared: most comparisons are over long
 * before, and those of cyclic data must not go on for ever. */
enum { PATIENCE = 10000 };

/* What remains to be compared, in entries of three words: two objects with the same number of parts, and the
 * number of the part where to go on. When patience is at its end, also classes of objects that are equal unless
 * a difference is found elsewhere: two of one class need not be compared again, and there are no more unions
 * than objects (Adams and Dybvig, "Efficient nondestructive equality checking for trees and graphs", 2008). */
typedef struct comparison {
  omni_context *ctx;
  omni_words rest;
  uint64_t patience;
  omni_identity_map members; /* the number of an object */
  omni_words parents;        /* numbers: of another member of the class, or its own */
} comparison;

#define NO_CLASS UINT64_MAX

/* The number that stands for the class of an object; NO_CLASS after raising out-of-memory. */
static uint64_t class_of(comparison *c, omni_value object) {
  uint64_t *number = omni_identity_enter(c->ctx, &c->members, object, c->parents.size);
  if (number == NULL)
    return NO_CLASS;
  uint64_t at = *number, *parents;
  if (at == c->parents.size && !omni_words_push(c->ctx, &c->parents, at))
    return NO_CLASS;
  /* Halving the path: whoever comes next has half as far to go. */
  for (parents = c->parents.items; parents[at] != at; at = parents[at])
    parents[at] = parents[parents[at]];
  return at;
}

/* Make one class of those of a and b. OMNI_TRUE if they are one already. */
static omni_check unite(comparison *c, omni_value a, omni_value b) {
  uint64_t x = class_of(c, a);
  uint64_t y = x == NO_CLASS ? NO_CLASS : class_of(c, b);
  if (y == NO_CLASS)
    return OMNI_FAILED;
  c->parents.items[y] = x;
  return omni_boolean(x == y);
}

static int leave(comparison *c, omni_value a, omni_value b, uint64_t part) {
  return omni_words_push(c->ctx, &c->rest, a) && omni_words_push(c->ctx, &c->rest, b) &&
         omni_words_push(c->ctx, &c->rest, part);
}

/* Compare two objects with parts: leave the parts to be compared. */
static omni_check compare_parts(comparison *c, omni_value a, omni_value b) {
  uint32_t count, other;
  omni_object_fields(omni_object(a), &count);
  omni_object_fields(omni_object(b), &other);
  if (count != other)
    return OMNI_FALSE;
  if (c->patience < count) {
    omni_check known = unite(c, a, b);
    if (known != OMNI_FALSE)
      return known;
  } else {
    c->patience -= count;
  }
  return leave(c, a, b, 0) ? OMNI_TRUE : OMNI_FAILED;
}

static int same_bytes(const omni_bytevector *a, const omni_bytevector *b) {
  return a->length == b->length && memcmp(a->bytes, b->bytes, (size_t)a->length) == 0;
}

/* OMNI_FALSE when a and b differ, OMNI_TRUE when they do not as far as looked at. */
static omni_check compare(comparison *c, omni_value a, omni_value b) {
  if (same(a, b))
    return OMNI_TRUE;
  if (!omni_is_object(a) || !omni_is_object(b) || omni_object(a)->tag != omni_object(b)->tag)
    return OMNI_FALSE;
  switch ((omni_tag)omni_object(a)->tag) {
  case OMNI_TAG_PAIR:
  case OMNI_TAG_VECTOR:
    return compare_parts(c, a, b);
  case OMNI_TAG_STRING: {
    const omni_string *x = omni_string_of(a), *y = omni_string_of(b);
    return omni_boolean(omni_codes_compare(x->codes, x->length, y->codes, y->length) == 0);
  }
  case OMNI_TAG_BYTEVECTOR:
    if (omni_planted(c->ctx, OMNI_PLANT_EQUAL_BYTEVECTORS))
      return omni_boolean(omni_bytevector_of(a)->length == omni_bytevector_of(b)->length);
    return omni_boolean(same_bytes(omni_bytevector_of(a), omni_bytevector_of(b)));
  default:
    return OMNI_FALSE;
  }
}

/* Compare the next parts of the objects left last. */
static omni_check compare_next(comparison *c) {
  uint64_t part = omni_words_pop(&c->rest);
  omni_value b = omni_words_pop(&c->rest);
  omni_value a = omni_words_pop(&c->rest);
  uint32_t count;
  const omni_value *x = omni_object_fields(omni_object(a), &count);
  const omni_value *y = omni_object_fields(omni_object(b), &count);
  if (part == count)
    return OMNI_TRUE;
  /* Nothing is left of an object when its last part is compared: the rest does not grow along lists. */
  if (part + 1 < count && !leave(c, a, b, part + 1))
    return OMNI_FAILED;
  return compare(c, x[part], y[part]);
}

omni_check omni_equal_p(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  comparison c = {ctx, {NULL, 0, 0}, PATIENCE, {NULL, 0, 0}, {NULL, 0, 0}};
  omni_check result = compare(&c, a, b);
  while (result == OMNI_TRUE && c.rest.size > 0)
    result = compare_next(&c);
  omni_words_free(ctx, &c.rest);
  omni_identity_free(ctx, &c.members);
  omni_words_free(ctx, &c.parents);
  return result;
}
