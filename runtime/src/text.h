/* text.h: growing UTF-8 text. */
#ifndef OMNI_TEXT_H
#define OMNI_TEXT_H

#include "value.h"

/* Between omni_text_begin and omni_text_end. When memory runs out, `failed` is set, out-of-memory has
 * been raised, and whatever else is appended is ignored: one test at the end is enough. */
typedef struct omni_text {
  omni_context *ctx;
  char *bytes;
  uint64_t size;
  uint64_t capacity;
  int failed;
} omni_text;

void omni_text_begin(omni_context *ctx, omni_text *text);
void omni_text_end(omni_text *text);

void omni_text_bytes(omni_text *text, const char *bytes, uint64_t size);
void omni_text_string(omni_text *text, const char *string);
void omni_text_code(omni_text *text, uint32_t code);
void omni_text_codes(omni_text *text, const uint32_t *codes, uint64_t length);
/* In radix 2 to 36, lower-case digits. */
void omni_text_integer(omni_text *text, int64_t n, int radix);
/* The fewest digits that read back as the same double; see number_text.c. */
void omni_text_float(omni_text *text, double x);

/* A string object with this text (OMNI_FAILED if it has failed). */
omni_result omni_text_to_string(const omni_text *text);

#endif
