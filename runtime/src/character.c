#include "character.h"

#include "arguments.h"
#include "condition.h"
#include "string_object.h"

#include <stddef.h>

static int is_upper(uint32_t code) { return code >= 'A' && code <= 'Z'; }
static int is_lower(uint32_t code) { return code >= 'a' && code <= 'z'; }
static int is_alphabetic(uint32_t code) { return is_upper(code) || is_lower(code); }
static int is_digit(uint32_t code) { return code >= '0' && code <= '9'; }
static int is_whitespace(uint32_t code) { return code == ' ' || (code >= '\t' && code <= '\r'); }

uint32_t omni_code_upcase(uint32_t code) { return is_lower(code) ? code - 'a' + 'A' : code; }
uint32_t omni_code_downcase(uint32_t code) { return is_upper(code) ? code - 'A' + 'a' : code; }

static omni_check classify(omni_context *ctx, const char *who, int (*class)(uint32_t),
                           omni_borrowed a) {
  uint32_t code;
  return omni_want_character(ctx, who, a, &code) ? omni_boolean(class(code)) : OMNI_FAILED;
}

omni_check omni_char_alphabetic_p(omni_context *ctx, omni_borrowed a) {
  return classify(ctx, "char-alphabetic?", is_alphabetic, a);
}
omni_check omni_char_numeric_p(omni_context *ctx, omni_borrowed a) {
  return classify(ctx, "char-numeric?", is_digit, a);
}
omni_check omni_char_whitespace_p(omni_context *ctx, omni_borrowed a) {
  return classify(ctx, "char-whitespace?", is_whitespace, a);
}
omni_check omni_char_upper_case_p(omni_context *ctx, omni_borrowed a) {
  return classify(ctx, "char-upper-case?", is_upper, a);
}
omni_check omni_char_lower_case_p(omni_context *ctx, omni_borrowed a) {
  return classify(ctx, "char-lower-case?", is_lower, a);
}

omni_check omni_char_upcase(omni_context *ctx, omni_borrowed a) {
  uint32_t code;
  if (!omni_want_character(ctx, "char-upcase", a, &code))
    return OMNI_FAILED;
  return omni_character(omni_code_upcase(code));
}
omni_check omni_char_downcase(omni_context *ctx, omni_borrowed a) {
  uint32_t code;
  if (!omni_want_character(ctx, "char-downcase", a, &code))
    return OMNI_FAILED;
  return omni_character(omni_code_downcase(code));
}

omni_result omni_digit_value(omni_context *ctx, omni_borrowed a) {
  uint32_t code;
  if (!omni_want_character(ctx, "digit-value", a, &code))
    return OMNI_FAILED;
  return is_digit(code) ? omni_fixnum((int64_t)code - '0') : OMNI_FALSE;
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
