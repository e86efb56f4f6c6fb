#include "datum_token.h"

#include "character.h"
#include "condition.h"
#include "number.h"
#include "number_text.h"
#include "print.h"
#include "string_object.h"
#include "symbol.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CODE = 0x10FFFF, FIRST_SURROGATE = 0xD800, LAST_SURROGATE = 0xDFFF };

/* No result: the text does not spell a number. */
#define NOT_A_NUMBER OMNI_UNBOUND

int omni_is_one_of(uint32_t code, const char *characters) {
  return code > 0 && code < 0x80 && strchr(characters, (int)code) != NULL;
}

int omni_is_white_space(uint32_t code) { return omni_is_one_of(code, " \t\n\r\f\v"); }

/* ---- characters ---- */

int omni_hex_digit(uint32_t code) {
  static const char digits[] = "0123456789abcdef";
  if (code >= 'A' && code <= 'F')
    code = code - 'A' + 'a';
  return omni_is_one_of(code, digits) ? (int)(strchr(digits, (int)code) - digits) : -1;
}

omni_result omni_datum_scalar(omni_context *ctx, omni_borrowed digits) {
  const omni_string *string = omni_string_of(digits);
  uint32_t code = 0;
  for (uint64_t i = 0; i < string->length && code <= MAX_CODE; i++)
    code = code * 16 + (uint32_t)omni_hex_digit(string->codes[i]);
  if (code > MAX_CODE || (code >= FIRST_SURROGATE && code <= LAST_SURROGATE))
    return omni_fail_read_about(ctx, OMNI_READ_SCALAR, digits);
  return omni_character(code);
}

static int is_hexadecimal(const uint32_t *codes, uint64_t length) {
  for (uint64_t i = 0; i < length; i++)
    if (omni_hex_digit(codes[i]) < 0)
      return 0;
  return length > 0;
}

omni_result omni_datum_character(omni_context *ctx, omni_borrowed name) {
  const omni_string *string = omni_string_of(name);
  uint32_t code;
  if (string->length == 1)
    return omni_character(string->codes[0]);
  if (omni_code_named(string->codes, string->length, &code))
    return omni_character(code);
  if (!omni_is_one_of(string->codes[0], "xX") ||
      !is_hexadecimal(string->codes + 1, string->length - 1))
    return omni_fail_read_about(ctx, OMNI_READ_CHARACTER, name);
  omni_result digits = omni_string_from_codes(ctx, string->codes + 1, string->length - 1);
  if (omni_failed(digits))
    return OMNI_FAILED;
  omni_result result = omni_datum_scalar(ctx, digits);
  omni_drop(ctx, digits);
  return result;
}

/* ---- numbers ---- */

/* The double that a decimal spells. */
static omni_result decimal(omni_context *ctx, const uint32_t *codes, uint64_t length) {
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_text_codes(&text, codes, length);
  omni_text_code(&text, 0);
  omni_result result = text.failed ? OMNI_FAILED : omni_float(ctx, strtod(text.bytes, NULL));
  omni_text_end(&text);
  return result;
}

/* The number that a text spells, or NOT_A_NUMBER. `token` is what to complain about. */
static omni_result number(omni_context *ctx, const uint32_t *codes, uint64_t length,
                          omni_borrowed token) {
  if (length == 0 || !omni_is_one_of(codes[0], "+-.0123456789#"))
    return NOT_A_NUMBER;
  omni_numeral numeral = omni_numeral_read(codes, length, 10);
  if (numeral.exactness != OMNI_AS_WRITTEN) /* a second one: the caller took the first one out */
    return NOT_A_NUMBER;
  switch (numeral.kind) {
  case OMNI_INTEGER_NUMERAL:
    return omni_integer(ctx, numeral.integer);
  case OMNI_SPECIAL_NUMERAL:
    return omni_float(ctx, numeral.special);
  case OMNI_DECIMAL_NUMERAL:
    return decimal(ctx, codes + numeral.start, length - numeral.start);
  case OMNI_LARGE_NUMERAL:
    return omni_fail_read_about(ctx, OMNI_READ_INTEGER, token);
  case OMNI_NOT_A_NUMERAL:
    break;
  }
  return NOT_A_NUMBER;
}

/* Give a number the exactness that a letter asks for, 0 for none. Consumes it. */
static omni_result with_exactness(omni_context *ctx, char letter, omni_owned v,
                                  omni_borrowed token) {
  static const double limit = 9223372036854775808.0; /* 2^63 */
  omni_number n;
  omni_number_read(v, &n);
  if (letter == 0 || n.is_float == (letter == 'i'))
    return v;
  omni_drop(ctx, v);
  if (letter == 'i')
    return omni_float(ctx, omni_number_real(&n));
  if (!(n.real >= -limit && n.real < limit) || floor(n.real) != n.real)
    return omni_fail_read_about(ctx, OMNI_READ_INTEGER, token);
  return omni_integer(ctx, (int64_t)n.real);
}

/* The number in a token that begins with #: the text with the letter of its exactness taken out. */
static omni_result prefixed_number(omni_context *ctx, omni_borrowed token) {
  const omni_string *string = omni_string_of(token);
  char letter = 0;
  uint64_t at;
  for (at = 0; at <= 2 && letter == 0; at += 2)
    if (at + 1 < string->length && string->codes[at] == '#' &&
        omni_is_one_of(string->codes[at + 1], "eEiI"))
      letter = omni_is_one_of(string->codes[at + 1], "eE") ? 'e' : 'i';
  omni_value v;
  if (letter == 0) {
    v = number(ctx, string->codes, string->length, token);
  } else {
    omni_result rest = omni_string_make(ctx, string->length - 2);
    if (omni_failed(rest))
      return OMNI_FAILED;
    uint32_t *codes = omni_string_of(rest)->codes;
    at -= 2; /* where the letter's # was */
    memcpy(codes, string->codes, (size_t)at * sizeof *codes);
    memcpy(codes + at, string->codes + at + 2, (size_t)(string->length - at - 2) * sizeof *codes);
    v = number(ctx, codes, string->length - 2, token);
    omni_drop(ctx, rest);
  }
  if (v == NOT_A_NUMBER)
    return omni_fail_read_about(ctx, OMNI_READ_NUMBER, token);
  return omni_failed(v) ? OMNI_FAILED : with_exactness(ctx, letter, v, token);
}

/* ---- atoms ---- */

static omni_result hash_literal(omni_context *ctx, omni_borrowed token) {
  const omni_string *string = omni_string_of(token);
  const uint32_t *codes = string->codes;
  if (omni_codes_spell_in_any_case(codes, string->length, "#t") ||
      omni_codes_spell_in_any_case(codes, string->length, "#true"))
    return OMNI_TRUE;
  if (omni_codes_spell_in_any_case(codes, string->length, "#f") ||
      omni_codes_spell_in_any_case(codes, string->length, "#false"))
    return OMNI_FALSE;
  if (string->length < 2 || !omni_is_one_of(codes[1], "eEiIxXbBoOdD"))
    return omni_fail_read_about(ctx, OMNI_READ_LITERAL, token);
  return prefixed_number(ctx, token);
}

omni_result omni_datum_atom(omni_context *ctx, omni_borrowed token) {
  const omni_string *string = omni_string_of(token);
  if (string->codes[0] == '#')
    return hash_literal(ctx, token);
  omni_value v = number(ctx, string->codes, string->length, token);
  if (v != NOT_A_NUMBER)
    return v;
  for (uint64_t i = 0; i < string->length; i++)
    if (!omni_is_symbol_code(string->codes[i]))
      return omni_fail_read_about(ctx, OMNI_READ_SYMBOL, token);
  return omni_symbol_intern(ctx, string->codes, string->length);
}
