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
  case OMNI_TAG_CONDITION:
    return OMNI_WHAT_CONDITION;
  case OMNI_TAG_BYTEVECTOR:
    return OMNI_WHAT_BYTEVECTOR;
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

int omni_want_index(omni_context *ctx, const char *who, omni_borrowed v, uint64_t *out) {
  int64_t n = -1;
  if (!require(ctx, omni_integer_read(v, &n) && n >= 0, who, OMNI_WHAT_INDEX, v))
    return 0;
  *out = (uint64_t)n;
  return 1;
}

int omni_want_character(omni_context *ctx, const char *who, omni_borrowed v, uint32_t *code) {
  *code = omni_character_code(v);
  return require(ctx, omni_is_character(v), who, OMNI_WHAT_CHAR, v);
}

int omni_want_byte(omni_context *ctx, const char *who, omni_borrowed v, uint8_t *byte) {
  int64_t n = -1;
  if (!require(ctx, omni_integer_read(v, &n) && n >= 0 && n <= UINT8_MAX, who, OMNI_WHAT_BYTE, v))
    return 0;
  *byte = (uint8_t)n;
  return 1;
}

int omni_want_list(omni_context *ctx, const char *who, omni_borrowed v, uint64_t *length) {
  return require(ctx, omni_list_measure(v, length), who, OMNI_WHAT_LIST, v);
}

int omni_want_procedure(omni_context *ctx, const char *who, omni_borrowed v) {
  return require(ctx, omni_is_procedure(v), who, OMNI_WHAT_PROCEDURE, v);
}

int omni_want_range(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv,
                    uint64_t length, omni_range *out) {
  out->start = 0;
  out->end = length;
  if (argc > 1 && !omni_want_index(ctx, who, argv[1], &out->start))
    return 0;
  if (argc > 2 && !omni_want_index(ctx, who, argv[2], &out->end))
    return 0;
  if (out->end > length)
    return omni_fail_index(ctx, who, argv[2]), 0;
  if (out->start > out->end)
    return omni_fail_index(ctx, who, argv[1]), 0;
  return 1;
}
