#include "identity_map.h"

#include "hash.h"
#include "heap.h"

#include <string.h>

enum { FIRST_SLOTS = 256 };

/* The slot of the object, or the empty one where it belongs. */
static omni_identity_slot *slot_of(const omni_identity_map *map, omni_value object) {
  uint64_t at = omni_hash_word(object);
  for (;; at++) {
    omni_identity_slot *slot = &map->slots[at & (map->slot_count - 1)];
    if (slot->object == object || slot->object == 0)
      return slot;
  }
}

static int grow(omni_context *ctx, omni_identity_map *map) {
  omni_identity_map old = *map;
  uint64_t count = old.slot_count == 0 ? FIRST_SLOTS : old.slot_count * 2;
  omni_identity_slot *slots = omni_storage_allocate(ctx, count * sizeof *slots);
  if (slots == NULL)
    return 0;
  memset(slots, 0, (size_t)(count * sizeof *slots));
  map->slots = slots;
  map->slot_count = count;
  for (uint64_t i = 0; i < old.slot_count; i++)
    if (old.slots[i].object != 0)
      *slot_of(map, old.slots[i].object) = old.slots[i];
  omni_identity_free(ctx, &old);
  return 1;
}

uint64_t *omni_identity_find(const omni_identity_map *map, omni_borrowed object) {
  if (map->slot_count == 0)
    return NULL;
  omni_identity_slot *slot = slot_of(map, object);
  return slot->object == 0 ? NULL : &slot->word;
}

uint64_t *omni_identity_enter(omni_context *ctx, omni_identity_map *map, omni_borrowed object,
                              uint64_t word) {
  if (map->used * 2 >= map->slot_count && !grow(ctx, map))
    return NULL;
  omni_identity_slot *slot = slot_of(map, object);
  if (slot->object == 0) {
    *slot = (omni_identity_slot){object, word};
    map->used++;
  }
  return &slot->word;
}

void omni_identity_free(omni_context *ctx, omni_identity_map *map) {
  omni_storage_free(ctx, map->slots, map->slot_count * sizeof *map->slots);
}
