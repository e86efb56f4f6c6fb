/* bytevector.c: bytevectors and the primitives on them, also those between them and strings. */
#include "bytevector.h"

#include "arguments.h"
#include "condition.h"
#include "heap.h"
#include "plant.h"
#include "string_object.h"
#include "utf8.h"
#include "variadic.h"

#include <string.h>

omni_result omni_bytevector_make(omni_context *ctx, uint64_t length) {
  omni_bytevector *bytevector =
      omni_object_allocate_array(ctx, OMNI_TAG_BYTEVECTOR, sizeof *bytevector, length, 1);
  if (bytevector == NULL)
    return OMNI_FAILED;
  bytevector->length = length;
  return omni_object_value(bytevector);
}

omni_result omni_bytevector_from(omni_context *ctx, const void *bytes, uint64_t length) {
  omni_result result = omni_bytevector_make(ctx, length);
  if (!omni_failed(result) && length > 0) /* of no bytes, the address may be NULL */
    memcpy(omni_bytevector_of(result)->bytes, bytes, (size_t)length);
  return result;
}

omni_immediate omni_bytevector_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_BYTEVECTOR));
}

/* ---- making bytevectors ---- */

omni_result omni_make_bytevector_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint64_t length;
  unsigned char fill = 0;
  if (!omni_want_index(ctx, "make-bytevector", argv[0], &length))
    return OMNI_FAILED;
  if (argc > 1 && !omni_want_byte(ctx, "make-bytevector", argv[1], &fill))
    return OMNI_FAILED;
  omni_result result = omni_bytevector_make(ctx, length);
  if (!omni_failed(result))
    memset(omni_bytevector_of(result)->bytes, fill, (size_t)length);
  return result;
}

omni_result omni_bytevector_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  unsigned char byte;
  for (int i = 0; i < argc; i++)
    if (!omni_want_byte(ctx, "bytevector", argv[i], &byte))
      return OMNI_FAILED;
  omni_result result = omni_bytevector_make(ctx, (uint64_t)argc);
  if (omni_failed(result))
    return OMNI_FAILED;
  for (int i = 0; i < argc; i++)
    omni_bytevector_of(result)->bytes[i] = (unsigned char)omni_fixnum_value(argv[i]);
  return result;
}

omni_result omni_bytevector_copy_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_range range;
  if (!omni_want(ctx, "bytevector-copy", argv[0], OMNI_TAG_BYTEVECTOR))
    return OMNI_FAILED;
  const omni_bytevector *bytevector = omni_bytevector_of(argv[0]);
  if (!omni_want_range(ctx, "bytevector-copy", argc, argv, bytevector->length, &range))
    return OMNI_FAILED;
  return omni_bytevector_from(ctx, bytevector->bytes + range.start, range.end - range.start);
}

omni_result omni_bytevector_append_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint64_t length = 0;
  for (int i = 0; i < argc; i++) {
    if (!omni_want(ctx, "bytevector-append", argv[i], OMNI_TAG_BYTEVECTOR))
      return OMNI_FAILED;
    length += omni_bytevector_of(argv[i])->length;
  }
  omni_result result = omni_bytevector_make(ctx, length);
  if (omni_failed(result))
    return OMNI_FAILED;
  unsigned char *out = omni_bytevector_of(result)->bytes;
  for (int i = 0; i < argc; i++) {
    const omni_bytevector *part = omni_bytevector_of(argv[i]);
    uint64_t copied = part->length;
    if (omni_planted(ctx, OMNI_PLANT_BYTEVECTOR_APPEND_SHORT) && i > 0 && copied > 0)
      copied--;
    memcpy(out, part->bytes, (size_t)copied);
    out += part->length;
  }
  return result;
}

/* ---- elements ---- */

omni_result omni_bytevector_length(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "bytevector-length", a, OMNI_TAG_BYTEVECTOR))
    return OMNI_FAILED;
  return omni_integer(ctx, (int64_t)omni_bytevector_of(a)->length);
}

omni_result omni_bytevector_u8_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  uint64_t index;
  if (!omni_want(ctx, "bytevector-u8-ref", a, OMNI_TAG_BYTEVECTOR))
    return OMNI_FAILED;
  if (!omni_want_index(ctx, "bytevector-u8-ref", b, &index))
    return OMNI_FAILED;
  if (index >= omni_bytevector_of(a)->length)
    return omni_fail_index(ctx, "bytevector-u8-ref", b);
  return omni_fixnum(omni_bytevector_of(a)->bytes[index]);
}

omni_check omni_bytevector_u8_set_x(omni_context *ctx, omni_borrowed a, omni_borrowed b,
                                    omni_borrowed c) {
  uint64_t index;
  unsigned char byte;
  if (!omni_want(ctx, "bytevector-u8-set!", a, OMNI_TAG_BYTEVECTOR) ||
      !omni_want_index(ctx, "bytevector-u8-set!", b, &index) ||
      !omni_want_byte(ctx, "bytevector-u8-set!", c, &byte))
    return OMNI_FAILED;
  if (omni_object(a)->immutable)
    return omni_fail_immutable(ctx, "bytevector-u8-set!", a);
  if (index >= omni_bytevector_of(a)->length)
    return omni_fail_index(ctx, "bytevector-u8-set!", b);
  omni_bytevector_of(a)->bytes[index] = byte;
  return OMNI_NOTHING;
}

omni_result omni_bytevector_fill_x_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  unsigned char byte;
  omni_range range;
  if (!omni_want(ctx, "bytevector-fill!", argv[0], OMNI_TAG_BYTEVECTOR) ||
      !omni_want_byte(ctx, "bytevector-fill!", argv[1], &byte))
    return OMNI_FAILED;
  omni_bytevector *bytevector = omni_bytevector_of(argv[0]);
  if (!omni_want_change(ctx, "bytevector-fill!", argc - 1, argv + 1, bytevector->length, argv[0],
                        &range))
    return OMNI_FAILED;
  memset(bytevector->bytes + range.start, byte, (size_t)(range.end - range.start));
  return OMNI_NOTHING;
}

omni_result omni_bytevector_copy_x_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint64_t at;
  omni_range range;
  if (!omni_want(ctx, "bytevector-copy!", argv[0], OMNI_TAG_BYTEVECTOR) ||
      !omni_want_index(ctx, "bytevector-copy!", argv[1], &at) ||
      !omni_want(ctx, "bytevector-copy!", argv[2], OMNI_TAG_BYTEVECTOR))
    return OMNI_FAILED;
  omni_bytevector *target = omni_bytevector_of(argv[0]);
  const omni_bytevector *source = omni_bytevector_of(argv[2]);
  if (!omni_want_change(ctx, "bytevector-copy!", argc - 2, argv + 2, source->length, argv[0],
                        &range))
    return OMNI_FAILED;
  uint64_t count = range.end - range.start;
  if (at + count > target->length)
    return omni_fail_index(ctx, "bytevector-copy!", argv[1]);
  memmove(target->bytes + at, source->bytes + range.start, (size_t)count);
  return OMNI_NOTHING;
}

/* ---- from and to strings ---- */

omni_result omni_string_to_utf8_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_range range;
  if (!omni_want(ctx, "string->utf8", argv[0], OMNI_TAG_STRING))
    return OMNI_FAILED;
  const omni_string *string = omni_string_of(argv[0]);
  if (!omni_want_range(ctx, "string->utf8", argc, argv, string->length, &range))
    return OMNI_FAILED;
  uint64_t size = 0;
  for (uint64_t i = range.start; i < range.end; i++)
    size += (uint64_t)omni_utf8_size(string->codes[i]);
  omni_result result = omni_bytevector_make(ctx, size);
  if (omni_failed(result))
    return OMNI_FAILED;
  char *out = (char *)omni_bytevector_of(result)->bytes;
  for (uint64_t i = range.start; i < range.end; i++)
    out += omni_utf8_encode(string->codes[i], out);
  return result;
}

omni_result omni_utf8_to_string_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_range range;
  if (!omni_want(ctx, "utf8->string", argv[0], OMNI_TAG_BYTEVECTOR))
    return OMNI_FAILED;
  const omni_bytevector *bytevector = omni_bytevector_of(argv[0]);
  if (!omni_want_range(ctx, "utf8->string", argc, argv, bytevector->length, &range))
    return OMNI_FAILED;
  const char *bytes = (const char *)bytevector->bytes;
  return omni_string_from_utf8(ctx, bytes + range.start, range.end - range.start);
}
