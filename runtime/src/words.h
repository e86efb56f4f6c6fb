/* words.h: a growing stack of words, for algorithms that must not recurse on the C stack. Holds no
 * references of its own. */
#ifndef OMNI_WORDS_H
#define OMNI_WORDS_H

#include "value.h"

/* All zero: an empty stack. */
typedef struct omni_words {
  omni_value *items;
  uint64_t size;
  uint64_t capacity;
} omni_words;

/* 0 after raising out-of-memory. */
int omni_words_push(omni_context *ctx, omni_words *words, omni_value word);
/* The stack must not be empty. */
static inline omni_value omni_words_pop(omni_words *words) { return words->items[--words->size]; }
void omni_words_free(omni_context *ctx, omni_words *words);

#endif
