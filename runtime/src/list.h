/* list.h: lists inside of the runtime. */
#ifndef OMNI_LIST_H
#define OMNI_LIST_H

#include "value.h"

/* Whether v is a proper list, and its length. Terminates on cyclic lists, which are not. */
int omni_list_measure(omni_borrowed v, uint64_t *length);

/* A list in the making, from front to back. */
typedef struct omni_list_builder {
  omni_context *ctx;
  omni_value head; /* owned; OMNI_FAILED once memory ran out */
  omni_value last; /* the last pair, borrowed */
} omni_list_builder;

void omni_list_begin(omni_context *ctx, omni_list_builder *list);
/* Append an owned value; does nothing but drop it once memory ran out. */
void omni_list_add(omni_list_builder *list, omni_owned v);
/* The list, ending in `tail`; OMNI_FAILED (the parts and the tail dropped) if memory ran out. */
omni_result omni_list_end(omni_list_builder *list, omni_owned tail);

/* A list of the borrowed values argv[0 .. argc). */
omni_result omni_list_from(omni_context *ctx, int argc, const omni_borrowed *argv);

#endif
