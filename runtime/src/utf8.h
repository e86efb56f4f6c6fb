/* utf8.h: UTF-8, Unicode standard section 3.9. */
#ifndef OMNI_UTF8_H
#define OMNI_UTF8_H

#include <stdint.h>

enum { OMNI_UTF8_MAX = 4, OMNI_REPLACEMENT = 0xFFFD };

/* How many bytes a scalar value takes. */
int omni_utf8_size(uint32_t code);
/* Encode a scalar value; the number of bytes written. */
int omni_utf8_encode(uint32_t code, char bytes[OMNI_UTF8_MAX]);
/* Decode the first character of `size` > 0 bytes; the number of bytes read. Each maximal part of a
 * malformed sequence gives one U+FFFD. */
uint64_t omni_utf8_decode(const char *bytes, uint64_t size, uint32_t *code);
/* Whether `size` > 0 bytes are the beginning of a character that needs more of them. */
int omni_utf8_is_unfinished(const char *bytes, uint64_t size);

#endif
