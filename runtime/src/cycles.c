/* cycles.c: trial deletion.
 *
 * A collection takes the candidates through three phases, each a walk over what they reach:
 *
 *   mark     visited objects turn grey; counts are reduced by the references that visited objects hold,
 *            so that what remains are references from outside
 *   scan     a grey object that has some turns black, and so does all that it reaches, whose counts are
 *            restored; other grey objects turn white
 *   sweep    what is still white is garbage, which is freed
 *
 * Whoever is not visited counts as outside: the C stack, the program's variables, the context, objects
 * that are not reached and those that are dying in release(). Nothing need be known about them, so a
 * collection may happen wherever references are dropped or memory is allocated.
 *
 * Walks reverse pointers (Schorr and Waite, CACM 10/8, 1967): the field through which a walk left an
 * object holds the way back, so that no stack is needed whose growth could fail. Counts are in use,
 * so the number of that field is kept in the header, next to the colour. */
#include "cycles.h"

#include "context.h"
#include "object.h"
#include "plant.h"

#include <string.h>

/* How soon to collect again. Looking at what turns out to be alive is wasted, so the next collection
 * waits for one new candidate per WASTE_PER_CANDIDATE objects and fields that the last one wasted: the
 * work of all collections is proportional to the references dropped and the objects made. But it comes
 * early when the heap has doubled, lest a few candidates hold much garbage. */
enum { WASTE_PER_CANDIDATE = 4, BYTE_SLACK = 1 << 20 };

/* Candidates have slots 1, 2, ... in their marks; 0 means none. */
enum { MOST_CANDIDATES = OMNI_MARK_LIMIT - 1 };

/* ---- colours and positions: what `mark` means during a collection ---- */

typedef enum colour {
  BLACK, /* in use, or not visited */
  GREY,
  WHITE,
  TURNED /* turned from white to black while a walk was below it, which has to begin it again */
} colour;

enum { COLOUR_BITS = 2, COLOUR_MASK = (1 << COLOUR_BITS) - 1 };

/* A position is 0, or 1 more than the number of the field through which a walk left the object. Objects
 * with more fields than there are positions share them out. */
#define POSITION_LIMIT (OMNI_MARK_LIMIT >> COLOUR_BITS)

static colour colour_of(const omni_header *object) { return (colour)(object->mark & COLOUR_MASK); }

static void paint(omni_header *object, colour new) {
  object->mark = (object->mark & ~(uint32_t)COLOUR_MASK) | (uint32_t)new;
}

static int is_left(const omni_header *object) { return object->mark >> COLOUR_BITS != 0; }

static int position_shift(uint32_t fields) {
  int shift = 0;
  while (fields >> shift >= POSITION_LIMIT)
    shift++;
  return shift;
}

/* ---- walks ---- */

/* Values have one of the low bits 000, 010 or 1: this one tells a way back from them. */
#define WAY_BACK ((omni_value)4)
#define NOWHERE ((omni_value)0)

/* Where a walk is. Objects are named by the values through which it came, because the field that is
 * restored on the way back may refer to any member of a group. */
typedef struct walk {
  omni_value here;
  omni_value parent; /* NOWHERE at the beginning */
  omni_header *object;
  omni_value *field;
  uint32_t fields;
  uint32_t next; /* field to be looked at */
} walk;

static void arrive(walk *w, omni_value here) {
  w->here = here;
  w->object = omni_counted(here);
  w->field = omni_object_fields(w->object, &w->fields);
  w->next = 0;
}

static walk walk_from(omni_header *object) {
  walk w;
  arrive(&w, omni_object_value(object));
  w.parent = NOWHERE;
  return w;
}

/* Go on to the object in the next field. */
static void descend(walk *w) {
  omni_value child = w->field[w->next];
  uint32_t position = (w->next >> position_shift(w->fields)) + 1;
  w->object->mark = position << COLOUR_BITS | (uint32_t)colour_of(w->object);
  w->field[w->next] = w->parent | WAY_BACK;
  w->parent = w->here;
  arrive(w, child);
}

/* Go back to the field from which the walk came here; 0 if it began here. */
static int retreat(walk *w) {
  if (w->parent == NOWHERE)
    return 0;
  omni_value child = w->here;
  arrive(w, w->parent);
  uint32_t position = (w->object->mark >> COLOUR_BITS) - 1;
  w->object->mark = (uint32_t)colour_of(w->object);
  w->next = position << position_shift(w->fields);
  while ((w->field[w->next] & 7) != WAY_BACK)
    w->next++;
  w->parent = w->field[w->next] & ~WAY_BACK;
  w->field[w->next] = child;
  return 1;
}

/* The object in a field that can be part of a cycle; NULL if there is none. */
static omni_header *part(omni_value v) {
  if (!omni_is_object(v))
    return NULL;
  omni_header *object = omni_counted(v);
  return object->count != OMNI_IMMORTAL && omni_has_fields(object) ? object : NULL;
}

/* ---- mark ---- */

/* What a collection looks at. */
typedef struct tally {
  uint64_t objects;
  uint64_t fields;
} tally;

static void visit(tally *seen, const walk *w) {
  seen->objects++;
  seen->fields += w->fields;
}

static void mark(tally *seen, omni_header *candidate) {
  if (colour_of(candidate) != BLACK)
    return;
  walk w = walk_from(candidate);
  paint(candidate, GREY);
  visit(seen, &w);
  for (;;) {
    while (w.next < w.fields) {
      omni_header *child = part(w.field[w.next]);
      if (child != NULL)
        child->count--;
      if (child == NULL || colour_of(child) != BLACK) {
        w.next++;
        continue;
      }
      paint(child, GREY);
      descend(&w);
      visit(seen, &w);
    }
    if (!retreat(&w))
      return;
    w.next++;
  }
}

/* ---- scan ---- */

static void judge(omni_header *grey) { paint(grey, grey->count > 0 ? BLACK : WHITE); }

/* A black object refers to `child`: whether the walk has to go there. */
static int restore(omni_header *child) {
  colour was = colour_of(child);
  child->count++;
  if (was == BLACK || was == TURNED)
    return 0;
  int above = was == WHITE && is_left(child);
  paint(child, above ? TURNED : BLACK);
  return !above;
}

/* A white object refers to `child`: whether the walk has to go there. */
static int inspect(omni_header *child) {
  if (colour_of(child) != GREY)
    return 0;
  judge(child);
  return 1;
}

static void scan(omni_header *candidate) {
  if (colour_of(candidate) != GREY)
    return;
  judge(candidate);
  walk w = walk_from(candidate);
  for (;;) {
    while (w.next < w.fields) {
      omni_header *child = part(w.field[w.next]);
      int black = colour_of(w.object) == BLACK;
      if (child != NULL && (black ? restore(child) : inspect(child)))
        descend(&w);
      else
        w.next++;
    }
    if (!retreat(&w))
      return;
    w.next++;
    if (colour_of(w.object) == TURNED) {
      paint(w.object, BLACK);
      w.next = 0;
    }
  }
}

/* ---- sweep ---- */

/* Give up a reference that garbage holds. Those to parts of the graph were given up by mark(), for good
 * where the holder is white. Whether the walk has to go there. */
static int give_up(omni_context *ctx, omni_value v) {
  omni_header *child = part(v);
  if (child != NULL) {
    if (colour_of(child) != WHITE)
      return 0;
    paint(child, BLACK);
    return 1;
  }
  if (omni_is_object(v)) {
    omni_header *leaf = omni_counted(v);
    if (leaf->count != OMNI_IMMORTAL && --leaf->count == 0)
      omni_object_discard(ctx, leaf);
  }
  return 0;
}

/* Empty the garbage that begins here and put it in front of `garbage`, a list linked by first fields. No
 * object is freed while others may still refer to it. */
static omni_header *sweep(omni_context *ctx, omni_header *candidate, omni_header *garbage) {
  if (colour_of(candidate) != WHITE)
    return garbage;
  paint(candidate, BLACK);
  walk w = walk_from(candidate);
  for (;;) {
    while (w.next < w.fields) {
      if (give_up(ctx, w.field[w.next]))
        descend(&w);
      else
        w.next++;
    }
    omni_header *done = w.object;
    omni_value *link = w.field;
    int more = retreat(&w);
    *link = omni_object_value(garbage);
    garbage = done;
    if (!more)
      return garbage;
    w.next++;
  }
}

/* Free a list of garbage, which is no longer part of what has been `seen`. */
static void discard_all(omni_context *ctx, omni_header *garbage, tally *seen) {
  while (garbage != NULL) {
    uint32_t fields;
    omni_header *next = omni_object(*omni_object_fields(garbage, &fields));
    omni_object_discard(ctx, garbage);
    seen->objects--;
    seen->fields -= fields;
    garbage = next;
  }
}

/* ---- the buffer ---- */

/* Take the candidates out of the buffer, whose memory keeps the returned number of them. */
static uint32_t take_candidates(omni_context *ctx) {
  omni_cycles *cycles = &ctx->cycles;
  uint32_t count = 0, size = cycles->size;
  cycles->size = 0;
  for (uint32_t i = 0; i < size; i++)
    cycles->candidates[i]->mark = 0;
  if (omni_planted(ctx, OMNI_PLANT_CYCLE_SKIP) && size > 0)
    size--;
  for (uint32_t i = 0; i < size; i++)
    if (part(omni_object_value(cycles->candidates[i])) != NULL)
      cycles->candidates[count++] = cycles->candidates[i];
  return count;
}

static void plan(omni_context *ctx, uint64_t wasted) {
  omni_cycles *cycles = &ctx->cycles;
  uint64_t threshold = wasted / WASTE_PER_CANDIDATE;
  if (threshold < OMNI_FIRST_CANDIDATES)
    threshold = OMNI_FIRST_CANDIDATES;
  if (threshold > MOST_CANDIDATES)
    threshold = MOST_CANDIDATES;
  cycles->threshold = (uint32_t)threshold;
  cycles->byte_threshold = 2 * ctx->heap.live_bytes + BYTE_SLACK;
}

void omni_cycles_collect(omni_context *ctx) {
  omni_cycles *cycles = &ctx->cycles;
  uint32_t count = take_candidates(ctx);
  tally seen = {0, 0};
  omni_header *garbage = NULL;
  for (uint32_t i = 0; i < count; i++)
    mark(&seen, cycles->candidates[i]);
  for (uint32_t i = 0; i < count; i++)
    scan(cycles->candidates[i]);
  for (uint32_t i = 0; i < count; i++)
    garbage = sweep(ctx, cycles->candidates[i], garbage);

  tally left = seen;
  discard_all(ctx, garbage, &left);
  plan(ctx, left.objects + left.fields);
  omni_cycle_work *work = &cycles->work;
  work->collections++;
  work->candidates += count;
  work->visited += seen.objects;
  work->freed += seen.objects - left.objects;
  if (work->longest < seen.objects + seen.fields)
    work->longest = seen.objects + seen.fields;
}

static void release_buffer(omni_context *ctx) {
  omni_cycles *cycles = &ctx->cycles;
  if (cycles->candidates != cycles->first)
    omni_storage_free(ctx, cycles->candidates, cycles->capacity * sizeof *cycles->candidates);
  cycles->candidates = cycles->first;
  cycles->capacity = OMNI_FIRST_CANDIDATES;
}

/* Double the buffer; 0 if there is no memory for that. */
static int grow(omni_context *ctx) {
  omni_cycles *cycles = &ctx->cycles;
  int was_first = cycles->candidates == cycles->first;
  uint64_t bytes = cycles->capacity * sizeof *cycles->candidates;
  omni_header **grown = omni_storage_try_grow(ctx, was_first ? NULL : cycles->candidates,
                                              was_first ? 0 : bytes, 2 * bytes);
  if (grown == NULL)
    return 0;
  if (was_first)
    memcpy(grown, cycles->first, (size_t)bytes);
  cycles->candidates = grown;
  cycles->capacity *= 2;
  return 1;
}

void omni_cycles_begin(omni_context *ctx) {
  ctx->cycles.candidates = ctx->cycles.first;
  ctx->cycles.capacity = OMNI_FIRST_CANDIDATES;
  plan(ctx, 0);
}

void omni_cycles_end(omni_context *ctx) {
  if (ctx->cycles.size > 0)
    omni_cycles_collect(ctx);
  release_buffer(ctx);
}

int omni_cycles_reclaim(omni_context *ctx) {
  uint64_t before = ctx->heap.live_bytes;
  if (ctx->cycles.size == 0)
    return 0;
  omni_cycles_collect(ctx);
  release_buffer(ctx);
  return ctx->heap.live_bytes < before;
}

void omni_storing(omni_context *ctx, omni_borrowed v) {
  if (part(v) != NULL)
    ctx->cycles.possible = 1;
}

void omni_cycles_note(omni_context *ctx, omni_header *object) {
  omni_cycles *cycles = &ctx->cycles;
  if (object->mark != 0 || !omni_has_fields(object))
    return;
  cycles->candidates[cycles->size++] = object;
  object->mark = cycles->size;
  int due = cycles->size >= cycles->threshold || ctx->heap.live_bytes >= cycles->byte_threshold;
  if (due || (cycles->size == cycles->capacity && !grow(ctx)))
    omni_cycles_collect(ctx);
}

void omni_cycles_forget(omni_context *ctx, omni_header *object) {
  omni_cycles *cycles = &ctx->cycles;
  omni_header *last = cycles->candidates[--cycles->size];
  cycles->candidates[object->mark - 1] = last;
  last->mark = object->mark;
  object->mark = 0;
}
