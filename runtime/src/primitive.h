/* primitive.h: primitives as procedure values. The table is generated (primitive_entries.c). */
#ifndef OMNI_PRIMITIVE_H
#define OMNI_PRIMITIVE_H

#include "value.h"

/* Calls the primitive with borrowed arguments whose number has been checked. */
typedef omni_pending omni_primitive_entry(omni_context *ctx, int argc, const omni_borrowed *argv);

/* A static object: the address of a row is the value. */
typedef struct omni_primitive_object {
  omni_header header;
  const char *name;
  int minimum;
  int maximum; /* negative: any number */
  omni_primitive_entry *entry;
} omni_primitive_object;

#define OMNI_PRIMITIVE_HEADER {OMNI_IMMORTAL, OMNI_TAG_PRIMITIVE, 1, 0}

extern const omni_primitive_object omni_primitives[];
extern const int omni_primitive_count;

#endif
