#include "parts.h"

#include "object.h"

int omni_has_parts(omni_borrowed v) {
  if (!omni_is_object(v))
    return 0;
  switch ((omni_tag)omni_object(v)->tag) {
  case OMNI_TAG_PAIR:
  case OMNI_TAG_VECTOR:
  case OMNI_TAG_RECORD:
  case OMNI_TAG_VALUES:
  case OMNI_TAG_CONDITION:
    return 1;
  default:
    return 0;
  }
}

/* A position is the number of a field; in a condition, the rest of the list of irritants. */

uint64_t omni_parts_begin(omni_borrowed v) {
  if (omni_has_tag(v, OMNI_TAG_CONDITION))
    return omni_condition_of(v)->fields[OMNI_CONDITION_IRRITANTS];
  return omni_has_tag(v, OMNI_TAG_RECORD) ? 1
                                          : 0; /* a record's type comes first and is not a part */
}

static int next_irritant(uint64_t *position, omni_value *part) {
  if (*position == OMNI_NIL)
    return 0;
  *part = omni_car_of(*position);
  *position = omni_cdr_of(*position);
  return 1;
}

int omni_parts_next(omni_borrowed v, uint64_t *position, omni_value *part) {
  if (omni_has_tag(v, OMNI_TAG_CONDITION))
    return next_irritant(position, part);
  uint32_t count;
  const omni_value *fields = omni_object_fields(omni_object(v), &count);
  if (*position == count)
    return 0;
  *part = fields[(*position)++];
  return 1;
}
