/* vector.h: vectors inside of the runtime. */
#ifndef OMNI_VECTOR_H
#define OMNI_VECTOR_H

#include "value.h"

omni_result omni_vector_make(omni_context *ctx, uint64_t length, omni_borrowed fill);
/* A vector of the borrowed values items[0 .. length). */
omni_result omni_vector_from(omni_context *ctx, const omni_borrowed *items, uint64_t length);

#endif
