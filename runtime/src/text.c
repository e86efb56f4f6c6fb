#include "text.h"

#include "heap.h"
#include "string_object.h"
#include "utf8.h"

#include <string.h>

enum { FIRST_CAPACITY = 64, CODES_AT_ONCE = 256 };

void omni_text_begin(omni_context *ctx, omni_text *text) {
  memset(text, 0, sizeof *text);
  text->ctx = ctx;
}

void omni_text_end(omni_text *text) { omni_storage_free(text->ctx, text->bytes, text->capacity); }

static int reserve(omni_text *text, uint64_t size) {
  if (text->failed)
    return 0;
  if (size <= text->capacity - text->size)
    return 1;
  uint64_t capacity = text->capacity == 0 ? FIRST_CAPACITY : text->capacity * 2;
  if (capacity - text->size < size)
    capacity = text->size + size;
  char *bytes = omni_storage_grow(text->ctx, text->bytes, text->capacity, capacity);
  if (bytes == NULL) {
    text->failed = 1;
    return 0;
  }
  text->bytes = bytes;
  text->capacity = capacity;
  return 1;
}

void omni_text_bytes(omni_text *text, const char *bytes, uint64_t size) {
  if (size == 0 || !reserve(text, size))
    return;
  memcpy(text->bytes + text->size, bytes, (size_t)size);
  text->size += size;
}

void omni_text_string(omni_text *text, const char *string) {
  omni_text_bytes(text, string, strlen(string));
}

void omni_text_code(omni_text *text, uint32_t code) {
  if (!reserve(text, OMNI_UTF8_MAX))
    return;
  text->size += (uint64_t)omni_utf8_encode(code, text->bytes + text->size);
}

void omni_text_codes(omni_text *text, const uint32_t *codes, uint64_t length) {
  while (length > 0) {
    uint64_t count = length < CODES_AT_ONCE ? length : CODES_AT_ONCE;
    if (!reserve(text, count * OMNI_UTF8_MAX))
      return;
    char *end = text->bytes + text->size;
    for (uint64_t i = 0; i < count; i++) {
      if (codes[i] < 0x80) /* nearly all of them: spared a call */
        *end++ = (char)codes[i];
      else
        end += omni_utf8_encode(codes[i], end);
    }
    text->size = (uint64_t)(end - text->bytes);
    codes += count;
    length -= count;
  }
}

omni_result omni_text_to_string(const omni_text *text) {
  if (text->failed)
    return OMNI_FAILED;
  return omni_string_from_utf8(text->ctx, text->bytes, text->size);
}
