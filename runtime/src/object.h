/* object.h: the parts of an object that hold references, and the end of objects. */
#ifndef OMNI_OBJECT_H
#define OMNI_OBJECT_H

#include "value.h"

/* The address of the words of an object that may hold references, and how many. */
omni_value *omni_object_fields(omni_header *object, uint32_t *count);
static inline int omni_has_fields(omni_header *object) {
  uint32_t count;
  omni_object_fields(object, &count);
  return count > 0;
}

/* Where the references to an object are counted. */
static inline omni_header *omni_counted(omni_value v) {
  omni_header *object = omni_object(v);
  return object->tag == OMNI_TAG_MEMBER ? &omni_group_of((omni_procedure *)object)->header : object;
}

/* Free an object whose last reference has been taken away, and all that dies with it. Apart from omni_drop
 * so that this is short where nothing dies. */
void omni_object_release(omni_context *ctx, omni_header *object);
/* Free an object and what it owns besides references, which have been given up: its fields are stale. */
void omni_object_discard(omni_context *ctx, omni_header *object);

#endif
