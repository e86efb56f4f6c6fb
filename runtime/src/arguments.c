#include "arguments.h"

#include "condition.h"
#include "list.h"

static const char *what_of(omni_tag tag) {
  switch (tag) {
  case OMNI_TAG_STRING:
    return OMNI_WHAT_STRING;
  case OMNI_TAG_SYMBOL:
    return OMNI_WHAT_SYMBOL;
  case OMNI_TAG_PAIR:
    return OMNI_WHAT_PAIR;
  case OMNI_TAG_VECTOR:
    return OMNI_WHAT_VECTOR;
  case OMNI_TAG_BYTEVECTOR:
    return OMNI_WHAT_BYTEVECTOR;
  case OMNI_TAG_CONDITION:
    return OMNI_WHAT_CONDITION;
  case OMNI_TAG_RECORD_TYPE:
    return OMNI_WHAT_RECORD_TYPE;
  case OMNI_TAG_RECORD:
    return OMNI_WHAT_RECORD;
  case OMNI_TAG_PROMISE:
    return OMNI_WHAT_PROMISE;
  case OMNI_TAG_TABLE:
    return OMNI_WHAT_HASH_TABLE;
  case OMNI_TAG_PARAMETER:
    return OMNI_WHAT_PARAMETER;
  case OMNI_TAG_GENERATOR:
    return OMNI_WHAT_GENERATOR;
  default:
    return OMNI_WHAT_ANY;
  }
}

/* 1 if `holds`, else 0 after raising the type error. */
static int require(omni_context *ctx, int holds, const char *who, const char *what,
                   omni_borrowed v) {
  if (!holds)
    omni_fail_type(ctx, who, what, v);
  return holds;
}

int omni_want(omni_context *ctx, const char *who, omni_borrowed v, omni_tag tag) {
  return require(ctx, omni_has_tag(v, tag), who, what_of(tag), v);
}

int omni_want_number(omni_context *ctx, const char *who, omni_borrowed v, omni_number *out) {
  return require(ctx, omni_number_read(v, out), who, OMNI_WHAT_NUMBER, v);
}

int omni_want_integer(omni_context *ctx, const char *who, omni_borrowed v, int64_t *out) {
  return require(ctx, omni_integer_read(v, out), who, OMNI_WHAT_INTEGER, v);
}

int omni_want_integral(omni_context *ctx, const char *who, omni_borrowed v, omni_number *out) {
  return require(ctx, omni_integral_read(v, out), who, OMNI_WHAT_INTEGRAL, v);
}

int omni_want_index(omni_context *ctx, const char *who, omni_borrowed v, uint64_t *out) {
  int64_t n = -1;
  if (!require(ctx, omni_integer_read(v, &n) && n >= 0, who, OMNI_WHAT_INDEX, v))
    return 0;
  *out = (uint64_t)n;
  return 1;
}

int omni_want_byte(omni_context *ctx, const char *who, omni_borrowed v, unsigned char *out) {
  int64_t n = -1;
  if (!require(ctx, omni_integer_read(v, &n) && n >= 0 && n <= 255, who, OMNI_WHAT_BYTE, v))
    return 0;
  *out = (unsigned char)n;
  return 1;
}

int omni_want_character(omni_context *ctx, const char *who, omni_borrowed v, uint32_t *code) {
  *code = omni_character_code(v);
  return require(ctx, omni_is_character(v), who, OMNI_WHAT_CHAR, v);
}

int omni_want_list(omni_context *ctx, const char *who, omni_borrowed v, uint64_t *length) {
  return require(ctx, omni_list_measure(v, length), who, OMNI_WHAT_LIST, v);
}

int omni_want_procedure(omni_context *ctx, const char *who, omni_borrowed v) {
  return require(ctx, omni_is_procedure(v), who, OMNI_WHAT_PROCEDURE, v);
}

/* The bounds as far as types go. */
static int want_bounds(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv,
                       omni_range *out) {
  out->start = 0;
  out->end = UINT64_MAX; /* stands for the length, which no index reaches */
  if (argc > 1 && !omni_want_index(ctx, who, argv[1], &out->start))
    return 0;
  return argc <= 2 || omni_want_index(ctx, who, argv[2], &out->end);
}

/* The bounds against the length. */
static int fit_bounds(omni_context *ctx, const char *who, const omni_borrowed *argv,
                      uint64_t length, omni_range *range) {
  if (range->end == UINT64_MAX)
    range->end = length;
  if (range->end > length)
    return omni_fail_index(ctx, who, argv[2]), 0;
  if (range->start > range->end)
    return omni_fail_index(ctx, who, argv[1]), 0;
  return 1;
}

int omni_want_bounds(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv) {
  omni_range range;
  return want_bounds(ctx, who, argc, argv, &range);
}

int omni_want_range(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv,
                    uint64_t length, omni_range *out) {
  return want_bounds(ctx, who, argc, argv, out) && fit_bounds(ctx, who, argv, length, out);
}

int omni_want_change(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv,
                     uint64_t length, omni_borrowed target, omni_range *out) {
  if (!want_bounds(ctx, who, argc, argv, out))
    return 0;
  if (omni_object(target)->immutable)
    return omni_fail_immutable(ctx, who, target), 0;
  return fit_bounds(ctx, who, argv, length, out);
}
