/* string_object.h: strings are arrays of code points, so that string-ref takes constant time. */
#ifndef OMNI_STRING_OBJECT_H
#define OMNI_STRING_OBJECT_H

#include "value.h"

/* A string of `length` code points that the caller fills in. */
omni_result omni_string_make(omni_context *ctx, uint64_t length);
omni_result omni_string_from_codes(omni_context *ctx, const uint32_t *codes, uint64_t length);
/* Malformed UTF-8 becomes U+FFFD (see utf8.h). */
omni_result omni_string_from_utf8(omni_context *ctx, const char *bytes, uint64_t size);

/* Whether the code points are those of an ASCII text. */
int omni_codes_spell(const uint32_t *codes, uint64_t length, const char *text);
/* The same where the letters A to Z may stand for those of the text, which is in lower case. */
int omni_codes_spell_in_any_case(const uint32_t *codes, uint64_t length, const char *text);
/* Order by code points: negative, 0 or positive. */
int omni_codes_compare(const uint32_t *a, uint64_t a_length, const uint32_t *b, uint64_t b_length);

#endif
