/* record.c: record types and records. A record is laid out as a vector whose first item is its type. */
#include "record.h"

#include "arguments.h"
#include "condition.h"
#include "heap.h"
#include "plant.h"

omni_result omni_make_record_type(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  uint64_t fields;
  if (!omni_want(ctx, "%make-record-type", a, OMNI_TAG_SYMBOL) ||
      !omni_want_index(ctx, "%make-record-type", b, &fields))
    return OMNI_FAILED;
  omni_record_type *type = omni_object_allocate(ctx, OMNI_TAG_RECORD_TYPE, sizeof *type);
  if (type == NULL)
    return OMNI_FAILED;
  type->fields = fields;
  type->name = omni_dup(a);
  return omni_object_value(type);
}

omni_result omni_make_record(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "%make-record", a, OMNI_TAG_RECORD_TYPE))
    return OMNI_FAILED;
  uint64_t length = omni_record_type_of(a)->fields + 1;
  omni_vector_object *record = omni_object_allocate_array(ctx, OMNI_TAG_RECORD, sizeof *record,
                                                          length, sizeof *record->items);
  if (record == NULL)
    return OMNI_FAILED;
  record->length = length;
  record->items[0] = omni_dup(a);
  for (uint64_t i = 1; i < length; i++)
    record->items[i] = OMNI_NOTHING;
  return omni_object_value(record);
}

omni_immediate omni_record_is_p(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_RECORD) && omni_vector_of(a)->items[0] == b);
}

/* The place of field `b` of the record `a`; NULL after raising. */
static omni_value *field_of(omni_context *ctx, const char *who, omni_borrowed a, omni_borrowed b) {
  uint64_t index;
  if (!omni_want(ctx, who, a, OMNI_TAG_RECORD) || !omni_want_index(ctx, who, b, &index))
    return NULL;
  if (index < omni_vector_of(a)->length - 1)
    return &omni_vector_of(a)->items[index + 1];
  omni_fail_index(ctx, who, b);
  return NULL;
}

omni_result omni_record_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  const omni_value *field = field_of(ctx, "%record-ref", a, b);
  return field == NULL ? OMNI_FAILED : omni_dup(*field);
}

omni_check omni_record_set_x(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_owned c) {
  omni_value *field = field_of(ctx, "%record-set!", a, b);
  if (field == NULL) {
    omni_drop(ctx, c);
    return OMNI_FAILED;
  }
  omni_value old = *field;
  *field = c;
  if (!omni_planted(ctx, OMNI_PLANT_RECORD_SET_LEAK))
    omni_drop(ctx, old);
  return OMNI_NOTHING;
}
