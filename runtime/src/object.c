/* object.c: reference counting. */
#include "object.h"

#include "context.h"
#include "hash_table.h"
#include "heap.h"
#include "port.h"
#include "symbol.h"

omni_owned omni_dup(omni_borrowed v) {
  if (omni_is_object(v)) {
    omni_header *object = omni_counted(v);
    if (object->count != OMNI_IMMORTAL)
      object->count++;
  }
  return v;
}

omni_value *omni_object_fields(omni_header *object, uint32_t *count) {
  switch ((omni_tag)object->tag) {
  case OMNI_TAG_PAIR:
    *count = 2;
    return ((omni_pair *)object)->fields;
  case OMNI_TAG_VECTOR:
  case OMNI_TAG_RECORD:
    *count = (uint32_t)((omni_vector_object *)object)->length;
    return ((omni_vector_object *)object)->items;
  case OMNI_TAG_BOX:
    *count = 1;
    return &((omni_box *)object)->value;
  case OMNI_TAG_TABLE:
    *count = 1;
    return &((omni_table *)object)->entries;
  case OMNI_TAG_CONDITION:
    *count = OMNI_CONDITION_FIELDS;
    return ((omni_condition *)object)->fields;
  case OMNI_TAG_RECORD_TYPE:
    *count = 1;
    return &((omni_record_type *)object)->name;
  case OMNI_TAG_PROMISE:
    *count = 1;
    return &((omni_promise *)object)->content;
  case OMNI_TAG_VALUES:
    *count = (uint32_t)((omni_vector_object *)object)->length;
    return ((omni_vector_object *)object)->items;
  case OMNI_TAG_PARAMETER:
    *count = OMNI_PARAMETER_FIELDS;
    return ((omni_parameter *)object)->fields;
  case OMNI_TAG_FRAME:
    *count = ((omni_frame *)object)->slots + 1;
    return ((omni_frame *)object)->fields;
  case OMNI_TAG_MARK:
    *count = OMNI_MARK_FIELDS;
    return ((omni_mark *)object)->fields;
  case OMNI_TAG_CONTINUATION:
    *count = OMNI_CONTINUATION_FIELDS;
    return ((omni_continuation *)object)->fields;
  case OMNI_TAG_GENERATOR:
    *count = 1;
    return &((omni_generator *)object)->rest;
  case OMNI_TAG_GROUP:
    *count = ((omni_group *)object)->captures;
    return omni_group_captures((omni_group *)object);
  default:
    *count = 0;
    return NULL;
  }
}

static inline uint64_t object_bytes(const omni_header *object) {
  switch ((omni_tag)object->tag) {
  case OMNI_TAG_INTEGER:
    return sizeof(omni_integer_object);
  case OMNI_TAG_FLOAT:
    return sizeof(omni_float_object);
  case OMNI_TAG_STRING:
    return sizeof(omni_string) + ((const omni_string *)object)->length * sizeof(uint32_t);
  case OMNI_TAG_SYMBOL:
    return sizeof(omni_symbol) + ((const omni_symbol *)object)->length * sizeof(uint32_t);
  case OMNI_TAG_PAIR:
    return sizeof(omni_pair);
  case OMNI_TAG_VECTOR:
  case OMNI_TAG_RECORD:
    return sizeof(omni_vector_object) +
           ((const omni_vector_object *)object)->length * sizeof(omni_value);
  case OMNI_TAG_BOX:
    return sizeof(omni_box);
  case OMNI_TAG_CONDITION:
    return sizeof(omni_condition);
  case OMNI_TAG_RECORD_TYPE:
    return sizeof(omni_record_type);
  case OMNI_TAG_PROMISE:
    return sizeof(omni_promise);
  case OMNI_TAG_GROUP:
    return sizeof(omni_group) + ((const omni_group *)object)->members * sizeof(omni_procedure) +
           ((const omni_group *)object)->captures * sizeof(omni_value);
  case OMNI_TAG_BYTEVECTOR:
    return sizeof(omni_bytevector) + ((const omni_bytevector *)object)->length;
  case OMNI_TAG_PORT:
    return sizeof(omni_port);
  case OMNI_TAG_TABLE:
    return sizeof(omni_table);
  case OMNI_TAG_VALUES:
    return sizeof(omni_vector_object) +
           ((const omni_vector_object *)object)->length * sizeof(omni_value);
  case OMNI_TAG_PARAMETER:
    return sizeof(omni_parameter);
  case OMNI_TAG_FRAME:
    return sizeof(omni_frame) +
           (((const omni_frame *)object)->slots + UINT64_C(1)) * sizeof(omni_value);
  case OMNI_TAG_MARK:
    return sizeof(omni_mark);
  case OMNI_TAG_CONTINUATION:
    return sizeof(omni_continuation);
  case OMNI_TAG_GENERATOR:
    return sizeof(omni_generator);
  case OMNI_TAG_MEMBER:
  case OMNI_TAG_PRIMITIVE:
  case OMNI_TAG_COUNT:
    break;
  }
  return 0; /* no blocks of their own */
}

static inline void discard(omni_context *ctx, omni_header *object) {
  if (object->tag == OMNI_TAG_SYMBOL)
    omni_symbol_forget(ctx, (omni_symbol *)object);
  if (object->tag == OMNI_TAG_TABLE)
    omni_table_free_index(ctx, (omni_table *)object);
  if (object->tag == OMNI_TAG_PORT)
    omni_port_end(ctx, (omni_port *)object);
  omni_object_free(ctx, object, object_bytes(object));
}

void omni_object_discard(omni_context *ctx, omni_header *object) { discard(ctx, object); }

/* Take one reference away; the object if that was the last. Cycles may be collected meanwhile. */
static inline omni_header *lose(omni_context *ctx, omni_value v) {
  if (!omni_is_object(v))
    return NULL;
  omni_header *object = omni_counted(v);
  if (object->count == OMNI_IMMORTAL)
    return NULL;
  if (--object->count == 0)
    return object;
  if (ctx->cycles.possible)
    omni_cycles_note(ctx, object);
  return NULL;
}

/* Free a dead object and all that dies with it, depth first and in constant space. While the children
 * of an object die, its count says which field comes next, and the field before that, already empty,
 * leads back to the object's parent. An object goes before its last child is looked at, so that the
 * chain of parents does not grow along lists. Nothing refers to dying objects, so that a collection does
 * not come by them: what they still hold is held from outside. */
void omni_object_release(omni_context *ctx, omni_header *object) {
  omni_header *parent = NULL;
  for (;;) {
    uint32_t fields;
    omni_value *field = omni_object_fields(object, &fields);
    omni_header *child = NULL;
    uint32_t next = object->count;
    if (object->mark != 0)
      omni_cycles_forget(ctx, object);
    while (next < fields && child == NULL)
      child = lose(ctx, field[next++]);
    if (next < fields) {
      object->count = next;
      field[next - 1] = omni_object_value(parent);
      parent = object;
    } else {
      discard(ctx, object);
    }
    if (child != NULL) {
      object = child;
      continue;
    }
    if (parent == NULL)
      return;
    object = parent;
    parent = omni_object(omni_object_fields(object, &fields)[object->count - 1]);
  }
}

void omni_drop(omni_context *ctx, omni_owned v) {
  omni_header *dead = lose(ctx, v);
  if (dead != NULL)
    omni_object_release(ctx, dead);
}

void omni_drop2(omni_context *ctx, omni_owned a, omni_owned b) {
  omni_drop(ctx, a);
  omni_drop(ctx, b);
}

void omni_drop3(omni_context *ctx, omni_owned a, omni_owned b, omni_owned c) {
  omni_drop(ctx, a);
  omni_drop(ctx, b);
  omni_drop(ctx, c);
}

void omni_drop4(omni_context *ctx, omni_owned a, omni_owned b, omni_owned c, omni_owned d) {
  omni_drop(ctx, a);
  omni_drop(ctx, b);
  omni_drop(ctx, c);
  omni_drop(ctx, d);
}
