/* number_text.c: numbers from and to text. */
#include "number_text.h"

#include "arguments.h"
#include "condition.h"
#include "heap.h"
#include "integer.h"
#include "plant.h"
#include "string_object.h"
#include "text.h"
#include "variadic.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TWO_63 9223372036854775808.0

enum { MIN_RADIX = 2, MAX_RADIX = 36, INTEGER_DIGITS = 64, FLOAT_DIGITS = 17 };

/* ---- to text ---- */

void omni_text_integer(omni_text *text, int64_t n, int radix) {
  char digits[INTEGER_DIGITS];
  int start = INTEGER_DIGITS;
  uint64_t rest = omni_magnitude(n);
  do {
    digits[--start] = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % (uint64_t)radix];
    rest /= (uint64_t)radix;
  } while (rest != 0);
  int unsigned_text = omni_planted(text->ctx, OMNI_PLANT_NEGATIVE_RADIX_TEXT) && radix != 10;
  if (n < 0 && !unsigned_text)
    omni_text_string(text, "-");
  omni_text_bytes(text, digits + start, (uint64_t)(INTEGER_DIGITS - start));
}

/* The significant decimal digits of a positive double and the exponent of the first one. */
typedef struct decimal {
  char digits[FLOAT_DIGITS + 1];
  int count;
  int exponent;
} decimal;

/* Whether `count` digits, correctly rounded, read back as x; fills in `out` without final zeros. */
static int reads_back(double x, int count, decimal *out) {
  char text[FLOAT_DIGITS + 16];
  snprintf(text, sizeof text, "%.*e", count - 1, x);
  if (strtod(text, NULL) != x)
    return 0;
  char *exponent = strchr(text, 'e');
  out->count = 0;
  for (const char *c = text; c != exponent; c++)
    if (*c != '.')
      out->digits[out->count++] = *c;
  while (out->count > 1 && out->digits[out->count - 1] == '0')
    out->count--;
  out->exponent = (int)strtol(exponent + 1, NULL, 10);
  return 1;
}

/* The least number of digits that reads back. Any decimal of up to DBL_DIG digits that reads as a normal
 * double x is what x prints as with DBL_DIG digits, zeros aside: no need to try fewer. */
static void shortest(double x, decimal *out) {
  int count = x < DBL_MIN ? 1 : DBL_DIG;
  while (!reads_back(x, count, out))
    count++;
}

static void append_zeros(omni_text *text, int count) {
  for (int i = 0; i < count; i++)
    omni_text_string(text, "0");
}

static void append_positional(omni_text *text, const decimal *d) {
  int whole = d->exponent + 1; /* digits before the point, if positive */
  if (whole <= 0) {
    omni_text_string(text, "0.");
    append_zeros(text, -whole);
    omni_text_bytes(text, d->digits, (uint64_t)d->count);
  } else if (whole >= d->count) {
    omni_text_bytes(text, d->digits, (uint64_t)d->count);
    append_zeros(text, whole - d->count);
    omni_text_string(text, ".0");
  } else {
    omni_text_bytes(text, d->digits, (uint64_t)whole);
    omni_text_string(text, ".");
    omni_text_bytes(text, d->digits + whole, (uint64_t)(d->count - whole));
  }
}

static void append_scientific(omni_text *text, const decimal *d) {
  omni_text_bytes(text, d->digits, 1);
  if (d->count > 1)
    omni_text_string(text, ".");
  omni_text_bytes(text, d->digits + 1, (uint64_t)(d->count - 1));
  int plain = d->exponent < 0 || omni_planted(text->ctx, OMNI_PLANT_LARGE_FLOAT_TEXT);
  omni_text_string(text, plain ? "e" : "e+");
  omni_text_integer(text, d->exponent, 10);
}

void omni_text_float(omni_text *text, double x) {
  if (isnan(x)) {
    omni_text_string(text, "+nan.0");
    return;
  }
  if (isinf(x)) {
    omni_text_string(text, x > 0 ? "+inf.0" : "-inf.0");
    return;
  }
  if (signbit(x))
    omni_text_string(text, "-");
  x = fabs(x);
  decimal d = {"0", 1, 0};
  if (x != 0)
    shortest(x, &d);
  if (x == 0 || (x >= 1e-7 && x < 1e21))
    append_positional(text, &d);
  else
    append_scientific(text, &d);
}

/* ---- from text ---- */

static int digit_of(uint32_t code) {
  if (code >= '0' && code <= '9')
    return (int)(code - '0');
  if (code >= 'a' && code <= 'z')
    return (int)(code - 'a') + 10;
  if (code >= 'A' && code <= 'Z')
    return (int)(code - 'A') + 10;
  return MAX_RADIX;
}

static uint64_t skip_digits(const uint32_t *codes, uint64_t length, uint64_t at, int radix) {
  while (at < length && digit_of(codes[at]) < radix)
    at++;
  return at;
}

static int is_sign(const uint32_t *codes, uint64_t length, uint64_t at) {
  return at < length && (codes[at] == '+' || codes[at] == '-');
}

static int is_decimal(const uint32_t *codes, uint64_t length) {
  uint64_t start = is_sign(codes, length, 0) ? 1 : 0;
  uint64_t at = skip_digits(codes, length, start, 10), digits = at - start;
  if (at < length && codes[at] == '.') {
    uint64_t fraction = ++at;
    at = skip_digits(codes, length, at, 10);
    digits += at - fraction;
  }
  if (digits == 0)
    return 0;
  if (at < length && (codes[at] == 'e' || codes[at] == 'E')) {
    at += is_sign(codes, length, at + 1) ? 2 : 1;
    uint64_t exponent = at;
    at = skip_digits(codes, length, at, 10);
    if (at == exponent)
      return 0;
  }
  return at == length;
}

static int is_special(const uint32_t *codes, uint64_t length, double *value) {
  static const struct {
    const char *word;
    double value;
  } specials[] = {{"+inf.0", INFINITY}, {"-inf.0", -INFINITY}, {"+nan.0", NAN}, {"-nan.0", NAN}};
  for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
    *value = specials[i].value;
    if (omni_codes_spell_in_any_case(codes, length, specials[i].word))
      return 1;
  }
  return 0;
}

/* The value of a sequence of digits; 0 where it is not a 64-bit integer. */
static int read_integer(const uint32_t *codes, uint64_t length, uint64_t at, int radix,
                        int64_t *value) {
  int negative = codes[0] == '-';
  uint64_t limit = (uint64_t)INT64_MAX + (uint64_t)negative, magnitude = 0;
  for (; at < length; at++) {
    uint64_t digit = (uint64_t)digit_of(codes[at]);
    if (magnitude > (limit - digit) / (uint64_t)radix)
      return 0;
    magnitude = magnitude * (uint64_t)radix + digit;
  }
  *value = omni_integer_from_bits(negative ? 0 - magnitude : magnitude);
  return 1;
}

/* Pass over at most one prefix for the radix and one for the exactness; 0 if there is another one. */
static int read_prefixes(const uint32_t *codes, uint64_t length, int *radix,
                         omni_numeral *numeral) {
  static const char letters[] = "xXbBoOdD";
  static const int radixes[] = {16, 2, 8, 10};
  int has_radix = 0;
  for (; numeral->start + 1 < length && codes[numeral->start] == '#'; numeral->start += 2) {
    uint32_t code = codes[numeral->start + 1];
    const char *letter = code > 0 && code < 0x80 ? strchr(letters, (int)code) : NULL;
    if (letter != NULL && !has_radix) {
      *radix = radixes[(letter - letters) / 2];
      has_radix = 1;
    } else if ((code == 'e' || code == 'E') && numeral->exactness == OMNI_AS_WRITTEN) {
      numeral->exactness = OMNI_EXACT;
    } else if ((code == 'i' || code == 'I') && numeral->exactness == OMNI_AS_WRITTEN) {
      numeral->exactness = OMNI_INEXACT;
    } else {
      return 0;
    }
  }
  return 1;
}

omni_numeral omni_numeral_read(const uint32_t *codes, uint64_t length, int radix) {
  omni_numeral numeral = {OMNI_NOT_A_NUMERAL, OMNI_AS_WRITTEN, 0, 0, 0.0};
  if (!read_prefixes(codes, length, &radix, &numeral))
    return numeral;
  codes += numeral.start;
  length -= numeral.start;
  uint64_t digits = is_sign(codes, length, 0) ? 1 : 0;
  if (digits < length && skip_digits(codes, length, digits, radix) == length) {
    int fits = read_integer(codes, length, digits, radix, &numeral.integer);
    numeral.kind = fits ? OMNI_INTEGER_NUMERAL : OMNI_LARGE_NUMERAL;
  } else if (radix == 10 && is_special(codes, length, &numeral.special)) {
    numeral.kind = OMNI_SPECIAL_NUMERAL;
  } else if (radix == 10 && is_decimal(codes, length)) {
    numeral.kind = OMNI_DECIMAL_NUMERAL;
  }
  return numeral;
}

/* The double that a decimal spells, which is ASCII; 0 after raising out-of-memory. */
static int read_decimal(omni_context *ctx, const uint32_t *codes, uint64_t length, double *x) {
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_text_codes(&text, codes, length);
  omni_text_code(&text, 0);
  int failed = text.failed;
  if (!failed)
    *x = strtod(text.bytes, NULL);
  omni_text_end(&text);
  return !failed;
}

/* The number for a float that was read; #f if it is to be exact and is no integer of 64 bits. */
static omni_result as_demanded(omni_context *ctx, omni_exactness exactness, double x) {
  if (exactness != OMNI_EXACT)
    return omni_float(ctx, x);
  if (!isfinite(x) || trunc(x) != x || x >= TWO_63 || x < -TWO_63)
    return OMNI_FALSE;
  return omni_integer(ctx, (int64_t)x);
}

/* ---- primitives ---- */

/* The optional radix in argv[1]; 0 after raising. */
static int want_radix(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv) {
  int64_t radix = 10;
  if (argc > 1 && !omni_want_integer(ctx, who, argv[1], &radix))
    return 0;
  if (radix >= MIN_RADIX && radix <= MAX_RADIX)
    return (int)radix;
  omni_fail_index(ctx, who, argv[1]);
  return 0;
}

omni_result omni_number_to_string_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_number n;
  if (!omni_want_number(ctx, "number->string", argv[0], &n))
    return OMNI_FAILED;
  int radix = want_radix(ctx, "number->string", argc, argv);
  if (radix == 0)
    return OMNI_FAILED;
  if (n.is_float && radix != 10)
    return omni_fail_type(ctx, "number->string", OMNI_WHAT_INTEGER, argv[0]);
  omni_text text;
  omni_text_begin(ctx, &text);
  if (n.is_float)
    omni_text_float(&text, n.real);
  else
    omni_text_integer(&text, n.integer, radix);
  omni_result result = omni_text_to_string(&text);
  omni_text_end(&text);
  return result;
}

omni_result omni_string_to_number_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  if (!omni_want(ctx, "string->number", argv[0], OMNI_TAG_STRING))
    return OMNI_FAILED;
  int radix = want_radix(ctx, "string->number", argc, argv);
  if (radix == 0)
    return OMNI_FAILED;
  double x;
  const omni_string *string = omni_string_of(argv[0]);
  omni_numeral numeral = omni_numeral_read(string->codes, string->length, radix);
  switch (numeral.kind) {
  case OMNI_INTEGER_NUMERAL:
    return numeral.exactness == OMNI_INEXACT ? omni_float(ctx, (double)numeral.integer)
                                             : omni_integer(ctx, numeral.integer);
  case OMNI_SPECIAL_NUMERAL:
    return as_demanded(ctx, numeral.exactness, numeral.special);
  case OMNI_DECIMAL_NUMERAL:
    if (!read_decimal(ctx, string->codes + numeral.start, string->length - numeral.start, &x))
      return OMNI_FAILED;
    return as_demanded(ctx, numeral.exactness, x);
  case OMNI_LARGE_NUMERAL:
  case OMNI_NOT_A_NUMERAL:
    break;
  }
  return OMNI_FALSE;
}
