/* number_text.h: recognising numbers in text. */
#ifndef OMNI_NUMBER_TEXT_H
#define OMNI_NUMBER_TEXT_H

#include <stdint.h>

typedef enum omni_numeral_kind {
  OMNI_NOT_A_NUMERAL,
  OMNI_LARGE_NUMERAL, /* an integer outside of 64 bits */
  OMNI_INTEGER_NUMERAL,
  OMNI_DECIMAL_NUMERAL, /* of which the double is yet to be computed */
  OMNI_SPECIAL_NUMERAL  /* infinities and NaN */
} omni_numeral_kind;

typedef enum omni_exactness { OMNI_AS_WRITTEN, OMNI_EXACT, OMNI_INEXACT } omni_exactness;

typedef struct omni_numeral {
  omni_numeral_kind kind;
  omni_exactness exactness; /* what a prefix #e or #i demands of the number */
  uint64_t start;           /* where a decimal starts, after any prefixes */
  int64_t integer;
  double special;
} omni_numeral;

/* What the text spells in `radix` (2 to 36), which a prefix #x #b #o #d overrides; another prefix may say which
 * exactness is demanded. */
omni_numeral omni_numeral_read(const uint32_t *codes, uint64_t length, int radix);

#endif
