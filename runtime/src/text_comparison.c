/* text_comparison.c: the order of characters and of strings, by code point. */
#include "arguments.h"
#include "string_object.h"
#include "variadic.h"

int omni_codes_compare(const uint32_t *a, uint64_t a_length, const uint32_t *b, uint64_t b_length) {
  uint64_t shorter = a_length < b_length ? a_length : b_length;
  for (uint64_t i = 0; i < shorter; i++)
    if (a[i] != b[i])
      return a[i] < b[i] ? -1 : 1;
  return a_length == b_length ? 0 : a_length < b_length ? -1 : 1;
}

/* What makes a comparison true, given a result as of omni_codes_compare. */
typedef int verdict(int c);
static int is_eq(int c) { return c == 0; }
static int is_lt(int c) { return c < 0; }
static int is_gt(int c) { return c > 0; }
static int is_le(int c) { return c <= 0; }
static int is_ge(int c) { return c >= 0; }

/* All types are checked before anything is compared. */
static omni_check compare_characters(omni_context *ctx, const char *who, verdict *holds, int argc,
                                     const omni_borrowed *argv) {
  uint32_t code;
  for (int i = 0; i < argc; i++)
    if (!omni_want_character(ctx, who, argv[i], &code))
      return OMNI_FAILED;
  for (int i = 1; i < argc; i++) {
    uint32_t a = omni_character_code(argv[i - 1]), b = omni_character_code(argv[i]);
    if (!holds(omni_codes_compare(&a, 1, &b, 1)))
      return OMNI_FALSE;
  }
  return OMNI_TRUE;
}

static omni_check compare_strings(omni_context *ctx, const char *who, verdict *holds, int argc,
                                  const omni_borrowed *argv) {
  for (int i = 0; i < argc; i++)
    if (!omni_want(ctx, who, argv[i], OMNI_TAG_STRING))
      return OMNI_FAILED;
  for (int i = 1; i < argc; i++) {
    const omni_string *a = omni_string_of(argv[i - 1]), *b = omni_string_of(argv[i]);
    if (!holds(omni_codes_compare(a->codes, a->length, b->codes, b->length)))
      return OMNI_FALSE;
  }
  return OMNI_TRUE;
}

/* ---- characters ---- */

omni_result omni_char_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_characters(ctx, "char=?", is_eq, argc, argv);
}
omni_result omni_char_lt_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_characters(ctx, "char<?", is_lt, argc, argv);
}
omni_result omni_char_gt_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_characters(ctx, "char>?", is_gt, argc, argv);
}
omni_result omni_char_le_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_characters(ctx, "char<=?", is_le, argc, argv);
}
omni_result omni_char_ge_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_characters(ctx, "char>=?", is_ge, argc, argv);
}

omni_check omni_char_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_char_eq_n(ctx, 2, (const omni_borrowed[]){a, b});
}
omni_check omni_char_lt(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_char_lt_n(ctx, 2, (const omni_borrowed[]){a, b});
}
omni_check omni_char_gt(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_char_gt_n(ctx, 2, (const omni_borrowed[]){a, b});
}
omni_check omni_char_le(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_char_le_n(ctx, 2, (const omni_borrowed[]){a, b});
}
omni_check omni_char_ge(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_char_ge_n(ctx, 2, (const omni_borrowed[]){a, b});
}

/* ---- strings ---- */

omni_result omni_string_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_strings(ctx, "string=?", is_eq, argc, argv);
}
omni_result omni_string_lt_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_strings(ctx, "string<?", is_lt, argc, argv);
}
omni_result omni_string_gt_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_strings(ctx, "string>?", is_gt, argc, argv);
}
omni_result omni_string_le_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_strings(ctx, "string<=?", is_le, argc, argv);
}
omni_result omni_string_ge_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return compare_strings(ctx, "string>=?", is_ge, argc, argv);
}

omni_check omni_string_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_string_eq_n(ctx, 2, (const omni_borrowed[]){a, b});
}
omni_check omni_string_lt(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_string_lt_n(ctx, 2, (const omni_borrowed[]){a, b});
}
omni_check omni_string_gt(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_string_gt_n(ctx, 2, (const omni_borrowed[]){a, b});
}
omni_check omni_string_le(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_string_le_n(ctx, 2, (const omni_borrowed[]){a, b});
}
omni_check omni_string_ge(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return omni_string_ge_n(ctx, 2, (const omni_borrowed[]){a, b});
}
