/* print_labels.h: which objects are printed with a datum label: #0= where they are first, #0# afterwards. */
#ifndef OMNI_PRINT_LABELS_H
#define OMNI_PRINT_LABELS_H

#include "identity_map.h"

/* The labels of one text, numbered from 0 as their objects come up in it. All zero: no labels. */
typedef struct omni_labels {
  omni_identity_map states; /* of the objects in the text */
  uint64_t count;           /* of objects that have a label */
  uint64_t numbered;        /* of those that have come up */
} omni_labels;

/* Find the objects in `root` that contain themselves; with `shared`, all that come up again. 0 after raising
 * out-of-memory. */
int omni_labels_find(omni_context *ctx, omni_labels *labels, omni_borrowed root, int shared);
void omni_labels_free(omni_context *ctx, omni_labels *labels);

int omni_is_labelled(const omni_labels *labels, omni_borrowed v);
/* The number of an object that has a label, and whether it comes up for the first time. */
uint64_t omni_label_mention(omni_labels *labels, omni_borrowed v, int *is_first);

#endif
