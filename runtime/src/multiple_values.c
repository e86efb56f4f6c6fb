/* multiple_values.c: any number of values but one is an object of its own. */
#include "control.h"
#include "heap.h"
#include "list.h"
#include "variadic.h"

omni_result omni_values_make(omni_context *ctx, int count, const omni_borrowed *values) {
  if (count == 1)
    return omni_dup(values[0]);
  omni_vector_object *object = omni_object_allocate_array(ctx, OMNI_TAG_VALUES, sizeof *object,
                                                          (uint64_t)count, sizeof *object->items);
  if (object == NULL)
    return OMNI_FAILED;
  object->length = (uint64_t)count;
  for (int i = 0; i < count; i++)
    object->items[i] = omni_dup(values[i]);
  return omni_object_value(object);
}

omni_result omni_values_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return omni_values_make(ctx, argc, argv);
}

omni_result omni_values_to_list(omni_context *ctx, omni_borrowed a) {
  if (!omni_has_tag(a, OMNI_TAG_VALUES))
    return omni_list_from(ctx, 1, &a);
  const omni_vector_object *values = omni_vector_of(a);
  return omni_list_from(ctx, (int)values->length, values->items);
}
