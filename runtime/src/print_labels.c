#include "print_labels.h"

#include "parts.h"
#include "words.h"

/* The state of an object: what is known of it, and above that its number. */
enum { INSIDE = 1, LABELLED = 2, NUMBERED = 4, NUMBER_SHIFT = 3 };

/* One depth-first search in the order of the printed text: what contains itself is found again on the way down to
 * it. Every cycle has such an object, so a text in which these have labels is finite. */
typedef struct search {
  omni_context *ctx;
  omni_labels *labels;
  omni_words
      way; /* objects that the search is inside of, each with the position of its next part */
  int shared;
} search;

static void give_label(omni_labels *labels, uint64_t *state) {
  if ((*state & LABELLED) == 0)
    labels->count++;
  *state |= LABELLED;
}

/* 0 after raising out-of-memory. */
static int enter(search *s, omni_value v) {
  if (!omni_has_parts(v))
    return 1;
  uint64_t known = s->labels->states.used;
  uint64_t *state = omni_identity_enter(s->ctx, &s->labels->states, v, INSIDE);
  if (state == NULL)
    return 0;
  if (s->labels->states.used > known)
    return omni_words_push(s->ctx, &s->way, v) &&
           omni_words_push(s->ctx, &s->way, omni_parts_begin(v));
  if (s->shared || (*state & INSIDE) != 0)
    give_label(s->labels, state);
  return 1;
}

int omni_labels_find(omni_context *ctx, omni_labels *labels, omni_borrowed root, int shared) {
  search s = {ctx, labels, {NULL, 0, 0}, shared};
  int done = enter(&s, root);
  while (done && s.way.size > 0) {
    uint64_t *position = &s.way.items[s.way.size - 1];
    omni_value v = s.way.items[s.way.size - 2], part;
    if (omni_parts_next(v, position, &part)) {
      done = enter(&s, part);
    } else {
      *omni_identity_find(&labels->states, v) &= ~(uint64_t)INSIDE;
      s.way.size -= 2;
    }
  }
  omni_words_free(ctx, &s.way);
  return done;
}

void omni_labels_free(omni_context *ctx, omni_labels *labels) {
  omni_identity_free(ctx, &labels->states);
}

int omni_is_labelled(const omni_labels *labels, omni_borrowed v) {
  if (labels->count == 0)
    return 0;
  const uint64_t *state = omni_identity_find(&labels->states, v);
  return state != NULL && (*state & LABELLED) != 0;
}

uint64_t omni_label_mention(omni_labels *labels, omni_borrowed v, int *is_first) {
  uint64_t *state = omni_identity_find(&labels->states, v);
  *is_first = (*state & NUMBERED) == 0;
  if (*is_first)
    *state |= NUMBERED | labels->numbered++ << NUMBER_SHIFT;
  return *state >> NUMBER_SHIFT;
}
