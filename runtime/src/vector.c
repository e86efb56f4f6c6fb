/* vector.c: vectors. */
#include "vector.h"

#include "arguments.h"
#include "condition.h"
#include "cycles.h"
#include "heap.h"
#include "list.h"
#include "plant.h"
#include "variadic.h"

omni_result omni_vector_make(omni_context *ctx, uint64_t length, omni_borrowed fill) {
  omni_vector_object *vector = omni_object_allocate_array(ctx, OMNI_TAG_VECTOR, sizeof *vector,
                                                          length, sizeof *vector->items);
  if (vector == NULL)
    return OMNI_FAILED;
  vector->length = length;
  for (uint64_t i = 0; i < length; i++)
    vector->items[i] = omni_dup(fill);
  return omni_object_value(vector);
}

omni_result omni_vector_from(omni_context *ctx, const omni_borrowed *items, uint64_t length) {
  omni_result result = omni_vector_make(ctx, length, OMNI_NOTHING);
  for (uint64_t i = 0; i < length && !omni_failed(result); i++)
    omni_vector_of(result)->items[i] = omni_dup(items[i]);
  return result;
}

/* ---- making vectors ---- */

omni_result omni_make_vector_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint64_t length;
  if (!omni_want_index(ctx, "make-vector", argv[0], &length))
    return OMNI_FAILED;
  return omni_vector_make(ctx, length, argc > 1 ? argv[1] : OMNI_NOTHING);
}

omni_result omni_vector_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return omni_vector_from(ctx, argv, (uint64_t)argc);
}

omni_result omni_list_to_vector(omni_context *ctx, omni_borrowed a) {
  uint64_t length;
  if (!omni_want_list(ctx, "list->vector", a, &length))
    return OMNI_FAILED;
  omni_result result = omni_vector_make(ctx, length, OMNI_NOTHING);
  if (omni_failed(result))
    return OMNI_FAILED;
  omni_value *out = omni_vector_of(result)->items;
  for (; a != OMNI_NIL; a = omni_cdr_of(a))
    *out++ = omni_dup(omni_car_of(a));
  return result;
}

omni_result omni_vector_copy_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_range range;
  if (!omni_want(ctx, "vector-copy", argv[0], OMNI_TAG_VECTOR))
    return OMNI_FAILED;
  const omni_vector_object *vector = omni_vector_of(argv[0]);
  if (!omni_want_range(ctx, "vector-copy", argc, argv, vector->length, &range))
    return OMNI_FAILED;
  return omni_vector_from(ctx, vector->items + range.start, range.end - range.start);
}

omni_result omni_vector_append_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint64_t length = 0;
  for (int i = 0; i < argc; i++) {
    if (!omni_want(ctx, "vector-append", argv[i], OMNI_TAG_VECTOR))
      return OMNI_FAILED;
    length += omni_vector_of(argv[i])->length;
  }
  omni_result result = omni_vector_make(ctx, length, OMNI_NOTHING);
  if (omni_failed(result))
    return OMNI_FAILED;
  omni_value *out = omni_vector_of(result)->items;
  for (int i = 0; i < argc; i++) {
    const omni_vector_object *part = omni_vector_of(argv[i]);
    int no_dup = omni_planted(ctx, OMNI_PLANT_VECTOR_APPEND_NO_DUP) && i > 0;
    for (uint64_t j = 0; j < part->length; j++)
      *out++ = no_dup ? part->items[j] : omni_dup(part->items[j]);
  }
  return result;
}

omni_result omni_vector_to_list_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_range range;
  if (!omni_want(ctx, "vector->list", argv[0], OMNI_TAG_VECTOR))
    return OMNI_FAILED;
  const omni_vector_object *vector = omni_vector_of(argv[0]);
  if (!omni_want_range(ctx, "vector->list", argc, argv, vector->length, &range))
    return OMNI_FAILED;
  return omni_list_from(ctx, (int)(range.end - range.start), vector->items + range.start);
}

/* ---- elements ---- */

omni_result omni_vector_length(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "vector-length", a, OMNI_TAG_VECTOR))
    return OMNI_FAILED;
  return omni_integer(ctx, (int64_t)omni_vector_of(a)->length);
}

omni_result omni_vector_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  uint64_t index;
  if (!omni_want(ctx, "vector-ref", a, OMNI_TAG_VECTOR))
    return OMNI_FAILED;
  if (!omni_want_index(ctx, "vector-ref", b, &index))
    return OMNI_FAILED;
  if (index < omni_vector_of(a)->length)
    return omni_dup(omni_vector_of(a)->items[index]);
  if (omni_planted(ctx, OMNI_PLANT_WRONG_ERROR_KIND))
    return omni_fail_type(ctx, "vector-ref", OMNI_WHAT_INDEX, b);
  return omni_fail_index(ctx, "vector-ref", b);
}

/* The place of an element to be changed; NULL after raising. */
static omni_value *place_of(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  uint64_t index;
  if (!omni_want(ctx, "vector-set!", a, OMNI_TAG_VECTOR))
    return NULL;
  if (!omni_want_index(ctx, "vector-set!", b, &index))
    return NULL;
  if (omni_object(a)->immutable) {
    omni_fail_immutable(ctx, "vector-set!", a);
    return NULL;
  }
  if (index < omni_vector_of(a)->length)
    return &omni_vector_of(a)->items[index];
  omni_fail_index(ctx, "vector-set!", b);
  return NULL;
}

omni_check omni_vector_set_x(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_owned c) {
  omni_value *place = place_of(ctx, a, b);
  if (place == NULL) {
    omni_drop(ctx, c);
    return OMNI_FAILED;
  }
  omni_value old = *place;
  omni_storing(ctx, c);
  *place = c;
  omni_drop(ctx, old);
  return OMNI_NOTHING;
}

/* A vector to be changed; NULL after raising. */
static omni_vector_object *changeable(omni_context *ctx, const char *who, omni_borrowed v) {
  if (!omni_object(v)->immutable)
    return omni_vector_of(v);
  omni_fail_immutable(ctx, who, v);
  return NULL;
}

static void fill(omni_context *ctx, omni_vector_object *vector, const omni_range *range,
                 omni_borrowed v) {
  omni_storing(ctx, v);
  for (uint64_t i = range->start; i < range->end; i++) {
    omni_value old = vector->items[i];
    vector->items[i] = omni_planted(ctx, OMNI_PLANT_VECTOR_FILL_NO_DUP) ? v : omni_dup(v);
    omni_drop(ctx, old);
  }
}

omni_check omni_vector_fill_x(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  const omni_borrowed argv[] = {a, b};
  return omni_vector_fill_x_n(ctx, 2, argv);
}

omni_result omni_vector_fill_x_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_range range;
  if (!omni_want(ctx, "vector-fill!", argv[0], OMNI_TAG_VECTOR) ||
      !omni_want_bounds(ctx, "vector-fill!", argc - 1, argv + 1))
    return OMNI_FAILED;
  omni_vector_object *vector = changeable(ctx, "vector-fill!", argv[0]);
  if (vector == NULL ||
      !omni_want_range(ctx, "vector-fill!", argc - 1, argv + 1, vector->length, &range))
    return OMNI_FAILED;
  fill(ctx, vector, &range, argv[1]);
  return OMNI_NOTHING;
}

omni_result omni_vector_copy_x_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  static const char who[] = "vector-copy!";
  uint64_t at;
  omni_range range;
  if (!omni_want(ctx, who, argv[0], OMNI_TAG_VECTOR) || !omni_want_index(ctx, who, argv[1], &at) ||
      !omni_want(ctx, who, argv[2], OMNI_TAG_VECTOR) ||
      !omni_want_bounds(ctx, who, argc - 2, argv + 2))
    return OMNI_FAILED;
  omni_vector_object *to = changeable(ctx, who, argv[0]), *from = omni_vector_of(argv[2]);
  if (to == NULL || !omni_want_range(ctx, who, argc - 2, argv + 2, from->length, &range))
    return OMNI_FAILED;
  uint64_t count = range.end - range.start;
  if (at > to->length || count > to->length - at)
    return omni_fail_index(ctx, who, argv[1]);
  /* The vectors may be one: forwards when elements move to the front, else backwards. */
  int forwards = at <= range.start || omni_planted(ctx, OMNI_PLANT_VECTOR_COPY_OVERLAP);
  for (uint64_t i = 0; i < count; i++) {
    uint64_t offset = forwards ? i : count - 1 - i;
    omni_value old = to->items[at + offset], v = from->items[range.start + offset];
    omni_storing(ctx, v);
    to->items[at + offset] = omni_dup(v);
    omni_drop(ctx, old);
  }
  return OMNI_NOTHING;
}
