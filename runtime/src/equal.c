/* equal.c: eq?, eqv? and equal?. */
#include "heap.h"
#include "number.h"
#include "object.h"
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

/* Comparisons of pairs and vectors after which equal? starts to remember what it has compared: cyclic
 * data must not keep it busy for ever, and most comparisons are over long before. */
enum { PATIENCE = 10000, FIRST_SLOTS = 1024 };

/* Two values that have been, or are being, compared: equal unless a difference is found elsewhere. */
typedef struct couple {
  omni_value a; /* 0: an empty slot */
  omni_value b;
} couple;

/* What remains to be compared, and an open-addressing table of what has been. */
typedef struct comparison {
  omni_context *ctx;
  omni_words rest;
  uint64_t steps;
  couple *slots;
  uint64_t slot_count; /* 0, or a power of two */
  uint64_t used;
} comparison;

static couple *find(const comparison *c, couple wanted) {
  uint64_t hash = (wanted.a ^ wanted.b << 7) * UINT64_C(0x9E3779B97F4A7C15);
  uint64_t at = hash >> 32 & (c->slot_count - 1);
  while (c->slots[at].a != 0 && (c->slots[at].a != wanted.a || c->slots[at].b != wanted.b))
    at = (at + 1) & (c->slot_count - 1);
  return &c->slots[at];
}

static int grow(comparison *c) {
  comparison old = *c;
  c->slot_count = old.slot_count == 0 ? FIRST_SLOTS : old.slot_count * 2;
  c->slots = omni_storage_allocate(c->ctx, c->slot_count * sizeof *c->slots);
  if (c->slots == NULL) {
    *c = old;
    return 0;
  }
  memset(c->slots, 0, (size_t)(c->slot_count * sizeof *c->slots));
  for (uint64_t i = 0; i < old.slot_count; i++)
    if (old.slots[i].a != 0)
      *find(c, old.slots[i]) = old.slots[i];
  omni_storage_free(c->ctx, old.slots, old.slot_count * sizeof *old.slots);
  return 1;
}

/* Note that a and b are compared. OMNI_TRUE if they have been before. */
static omni_check remember(comparison *c, omni_value a, omni_value b) {
  if (++c->steps <= PATIENCE)
    return OMNI_FALSE;
  if (c->used * 2 >= c->slot_count && !grow(c))
    return OMNI_FAILED;
  couple *slot = find(c, (couple){a, b});
  if (slot->a != 0)
    return OMNI_TRUE;
  *slot = (couple){a, b};
  c->used++;
  return OMNI_FALSE;
}

/* Compare two objects with parts: leave the parts to be compared. */
static omni_check compare_parts(comparison *c, omni_value a, omni_value b) {
  uint32_t count, other;
  const omni_value *x = omni_object_fields(omni_object(a), &count);
  const omni_value *y = omni_object_fields(omni_object(b), &other);
  if (count != other)
    return OMNI_FALSE;
  omni_check known = remember(c, a, b);
  if (known != OMNI_FALSE)
    return known;
  for (uint32_t i = count; i > 0; i--)
    if (!omni_words_push(c->ctx, &c->rest, x[i - 1]) ||
        !omni_words_push(c->ctx, &c->rest, y[i - 1]))
      return OMNI_FAILED;
  return OMNI_TRUE;
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
  if (omni_is_pair(a) || omni_has_tag(a, OMNI_TAG_VECTOR))
    return compare_parts(c, a, b);
  if (omni_has_tag(a, OMNI_TAG_BYTEVECTOR))
    return omni_boolean(same_bytes(omni_bytevector_of(a), omni_bytevector_of(b)));
  if (!omni_has_tag(a, OMNI_TAG_STRING))
    return OMNI_FALSE;
  const omni_string *x = omni_string_of(a), *y = omni_string_of(b);
  return omni_boolean(omni_codes_compare(x->codes, x->length, y->codes, y->length) == 0);
}

omni_check omni_equal_p(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  comparison c = {ctx, {NULL, 0, 0}, 0, NULL, 0, 0};
  omni_check result = compare(&c, a, b);
  while (result == OMNI_TRUE && c.rest.size > 0) {
    omni_value y = omni_words_pop(&c.rest);
    omni_value x = omni_words_pop(&c.rest);
    result = compare(&c, x, y);
  }
  omni_words_free(ctx, &c.rest);
  omni_storage_free(ctx, c.slots, c.slot_count * sizeof *c.slots);
  return result;
}
