#include "heap.h"

#include "condition.h"
#include "context.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether the limits let `bytes` more be allocated. */
static int admits(const omni_heap *heap, uint64_t bytes) {
  return bytes <= OMNI_BLOCK_LIMIT &&
         (heap->limit == 0 || (bytes <= heap->limit && heap->live_bytes <= heap->limit - bytes));
}

/* Count a request; whether it is the one that shall fail. */
static int is_failing_request(omni_heap *heap) {
#ifdef OMNI_DEBUG
  return ++heap->requests == heap->fail_request;
#else
  (void)heap;
  return 0;
#endif
}

#ifdef OMNI_DEBUG

enum { FREED_BYTE = 0xDD };

static void *block_allocate(omni_heap *heap, size_t bytes) {
  (void)heap;
  return malloc(bytes);
}

static void block_free(omni_heap *heap, void *block, size_t bytes) {
  (void)heap;
  memset(block, FREED_BYTE, bytes);
  free(block);
}

void omni_heap_arm(omni_context *ctx, uint64_t n) {
  ctx->heap.requests = 0;
  ctx->heap.fail_request = n;
}

void omni_heap_end(omni_context *ctx) { (void)ctx; }

void omni_heap_report(const omni_context *ctx) {
  static const char *const names[OMNI_TAG_COUNT] = {
      "integer",      "float",     "string",     "symbol", "pair",        "vector",
      "box",          "condition", "bytevector", "values", "record type", "record",
      "table",        "promise",   "parameter",  "port",   "frame",       "mark",
      "continuation", "generator", "procedure",  "",       "primitive"};
  if (ctx->heap.live_objects == 0)
    return;
  fprintf(stderr, "omni: leak: %" PRIu64 " live objects:", ctx->heap.live_objects);
  for (int tag = 0; tag < OMNI_TAG_COUNT; tag++)
    if (ctx->heap.live_by_tag[tag] != 0)
      fprintf(stderr, " %" PRIu64 " %s", ctx->heap.live_by_tag[tag], names[tag]);
  fputc('\n', stderr);
}

#else

struct omni_chunk {
  omni_chunk *next;
};

static size_t size_class(size_t bytes) { return (bytes + OMNI_SIZE_STEP - 1) / OMNI_SIZE_STEP; }

/* A block of the given class from the newest chunk, or from a new one. What is left of an old chunk
 * is less than one small block: not worth keeping. */
static void *carve(omni_heap *heap, size_t class) {
  size_t bytes = class * OMNI_SIZE_STEP;
  if (heap->fresh_bytes < bytes) {
    omni_chunk *chunk = malloc(sizeof *chunk + OMNI_CHUNK_BYTES);
    if (chunk == NULL)
      return NULL;
    chunk->next = heap->chunks;
    heap->chunks = chunk;
    heap->fresh = (char *)(chunk + 1);
    heap->fresh_bytes = OMNI_CHUNK_BYTES;
  }
  void *block = heap->fresh;
  heap->fresh += bytes;
  heap->fresh_bytes -= bytes;
  return block;
}

static inline void *block_allocate(omni_heap *heap, size_t bytes) {
  if (bytes > OMNI_SMALL_BYTES)
    return malloc(bytes);
  size_t class = size_class(bytes);
  omni_free_block *block = heap->free_blocks[class];
  if (block == NULL)
    return carve(heap, class);
  heap->free_blocks[class] = block->next;
  return block;
}

static void block_free(omni_heap *heap, void *block, size_t bytes) {
  if (bytes > OMNI_SMALL_BYTES) {
    free(block);
    return;
  }
  omni_free_block *freed = block;
  freed->next = heap->free_blocks[size_class(bytes)];
  heap->free_blocks[size_class(bytes)] = freed;
}

void omni_heap_arm(omni_context *ctx, uint64_t n) {
  (void)ctx;
  (void)n;
}

void omni_heap_end(omni_context *ctx) {
  omni_chunk *chunk = ctx->heap.chunks;
  while (chunk != NULL) {
    omni_chunk *next = chunk->next;
    free(chunk);
    chunk = next;
  }
  memset(&ctx->heap, 0, sizeof ctx->heap);
}

void omni_heap_report(const omni_context *ctx) { (void)ctx; }

#endif

/* ---- objects ---- */

/* Objects that change only in places that call omni_storing. */
static int is_changed_openly(omni_tag tag) {
  switch (tag) {
  case OMNI_TAG_INTEGER:
  case OMNI_TAG_FLOAT:
  case OMNI_TAG_STRING:
  case OMNI_TAG_SYMBOL:
  case OMNI_TAG_PAIR:
  case OMNI_TAG_VECTOR:
  case OMNI_TAG_BOX:
  case OMNI_TAG_CONDITION:
  case OMNI_TAG_BYTEVECTOR:
  case OMNI_TAG_VALUES:
  case OMNI_TAG_RECORD_TYPE:
  case OMNI_TAG_PARAMETER:
  case OMNI_TAG_PORT:
  case OMNI_TAG_GROUP:
    return 1;
  default:
    return 0;
  }
}

static inline omni_header *take_block(omni_heap *heap, uint64_t bytes) {
  return admits(heap, bytes) ? block_allocate(heap, (size_t)bytes) : NULL;
}

/* What to do where there was no block: reclaim, try again, and raise out-of-memory if that fails, too. */
static omni_header *take_late_block(omni_context *ctx, uint64_t bytes) {
  omni_header *object = omni_cycles_reclaim(ctx) ? take_block(&ctx->heap, bytes) : NULL;
  if (object == NULL)
    omni_fail_memory(ctx);
  return object;
}

void *omni_object_allocate(omni_context *ctx, omni_tag tag, uint64_t bytes) {
  omni_heap *heap = &ctx->heap;
  if (is_failing_request(heap)) {
    omni_fail_memory(ctx);
    return NULL;
  }
  omni_header *object = take_block(heap, bytes);
  if (object == NULL)
    object = take_late_block(ctx, bytes);
  if (object == NULL)
    return NULL;
  *object = (omni_header){1, tag, 0, 0};
  heap->live_bytes += bytes;
  heap->live_objects++;
  heap->allocations++;
#ifdef OMNI_DEBUG
  heap->live_by_tag[tag]++;
#endif
  if (!is_changed_openly(tag))
    ctx->cycles.possible = 1;
  return object;
}

void *omni_object_allocate_array(omni_context *ctx, omni_tag tag, uint64_t bytes, uint64_t count,
                                 uint64_t element) {
  if (count > OMNI_BLOCK_LIMIT / element) {
    omni_fail_memory(ctx);
    return NULL;
  }
  return omni_object_allocate(ctx, tag, bytes + count * element);
}

void omni_object_free(omni_context *ctx, omni_header *object, uint64_t bytes) {
  omni_heap *heap = &ctx->heap;
  heap->live_bytes -= bytes;
  heap->live_objects--;
#ifdef OMNI_DEBUG
  heap->live_by_tag[object->tag]--;
#endif
  block_free(heap, object, (size_t)bytes);
}

/* ---- working storage ---- */

void *omni_storage_allocate(omni_context *ctx, uint64_t bytes) {
  return omni_storage_grow(ctx, NULL, 0, bytes);
}

static void *resize(omni_heap *heap, void *old, uint64_t old_bytes, uint64_t bytes) {
  if (bytes > OMNI_BLOCK_LIMIT || !admits(heap, bytes - old_bytes))
    return NULL;
  void *block = realloc(old, bytes == 0 ? 1 : (size_t)bytes);
  if (block != NULL)
    heap->live_bytes += bytes - old_bytes;
  return block;
}

void *omni_storage_try_grow(omni_context *ctx, void *old, uint64_t old_bytes, uint64_t bytes) {
  return is_failing_request(&ctx->heap) ? NULL : resize(&ctx->heap, old, old_bytes, bytes);
}

void *omni_storage_grow(omni_context *ctx, void *old, uint64_t old_bytes, uint64_t bytes) {
  void *block = NULL;
  if (!is_failing_request(&ctx->heap)) {
    block = resize(&ctx->heap, old, old_bytes, bytes);
    if (block == NULL && omni_cycles_reclaim(ctx))
      block = resize(&ctx->heap, old, old_bytes, bytes);
  }
  if (block == NULL)
    omni_fail_memory(ctx);
  return block;
}

void omni_storage_free(omni_context *ctx, void *block, uint64_t bytes) {
  if (block == NULL)
    return;
  ctx->heap.live_bytes -= bytes;
  free(block);
}
