/* text_comparison.c: symbols, and the order of characters and of strings: by code point, and the same after
 * folding case. */
#include "arguments.h"
#include "string_object.h"
#include "unicode.h"
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

/* How two checked arguments compare, as of omni_codes_compare. */
typedef int order(omni_borrowed a, omni_borrowed b);

static int order_characters(omni_borrowed a, omni_borrowed b) {
  uint32_t x = omni_character_code(a), y = omni_character_code(b);
  return x == y ? 0 : x < y ? -1 : 1;
}

static int order_folded_characters(omni_borrowed a, omni_borrowed b) {
  return order_characters(omni_character(omni_code_foldcase(omni_character_code(a))),
                          omni_character(omni_code_foldcase(omni_character_code(b))));
}

static int order_strings(omni_borrowed a, omni_borrowed b) {
  const omni_string *x = omni_string_of(a), *y = omni_string_of(b);
  return omni_codes_compare(x->codes, x->length, y->codes, y->length);
}

/* The characters of a string after full case folding, one after the other. */
typedef struct folded {
  const omni_string *string;
  uint64_t at;
  uint32_t codes[OMNI_EXPANSION_MAX]; /* what the character before `at` became */
  int count;
  int next;
} folded;

/* 0 at the end. */
static int next_folded(folded *text, uint32_t *code) {
  if (text->next == text->count) {
    if (text->at == text->string->length)
      return 0;
    text->count = omni_code_foldcase_full(text->string->codes[text->at++], text->codes);
    text->next = 0;
  }
  *code = text->codes[text->next++];
  return 1;
}

static int order_folded_strings(omni_borrowed a, omni_borrowed b) {
  folded x = {omni_string_of(a), 0, {0}, 0, 0}, y = {omni_string_of(b), 0, {0}, 0, 0};
  for (;;) {
    uint32_t p, q;
    int more = next_folded(&x, &p), other_more = next_folded(&y, &q);
    if (!more || !other_more)
      return more - other_more;
    if (p != q)
      return p < q ? -1 : 1;
  }
}

/* All types are checked before anything is compared. */
static omni_check compare(order *how, verdict *holds, int argc, const omni_borrowed *argv) {
  for (int i = 1; i < argc; i++)
    if (!holds(how(argv[i - 1], argv[i])))
      return OMNI_FALSE;
  return OMNI_TRUE;
}

static int want_characters(omni_context *ctx, const char *who, int argc,
                           const omni_borrowed *argv) {
  uint32_t code;
  for (int i = 0; i < argc; i++)
    if (!omni_want_character(ctx, who, argv[i], &code))
      return 0;
  return 1;
}

static int want_strings(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv) {
  for (int i = 0; i < argc; i++)
    if (!omni_want(ctx, who, argv[i], OMNI_TAG_STRING))
      return 0;
  return 1;
}

static int want_symbols(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv) {
  for (int i = 0; i < argc; i++)
    if (!omni_want(ctx, who, argv[i], OMNI_TAG_SYMBOL))
      return 0;
  return 1;
}

/* There is one symbol of each name. */
static int order_symbols(omni_borrowed a, omni_borrowed b) { return a != b; }

/* The functions of one comparison: for any number of arguments, and for two. */
#define COMPARISON(symbol, name, want, how, holds)                                                 \
  omni_result omni_##symbol##_n(omni_context *ctx, int argc, const omni_borrowed *argv) {          \
    return want(ctx, name, argc, argv) ? compare(how, holds, argc, argv) : OMNI_FAILED;            \
  }                                                                                                \
  omni_check omni_##symbol(omni_context *ctx, omni_borrowed a, omni_borrowed b) {                  \
    return omni_##symbol##_n(ctx, 2, (const omni_borrowed[]){a, b});                               \
  }

COMPARISON(symbol_eq, "symbol=?", want_symbols, order_symbols, is_eq)

COMPARISON(char_eq, "char=?", want_characters, order_characters, is_eq)
COMPARISON(char_lt, "char<?", want_characters, order_characters, is_lt)
COMPARISON(char_gt, "char>?", want_characters, order_characters, is_gt)
COMPARISON(char_le, "char<=?", want_characters, order_characters, is_le)
COMPARISON(char_ge, "char>=?", want_characters, order_characters, is_ge)

COMPARISON(char_ci_eq, "char-ci=?", want_characters, order_folded_characters, is_eq)
COMPARISON(char_ci_lt, "char-ci<?", want_characters, order_folded_characters, is_lt)
COMPARISON(char_ci_gt, "char-ci>?", want_characters, order_folded_characters, is_gt)
COMPARISON(char_ci_le, "char-ci<=?", want_characters, order_folded_characters, is_le)
COMPARISON(char_ci_ge, "char-ci>=?", want_characters, order_folded_characters, is_ge)

COMPARISON(string_eq, "string=?", want_strings, order_strings, is_eq)
COMPARISON(string_lt, "string<?", want_strings, order_strings, is_lt)
COMPARISON(string_gt, "string>?", want_strings, order_strings, is_gt)
COMPARISON(string_le, "string<=?", want_strings, order_strings, is_le)
COMPARISON(string_ge, "string>=?", want_strings, order_strings, is_ge)

COMPARISON(string_ci_eq, "string-ci=?", want_strings, order_folded_strings, is_eq)
COMPARISON(string_ci_lt, "string-ci<?", want_strings, order_folded_strings, is_lt)
COMPARISON(string_ci_gt, "string-ci>?", want_strings, order_folded_strings, is_gt)
COMPARISON(string_ci_le, "string-ci<=?", want_strings, order_folded_strings, is_le)
COMPARISON(string_ci_ge, "string-ci>=?", want_strings, order_folded_strings, is_ge)
