/* bytevector.h: bytevectors inside of the runtime. */
#ifndef OMNI_BYTEVECTOR_H
#define OMNI_BYTEVECTOR_H

#include "value.h"

/* A bytevector of `length` bytes that the caller fills in. */
omni_result omni_bytevector_make(omni_context *ctx, uint64_t length);
omni_result omni_bytevector_from(omni_context *ctx, const void *bytes, uint64_t length);

#endif
