/* string_object.c: strings and the primitives on them, other than those on case and order. */
#include "string_object.h"

#include "arguments.h"
#include "condition.h"
#include "heap.h"
#include "list.h"
#include "plant.h"
#include "utf8.h"
#include "variadic.h"
#include "vector.h"

#include <string.h>

omni_result omni_string_make(omni_context *ctx, uint64_t length) {
  omni_string *string = omni_object_allocate_array(ctx, OMNI_TAG_STRING, sizeof *string, length,
                                                   sizeof *string->codes);
  if (string == NULL)
    return OMNI_FAILED;
  string->length = length;
  return omni_object_value(string);
}

omni_result omni_string_from_codes(omni_context *ctx, const uint32_t *codes, uint64_t length) {
  omni_result result = omni_string_make(ctx, length);
  if (!omni_failed(result))
    memcpy(omni_string_of(result)->codes, codes, (size_t)length * sizeof *codes);
  return result;
}

omni_result omni_string_from_utf8(omni_context *ctx, const char *bytes, uint64_t size) {
  uint64_t length = 0;
  uint32_t code;
  for (uint64_t at = 0; at < size; length++)
    at += omni_utf8_decode(bytes + at, size - at, &code);
  omni_result result = omni_string_make(ctx, length);
  if (omni_failed(result))
    return OMNI_FAILED;
  uint32_t *out = omni_string_of(result)->codes;
  for (uint64_t at = 0; at < size; out++)
    at += omni_utf8_decode(bytes + at, size - at, out);
  return result;
}

int omni_codes_spell(const uint32_t *codes, uint64_t length, const char *text) {
  for (uint64_t i = 0; i < length; i++)
    if (text[i] == '\0' || codes[i] != (uint32_t)(unsigned char)text[i])
      return 0;
  return text[length] == '\0';
}

int omni_codes_spell_in_any_case(const uint32_t *codes, uint64_t length, const char *text) {
  for (uint64_t i = 0; i < length; i++) {
    uint32_t code = codes[i] >= 'A' && codes[i] <= 'Z' ? codes[i] - 'A' + 'a' : codes[i];
    if (text[i] == '\0' || code != (uint32_t)(unsigned char)text[i])
      return 0;
  }
  return text[length] == '\0';
}

/* ---- making strings ---- */

omni_result omni_make_string_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint64_t length;
  uint32_t fill = ' ';
  if (!omni_want_index(ctx, "make-string", argv[0], &length))
    return OMNI_FAILED;
  if (argc > 1 && !omni_want_character(ctx, "make-string", argv[1], &fill))
    return OMNI_FAILED;
  omni_result result = omni_string_make(ctx, length);
  if (omni_failed(result))
    return OMNI_FAILED;
  uint32_t *codes = omni_string_of(result)->codes;
  for (uint64_t i = 0; i < length; i++)
    codes[i] = fill;
  if (omni_planted(ctx, OMNI_PLANT_OUT_OF_BOUNDS))
    omni_plant_out_of_bounds(codes, length, fill);
  return result;
}

omni_result omni_string_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint32_t code;
  for (int i = 0; i < argc; i++)
    if (!omni_want_character(ctx, "string", argv[i], &code))
      return OMNI_FAILED;
  omni_result result = omni_string_make(ctx, (uint64_t)argc);
  if (omni_failed(result))
    return OMNI_FAILED;
  for (int i = 0; i < argc; i++)
    omni_string_of(result)->codes[i] = omni_character_code(argv[i]);
  return result;
}

omni_result omni_list_to_string(omni_context *ctx, omni_borrowed a) {
  uint64_t length;
  uint32_t code;
  if (!omni_want_list(ctx, "list->string", a, &length))
    return OMNI_FAILED;
  for (omni_value v = a; v != OMNI_NIL; v = omni_cdr_of(v))
    if (!omni_want_character(ctx, "list->string", omni_car_of(v), &code))
      return OMNI_FAILED;
  if (omni_planted(ctx, OMNI_PLANT_DOUBLE_FREE))
    omni_plant_double_free();
  omni_result result = omni_string_make(ctx, length);
  if (omni_failed(result))
    return OMNI_FAILED;
  uint32_t *out = omni_string_of(result)->codes;
  for (omni_value v = a; v != OMNI_NIL; v = omni_cdr_of(v))
    *out++ = omni_character_code(omni_car_of(v));
  return result;
}

omni_result omni_string_append(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  const omni_borrowed both[] = {a, b};
  return omni_string_append_n(ctx, 2, both);
}

omni_result omni_string_append_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint64_t length = 0;
  for (int i = 0; i < argc; i++) {
    if (!omni_want(ctx, "string-append", argv[i], OMNI_TAG_STRING))
      return OMNI_FAILED;
    length += omni_string_of(argv[i])->length;
  }
  if (omni_planted(ctx, OMNI_PLANT_USE_AFTER_FREE))
    omni_plant_use_after_free();
  omni_result result = omni_string_make(ctx, length);
  if (omni_failed(result))
    return OMNI_FAILED;
  uint32_t *out = omni_string_of(result)->codes;
  for (int i = 0; i < argc; i++) {
    const omni_string *part = omni_string_of(argv[i]);
    memcpy(out, part->codes, (size_t)part->length * sizeof *out);
    out += part->length;
  }
  return result;
}

/* ---- parts ---- */

omni_result omni_string_length(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "string-length", a, OMNI_TAG_STRING))
    return OMNI_FAILED;
  return omni_integer(ctx, (int64_t)omni_string_of(a)->length);
}

omni_check omni_string_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  uint64_t index;
  if (!omni_want(ctx, "string-ref", a, OMNI_TAG_STRING))
    return OMNI_FAILED;
  if (!omni_want_index(ctx, "string-ref", b, &index))
    return OMNI_FAILED;
  uint64_t limit = omni_string_of(a)->length;
  if (omni_planted(ctx, OMNI_PLANT_STRING_REF_LIMIT))
    limit++;
  if (index >= limit)
    return omni_fail_index(ctx, "string-ref", b);
  return omni_character(omni_string_of(a)->codes[index]);
}

static omni_result copy_range(omni_context *ctx, const char *who, int argc,
                              const omni_borrowed *argv) {
  omni_range range;
  if (!omni_want(ctx, who, argv[0], OMNI_TAG_STRING))
    return OMNI_FAILED;
  const omni_string *string = omni_string_of(argv[0]);
  if (!omni_want_range(ctx, who, argc, argv, string->length, &range))
    return OMNI_FAILED;
  if (omni_planted(ctx, OMNI_PLANT_SUBSTRING_START) && range.start > 1)
    range.start--;
  return omni_string_from_codes(ctx, string->codes + range.start, range.end - range.start);
}

omni_result omni_substring(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_borrowed c) {
  const omni_borrowed argv[] = {a, b, c};
  return copy_range(ctx, "substring", 3, argv);
}

omni_result omni_string_copy_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return copy_range(ctx, "string-copy", argc, argv);
}

omni_result omni_string_to_list_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_range range;
  if (!omni_want(ctx, "string->list", argv[0], OMNI_TAG_STRING))
    return OMNI_FAILED;
  const omni_string *string = omni_string_of(argv[0]);
  if (!omni_want_range(ctx, "string->list", argc, argv, string->length, &range))
    return OMNI_FAILED;
  omni_value list = OMNI_NIL;
  for (uint64_t i = range.end; i > range.start && !omni_failed(list); i--)
    list = omni_cons(ctx, omni_character(string->codes[i - 1]), list);
  return list;
}

omni_result omni_string_to_vector_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_range range;
  if (!omni_want(ctx, "string->vector", argv[0], OMNI_TAG_STRING))
    return OMNI_FAILED;
  const omni_string *string = omni_string_of(argv[0]);
  if (!omni_want_range(ctx, "string->vector", argc, argv, string->length, &range))
    return OMNI_FAILED;
  omni_result result = omni_vector_make(ctx, range.end - range.start, OMNI_NOTHING);
  if (omni_failed(result))
    return OMNI_FAILED;
  for (uint64_t i = range.start; i < range.end; i++)
    omni_vector_of(result)->items[i - range.start] = omni_character(string->codes[i]);
  return result;
}

omni_result omni_vector_to_string_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_range range;
  uint32_t code;
  if (!omni_want(ctx, "vector->string", argv[0], OMNI_TAG_VECTOR))
    return OMNI_FAILED;
  const omni_vector_object *vector = omni_vector_of(argv[0]);
  if (!omni_want_range(ctx, "vector->string", argc, argv, vector->length, &range))
    return OMNI_FAILED;
  for (uint64_t i = range.start; i < range.end; i++)
    if (!omni_want_character(ctx, "vector->string", vector->items[i], &code))
      return OMNI_FAILED;
  omni_result result = omni_string_make(ctx, range.end - range.start);
  if (omni_failed(result))
    return OMNI_FAILED;
  for (uint64_t i = range.start; i < range.end; i++)
    omni_string_of(result)->codes[i - range.start] = omni_character_code(vector->items[i]);
  return result;
}

/* ---- changing strings ---- */

omni_check omni_string_set_x(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_borrowed c) {
  uint64_t index;
  uint32_t code;
  if (!omni_want(ctx, "string-set!", a, OMNI_TAG_STRING) ||
      !omni_want_index(ctx, "string-set!", b, &index) ||
      !omni_want_character(ctx, "string-set!", c, &code))
    return OMNI_FAILED;
  if (omni_object(a)->immutable)
    return omni_fail_immutable(ctx, "string-set!", a);
  if (index >= omni_string_of(a)->length)
    return omni_fail_index(ctx, "string-set!", b);
  omni_string_of(a)->codes[index] = code;
  return OMNI_NOTHING;
}

omni_result omni_string_fill_x_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint32_t code;
  omni_range range;
  if (!omni_want(ctx, "string-fill!", argv[0], OMNI_TAG_STRING) ||
      !omni_want_character(ctx, "string-fill!", argv[1], &code))
    return OMNI_FAILED;
  omni_string *string = omni_string_of(argv[0]);
  if (!omni_want_change(ctx, "string-fill!", argc - 1, argv + 1, string->length, argv[0], &range))
    return OMNI_FAILED;
  for (uint64_t i = range.start; i < range.end; i++)
    string->codes[i] = code;
  return OMNI_NOTHING;
}

omni_result omni_string_copy_x_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint64_t at;
  omni_range range;
  if (!omni_want(ctx, "string-copy!", argv[0], OMNI_TAG_STRING) ||
      !omni_want_index(ctx, "string-copy!", argv[1], &at) ||
      !omni_want(ctx, "string-copy!", argv[2], OMNI_TAG_STRING))
    return OMNI_FAILED;
  omni_string *target = omni_string_of(argv[0]);
  const omni_string *source = omni_string_of(argv[2]);
  if (!omni_want_change(ctx, "string-copy!", argc - 2, argv + 2, source->length, argv[0], &range))
    return OMNI_FAILED;
  uint64_t count = range.end - range.start;
  if (at + count > target->length)
    return omni_fail_index(ctx, "string-copy!", argv[1]);
  memmove(target->codes + at, source->codes + range.start, (size_t)count * sizeof *source->codes);
  return OMNI_NOTHING;
}
