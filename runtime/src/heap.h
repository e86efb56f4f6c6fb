/* heap.h: where objects and working storage come from.
 *
 * Normal builds carve small objects out of chunks and keep a free list per size class. OMNI_DEBUG builds
 * give every object its own malloc block (so that valgrind and the sanitizers see each one), fill what
 * is freed, count live objects by type and can let the n-th allocation fail.
 *
 * What cannot be allocated is tried again after cycles of garbage have been reclaimed; every failure to
 * allocate raises out-of-memory. */
#ifndef OMNI_HEAP_H
#define OMNI_HEAP_H

#include "value.h"

enum { OMNI_SIZE_STEP = 8, OMNI_SMALL_BYTES = 256, OMNI_CHUNK_BYTES = 64 * 1024 };

/* No single block is larger: so sizes are added and multiplied within 64 bits, and an int can count the
 * words of a block. */
#define OMNI_BLOCK_LIMIT ((uint64_t)1 << 33)

typedef struct omni_free_block {
  struct omni_free_block *next; /* of the same size */
} omni_free_block;
typedef struct omni_chunk omni_chunk;

typedef struct omni_heap {
  uint64_t limit;      /* on live_bytes; 0: none */
  uint64_t live_bytes; /* of objects and working storage */
  uint64_t live_objects;
  uint64_t allocations; /* objects made so far */
#ifdef OMNI_DEBUG
  uint64_t requests; /* for objects and working storage, since failure injection was armed */
  uint64_t fail_request;
  uint64_t live_by_tag[OMNI_TAG_COUNT];
#else
  omni_free_block *free_blocks[OMNI_SMALL_BYTES / OMNI_SIZE_STEP + 1];
  omni_chunk *chunks;
  char *fresh; /* unused part of the newest chunk */
  size_t fresh_bytes;
#endif
} omni_heap;

/* Start counting: let request number `n` from now on fail (OMNI_DEBUG builds; 0: none). */
void omni_heap_arm(omni_context *ctx, uint64_t n);
/* Give all memory back to the system. Objects that are still alive are leaks; in OMNI_DEBUG builds they
 * stay allocated for leak checkers to find. */
void omni_heap_end(omni_context *ctx);
/* OMNI_DEBUG builds: say on stderr which objects are alive, if any. */
void omni_heap_report(const omni_context *ctx);

/* An object with a count of 1 and uninitialised contents; NULL after raising out-of-memory. */
void *omni_object_allocate(omni_context *ctx, omni_tag tag, uint64_t bytes);
/* The same with `count` trailing elements of `element` bytes, checked for overflow. */
void *omni_object_allocate_array(omni_context *ctx, omni_tag tag, uint64_t bytes, uint64_t count,
                                 uint64_t element);
void omni_object_free(omni_context *ctx, omni_header *object, uint64_t bytes);

/* Working storage that is not an object: at least one byte; NULL after raising out-of-memory. */
void *omni_storage_allocate(omni_context *ctx, uint64_t bytes);
/* Grow (or make, from NULL and 0). On failure the old block stays as it is. */
void *omni_storage_grow(omni_context *ctx, void *old, uint64_t old_bytes, uint64_t bytes);
/* The same, but a failure raises nothing and reclaims nothing. */
void *omni_storage_try_grow(omni_context *ctx, void *old, uint64_t old_bytes, uint64_t bytes);
void omni_storage_free(omni_context *ctx, void *block, uint64_t bytes);

#endif
