#include "omni_literal.h"

#include "bytevector.h"
#include "heap.h"
#include "integer.h"
#include "string_object.h"
#include "symbol.h"
#include "vector.h"
#include "words.h"

#include <string.h>

typedef struct decoder {
  omni_context *ctx;
  const char *code;
  uint64_t size;
  uint64_t at;
  omni_words stack; /* of owned values */
} decoder;

/* ---- reading the code ---- */

/* Digits up to `end`, which is passed over; 0 if there are none or too many. */
static int read_number(decoder *d, uint64_t radix, char end, uint64_t *value) {
  uint64_t start = d->at;
  *value = 0;
  for (; d->at < d->size && d->code[d->at] != end; d->at++) {
    const char *digits = "0123456789abcdef";
    const char *digit = d->code[d->at] == '\0' ? NULL : strchr(digits, d->code[d->at]);
    if (digit == NULL || (uint64_t)(digit - digits) >= radix)
      return 0;
    if (*value > (UINT64_MAX - (uint64_t)(digit - digits)) / radix)
      return 0;
    *value = *value * radix + (uint64_t)(digit - digits);
  }
  return d->at < d->size && d->at++ > start;
}

/* A count and as many bytes. */
static int read_bytes(decoder *d, const char **bytes, uint64_t *size) {
  if (!read_number(d, 10, ':', size) || *size > d->size - d->at)
    return 0;
  *bytes = d->code + d->at;
  d->at += *size;
  return 1;
}

/* A count of at most as many values as the stack holds besides `others`. */
static int read_count(decoder *d, uint64_t others, uint64_t *count) {
  return read_number(d, 10, ';', count) && d->stack.size >= others &&
         *count <= d->stack.size - others;
}

/* ---- instructions ---- */

/* Push an owned value, which may be OMNI_FAILED. */
static omni_decoding push(decoder *d, omni_value v) {
  if (omni_failed(v))
    return OMNI_DECODING_FAILED;
  if (omni_words_push(d->ctx, &d->stack, v))
    return OMNI_DECODED;
  omni_drop(d->ctx, v);
  return OMNI_DECODING_FAILED;
}

static omni_decoding push_immutable(decoder *d, omni_value v) {
  if (!omni_failed(v) && omni_is_object(v))
    omni_object(v)->immutable = 1;
  return push(d, v);
}

static omni_decoding push_integer(decoder *d) {
  uint64_t magnitude;
  int negative = d->at < d->size && d->code[d->at] == '-';
  if (negative)
    d->at++;
  if (!read_number(d, 10, ';', &magnitude))
    return OMNI_MALFORMED;
  if (magnitude > (uint64_t)INT64_MAX + (uint64_t)negative)
    return OMNI_MALFORMED;
  int64_t n = omni_integer_from_bits(negative ? 0 - magnitude : magnitude);
  return push(d, omni_integer(d->ctx, n));
}

static omni_decoding push_float(decoder *d) {
  uint64_t bits;
  if (!read_number(d, 16, ';', &bits))
    return OMNI_MALFORMED;
  return push(d, omni_float_bits(d->ctx, bits));
}

static omni_decoding push_character(decoder *d) {
  uint64_t code;
  if (!read_number(d, 10, ';', &code) || code > 0x10FFFF)
    return OMNI_MALFORMED;
  return push(d, omni_character((uint32_t)code));
}

static omni_decoding push_string(decoder *d) {
  const char *bytes;
  uint64_t size;
  if (!read_bytes(d, &bytes, &size))
    return OMNI_MALFORMED;
  return push_immutable(d, omni_string_from_utf8(d->ctx, bytes, size));
}

static omni_decoding push_symbol(decoder *d) {
  const char *bytes;
  uint64_t size;
  if (!read_bytes(d, &bytes, &size))
    return OMNI_MALFORMED;
  return push(d, omni_symbol_from_utf8(d->ctx, bytes, size));
}

static omni_decoding push_bytevector(decoder *d) {
  const char *bytes;
  uint64_t size;
  if (!read_bytes(d, &bytes, &size))
    return OMNI_MALFORMED;
  return push_immutable(d, omni_bytevector_from(d->ctx, bytes, size));
}

static omni_decoding push_list(decoder *d) {
  uint64_t count;
  if (!read_count(d, 1, &count))
    return OMNI_MALFORMED;
  omni_value list = omni_words_pop(&d->stack);
  for (; count > 0 && !omni_failed(list); count--) {
    list = omni_cons(d->ctx, omni_words_pop(&d->stack), list);
    if (!omni_failed(list))
      omni_object(list)->immutable = 1;
  }
  return push(d, list);
}

static omni_decoding push_vector(decoder *d) {
  uint64_t count;
  if (!read_count(d, 0, &count))
    return OMNI_MALFORMED;
  omni_value *items = d->stack.items + (d->stack.size - count);
  omni_value vector = omni_vector_from(d->ctx, items, count);
  while (count-- > 0)
    omni_drop(d->ctx, omni_words_pop(&d->stack));
  return push_immutable(d, vector);
}

static omni_decoding step(decoder *d) {
  switch (d->code[d->at++]) {
  case 'i':
    return push_integer(d);
  case 'f':
    return push_float(d);
  case 'c':
    return push_character(d);
  case 's':
    return push_string(d);
  case 'y':
    return push_symbol(d);
  case 'b':
    return push_bytevector(d);
  case 'T':
    return push(d, OMNI_TRUE);
  case 'F':
    return push(d, OMNI_FALSE);
  case 'N':
    return push(d, OMNI_NOTHING);
  case 'E':
    return push(d, OMNI_NIL);
  case 'l':
    return push_list(d);
  case 'v':
    return push_vector(d);
  default:
    return OMNI_MALFORMED;
  }
}

omni_decoding omni_literal_decode(omni_context *ctx, const omni_literal *literal,
                                  omni_value *value) {
  decoder d = {ctx, literal->code, (uint64_t)literal->size, 0, {NULL, 0, 0}};
  omni_decoding result = OMNI_DECODED;
  while (result == OMNI_DECODED && d.at < d.size)
    result = step(&d);
  if (result == OMNI_DECODED && d.stack.size != 1)
    result = OMNI_MALFORMED;
  if (result == OMNI_DECODED)
    *value = omni_words_pop(&d.stack);
  while (d.stack.size > 0)
    omni_drop(ctx, omni_words_pop(&d.stack));
  omni_words_free(ctx, &d.stack);
  return result;
}
