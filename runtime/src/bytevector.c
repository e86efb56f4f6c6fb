/* bytevector.c: bytevectors. */
#include "bytevector.h"

#include "heap.h"

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
  if (!omni_failed(result) && length > 0)
    memcpy(omni_bytevector_of(result)->bytes, bytes, (size_t)length);
  return result;
}
