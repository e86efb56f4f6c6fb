/* continuation.h: the continuation as counted objects (after Pettyjohn et al., "Continuations from
 * Generalized Stack Inspection", 2005).
 *
 * What the C stack holds is the innermost part of the continuation. Below it lies an omni_kont: the plain
 * frames down to the innermost mark, and the marks, each of which holds the plain frames below it. A mark
 * gives the frames above it a meaning: inside of a prompt, a wind, the extent of a handler ... All of them
 * are immutable but for a frame that nobody else has while it is continued, and are shared freely: taking
 * a whole continuation or going back to it copies nothing. The C stack never holds a mark. */
#ifndef OMNI_CONTINUATION_H
#define OMNI_CONTINUATION_H

#include "value.h"

typedef struct omni_kont {
  omni_value frames; /* the innermost frame above the innermost mark, () when there is none */
  omni_value marks;  /* the innermost mark, () when there is none */
  uint64_t depth;    /* bytes of all frames and marks */
} omni_kont;

/* The continuation that starts below a mark / with it. Borrowed. */
omni_kont omni_kont_below(const omni_mark *mark);
omni_kont omni_kont_from(const omni_mark *mark);
/* Another reference to a continuation. */
omni_kont omni_kont_dup(omni_kont kont);
void omni_kont_drop(omni_context *ctx, omni_kont kont);
/* Make `to`, which is consumed, the current continuation. */
void omni_kont_set(omni_context *ctx, omni_kont to);
/* The same for a borrowed one, as by a jump: generators whose marks are left are done, those whose marks are
 * entered run. */
void omni_kont_install(omni_context *ctx, omni_kont to);

/* A frame that is not linked yet, its slots `nothing`; NULL after raising out-of-memory. */
omni_frame *omni_frame_make(omni_context *ctx, omni_resume resume, int state, uint32_t slots);
/* Push a frame, which is consumed, on the current continuation / take its top frame. */
void omni_frame_push(omni_context *ctx, omni_frame *frame);
omni_owned omni_frame_pop(omni_context *ctx);
uint64_t omni_frame_bytes(const omni_frame *frame);

/* A mark on its own; NULL after raising out-of-memory. Consumes a and b. */
omni_mark *omni_mark_make(omni_context *ctx, omni_mark_kind kind, omni_owned a, omni_owned b);
/* Push a mark on the current continuation. Consumes a and b; 0 after raising out-of-memory. */
int omni_mark_push(omni_context *ctx, omni_mark_kind kind, omni_owned a, omni_owned b);
/* Put a new mark, which is consumed, on top of a continuation. */
void omni_kont_put(omni_kont *kont, omni_mark *mark);
/* Leave the innermost mark, above which there are no frames. */
void omni_mark_pop(omni_context *ctx);
/* The innermost mark of a kind; NULL when there is none. */
omni_mark *omni_mark_find(omni_value marks, omni_mark_kind kind);
/* The innermost mark that two lists share, or (). */
omni_value omni_marks_common(omni_value a, omni_value b);

static inline uint32_t omni_marks_height(omni_value marks) {
  return marks == OMNI_NIL ? 0 : omni_mark_of(marks)->height;
}

/* The whole current continuation as an object. */
omni_result omni_continuation_full(omni_context *ctx);
/* What lies above the mark `end` of the current continuation as an object to extend others with. */
omni_result omni_continuation_above(omni_context *ctx, const omni_mark *end);
/* The same including `last`, without the frames below it. */
omni_result omni_continuation_through(omni_context *ctx, const omni_mark *last);
/* The continuation of an object made by omni_continuation_full. Borrowed. */
omni_kont omni_continuation_kont(omni_borrowed continuation);
/* A borrowed continuation extended by a slice (from _above or _through) that stays as it is. The result
 * is owned; 0 after raising out-of-memory. */
int omni_kont_extend(omni_context *ctx, omni_kont base, omni_borrowed slice, omni_kont *result);

/* Whether the continuation may grow further; 0 after raising stack-overflow. */
int omni_kont_may_grow(omni_context *ctx);

#endif
