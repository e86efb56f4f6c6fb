#include "utf8.h"

int omni_utf8_size(uint32_t code) {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

int omni_utf8_encode(uint32_t code, char bytes[OMNI_UTF8_MAX]) {
  if (code < 0x80) {
    bytes[0] = (char)code;
    return 1;
  }
  int rest = omni_utf8_size(code) - 1;
  static const unsigned lead[] = {0, 0xC0, 0xE0, 0xF0};
  bytes[0] = (char)(lead[rest] | code >> 6 * rest);
  for (int i = 1; i <= rest; i++)
    bytes[i] = (char)(0x80 | (code >> 6 * (rest - i) & 0x3F));
  return rest + 1;
}

uint64_t omni_utf8_decode(const char *bytes, uint64_t size, uint32_t *code) {
  unsigned lead = (unsigned char)bytes[0];
  *code = lead;
  if (lead < 0x80)
    return 1;
  *code = OMNI_REPLACEMENT;
  if (lead < 0xC2 || lead > 0xF4)
    return 1;
  unsigned rest = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  /* The second byte's range excludes overlong forms, surrogates and what is beyond U+10FFFF. */
  unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  uint32_t value = lead & (0x3Fu >> rest);
  for (unsigned i = 1; i <= rest; i++) {
    unsigned byte = i < size ? (unsigned char)bytes[i] : 0;
    if (byte < low || byte > high)
      return i;
    value = value << 6 | (byte & 0x3F);
    low = 0x80;
    high = 0xBF;
  }
  *code = value;
  return rest + 1;
}

int omni_utf8_is_unfinished(const char *bytes, uint64_t size) {
  unsigned lead = (unsigned char)bytes[0];
  uint64_t whole = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  uint32_t code;
  return lead >= 0xC2 && lead <= 0xF4 && size < whole &&
         omni_utf8_decode(bytes, size, &code) == size;
}
