/* character.c: the primitives on characters, other than comparisons. */
#include "character.h"
#include "arguments.h"
#include "condition.h"
#include "string_object.h"
#include "unicode.h"

#include <stddef.h>

static int is_numeric(uint32_t code) { return omni_code_digit(code) >= 0; }

static omni_check classify(omni_context *ctx, const char *who, int (*class)(uint32_t),
                           omni_borrowed a) {
  uint32_t code;
  return omni_want_character(ctx, who, a, &code) ? omni_boolean(class(code)) : OMNI_FAILED;
}

omni_check omni_char_alphabetic_p(omni_context *ctx, omni_borrowed a) {
  return classify(ctx, "char-alphabetic?", omni_code_is_alphabetic, a);
}
omni_check omni_char_numeric_p(omni_context *ctx, omni_borrowed a) {
  return classify(ctx, "char-numeric?", is_numeric, a);
}
omni_check omni_char_whitespace_p(omni_context *ctx, omni_borrowed a) {
  return classify(ctx, "char-whitespace?", omni_code_is_white_space, a);
}
omni_check omni_char_upper_case_p(omni_context *ctx, omni_borrowed a) {
  return classify(ctx, "char-upper-case?", omni_code_is_upper_case, a);
}
omni_check omni_char_lower_case_p(omni_context *ctx, omni_borrowed a) {
  return classify(ctx, "char-lower-case?", omni_code_is_lower_case, a);
}

static omni_check map_character(omni_context *ctx, const char *who, uint32_t (*map)(uint32_t),
                                omni_borrowed a) {
  uint32_t code;
  return omni_want_character(ctx, who, a, &code) ? omni_character(map(code)) : OMNI_FAILED;
}

omni_check omni_char_upcase(omni_context *ctx, omni_borrowed a) {
  return map_character(ctx, "char-upcase", omni_code_upcase, a);
}
omni_check omni_char_downcase(omni_context *ctx, omni_borrowed a) {
  return map_character(ctx, "char-downcase", omni_code_downcase, a);
}
omni_check omni_char_foldcase(omni_context *ctx, omni_borrowed a) {
  return map_character(ctx, "char-foldcase", omni_code_foldcase, a);
}

omni_result omni_digit_value(omni_context *ctx, omni_borrowed a) {
  uint32_t code;
  if (!omni_want_character(ctx, "digit-value", a, &code))
    return OMNI_FAILED;
  int value = omni_code_digit(code);
  return value < 0 ? OMNI_FALSE : omni_fixnum(value);
}

omni_result omni_char_to_integer(omni_context *ctx, omni_borrowed a) {
  uint32_t code;
  if (!omni_want_character(ctx, "char->integer", a, &code))
    return OMNI_FAILED;
  return omni_fixnum((int64_t)code);
}

omni_check omni_integer_to_char(omni_context *ctx, omni_borrowed a) {
  int64_t n;
  if (!omni_want_integer(ctx, "integer->char", a, &n))
    return OMNI_FAILED;
  if (n < 0 || n > 0x10FFFF || (n >= 0xD800 && n <= 0xDFFF))
    return omni_fail_index(ctx, "integer->char", a);
  return omni_character((uint32_t)n);
}

/* ---- names ---- */

static const struct {
  uint32_t code;
  const char *name;
} names[] = {{0, "null"},    {7, "alarm"},   {8, "backspace"}, {9, "tab"},     {10, "newline"},
             {13, "return"}, {27, "escape"}, {32, "space"},    {127, "delete"}};

const char *omni_code_name(uint32_t code) {
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].code == code)
      return names[i].name;
  return NULL;
}

int omni_code_named(const uint32_t *name, uint64_t length, uint32_t *code) {
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (omni_codes_spell(name, length, names[i].name)) {
      *code = names[i].code;
      return 1;
    }
  }
  return 0;
}
