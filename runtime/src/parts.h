/* parts.h: the values that are printed with their parts in them. To print another type that way, add it to
 * parts.c, and its beginning and end to print.c. */
#ifndef OMNI_PARTS_H
#define OMNI_PARTS_H

#include "value.h"

int omni_has_parts(omni_borrowed v);
/* The parts in the order of the text: from the beginning on, each call gives one and moves the position behind it;
 * 0 when there is none left. */
uint64_t omni_parts_begin(omni_borrowed v);
int omni_parts_next(omni_borrowed v, uint64_t *position, omni_value *part);

#endif
