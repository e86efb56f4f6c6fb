/* object.h: the parts of an object that hold references. */
#ifndef OMNI_OBJECT_H
#define OMNI_OBJECT_H

#include "value.h"

/* The address of the words of an object that may hold references, and how many. */
omni_value *omni_object_fields(omni_header *object, uint32_t *count);

#endif
