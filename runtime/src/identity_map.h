/* identity_map.h: a table from objects, by identity, to a word, for algorithms that must know what they have
 * seen. Holds no references. */
#ifndef OMNI_IDENTITY_MAP_H
#define OMNI_IDENTITY_MAP_H

#include "value.h"

typedef struct omni_identity_slot {
  omni_value object; /* 0: an empty slot */
  uint64_t word;
} omni_identity_slot;

/* All zero: an empty map. Open addressing, at most half full. */
typedef struct omni_identity_map {
  omni_identity_slot *slots;
  uint64_t slot_count; /* 0, or a power of two */
  uint64_t used;
} omni_identity_map;

/* The word of an object; NULL if it has none. Valid until the map grows. */
uint64_t *omni_identity_find(const omni_identity_map *map, omni_borrowed object);
/* The same, after giving the object `word` if it has none; NULL after raising out-of-memory. */
uint64_t *omni_identity_enter(omni_context *ctx, omni_identity_map *map, omni_borrowed object,
                              uint64_t word);
void omni_identity_free(omni_context *ctx, omni_identity_map *map);

#endif
