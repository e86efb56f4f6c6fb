#include "words.h"

#include "heap.h"

enum { FIRST_CAPACITY = 32 };

int omni_words_push(omni_context *ctx, omni_words *words, omni_value word) {
  if (words->size == words->capacity) {
    uint64_t capacity = words->capacity == 0 ? FIRST_CAPACITY : words->capacity * 2;
    omni_value *items = omni_storage_grow(ctx, words->items, words->capacity * sizeof *items,
                                          capacity * sizeof *items);
    if (items == NULL)
      return 0;
    words->items = items;
    words->capacity = capacity;
  }
  words->items[words->size++] = word;
  return 1;
}

void omni_words_free(omni_context *ctx, omni_words *words) {
  omni_storage_free(ctx, words->items, words->capacity * sizeof *words->items);
}
