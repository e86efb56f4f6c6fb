/* cycles.h: reclaiming cycles of garbage, which reference counts alone never free.
 *
 * Synchronous trial deletion after Bacon and Rajan, "Concurrent Cycle Collection in Reference Counted
 * Systems" (ECOOP 2001), from candidates: objects that lost a reference but not the last one.
 *
 * Candidates are kept only once `possible` is set, which is when the program first does what can close a
 * cycle: it stores a reference in an object that exists already (omni_storing), or makes an object of a
 * kind whose fields change in ways of its own (heap.c). That misses no cycle. An object starts with
 * references to older objects only, so a cycle is closed by such a store and none exists before the first.
 * Whoever stores has a reference of its own to the object: one from outside of the cycle. Garbage
 * begins when the last outside reference to the cycle goes away, which is after that store, and what it
 * referred to lives on by the references within: it becomes a candidate there and then.
 *
 * A candidate knows its slot in the buffer (`mark`), so one that dies leaves at once: objects are freed
 * the moment their count says so, and only what lives on is ever looked at. */
#ifndef OMNI_CYCLES_H
#define OMNI_CYCLES_H

#include "value.h"

enum { OMNI_FIRST_CANDIDATES = 1024 };

/* Totals for the outcome record. */
typedef struct omni_cycle_work {
  uint64_t collections;
  uint64_t candidates; /* looked at by collections */
  uint64_t visited;    /* objects that collections looked at */
  uint64_t freed;      /* objects that they freed */
  uint64_t longest;    /* objects and fields that the longest one looked at */
} omni_cycle_work;

typedef struct omni_cycles {
  int possible;
  uint32_t size; /* of the buffer; less than its capacity */
  uint32_t capacity;
  uint32_t threshold;      /* candidates at which to collect */
  uint64_t byte_threshold; /* bytes of the heap at which to collect */
  omni_header **candidates;
  omni_header *first[OMNI_FIRST_CANDIDATES]; /* the buffer that needs no memory */
  omni_cycle_work work;
} omni_cycles;

void omni_cycles_begin(omni_context *ctx);
/* Reclaim what is left, when all references from outside are gone, and the buffer. */
void omni_cycles_end(omni_context *ctx);
/* Reclaim all cycles of garbage there are. Fails never, allocates nothing, takes constant C stack. */
void omni_cycles_collect(omni_context *ctx);
/* The same because memory ran out; the buffer's memory is given back, too. Whether that freed any. */
int omni_cycles_reclaim(omni_context *ctx);

/* Call before `v` is stored in a field of an object that others may refer to already. */
void omni_storing(omni_context *ctx, omni_borrowed v);
/* `object` has lost a reference and has others: note it as a candidate. Collects when the time has come,
 * so the object may be gone afterwards. */
void omni_cycles_note(omni_context *ctx, omni_header *object);
/* A candidate is about to die. */
void omni_cycles_forget(omni_context *ctx, omni_header *object);

#endif
