/* string_case.c: strings in upper, lower and folded case. */
#include "arguments.h"
#include "string_object.h"
#include "unicode.h"

static omni_result map_string(omni_context *ctx, const char *who, omni_full_mapping *map,
                              omni_borrowed a) {
  if (!omni_want(ctx, who, a, OMNI_TAG_STRING))
    return OMNI_FAILED;
  const omni_string *string = omni_string_of(a);
  uint32_t mapped[OMNI_EXPANSION_MAX];
  uint64_t length = 0;
  for (uint64_t i = 0; i < string->length; i++)
    length += (uint64_t)map(string->codes[i], mapped);
  omni_result result = omni_string_make(ctx, length);
  if (omni_failed(result))
    return OMNI_FAILED;
  uint32_t *out = omni_string_of(result)->codes;
  for (uint64_t i = 0; i < string->length; i++) {
    int count = map(string->codes[i], mapped);
    for (int k = 0; k < count; k++)
      *out++ = mapped[k];
  }
  return result;
}

omni_result omni_string_upcase(omni_context *ctx, omni_borrowed a) {
  return map_string(ctx, "string-upcase", omni_code_upcase_full, a);
}

omni_result omni_string_downcase(omni_context *ctx, omni_borrowed a) {
  return map_string(ctx, "string-downcase", omni_code_downcase_full, a);
}

omni_result omni_string_foldcase(omni_context *ctx, omni_borrowed a) {
  return map_string(ctx, "string-foldcase", omni_code_foldcase_full, a);
}
