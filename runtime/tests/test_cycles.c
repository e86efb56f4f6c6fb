/* Cycles of garbage are reclaimed, all of them and nothing else. */
#include "graph.h"

#include <pthread.h>

enum { MILLION = 1000000, MANY = 100000 };

/* A ring of `length` pairs that hold the numbers from 0; the reference is to the pair with 0. */
static omni_value ring(omni_context *ctx, int length) {
  omni_value last = pair_of(ctx, omni_fixnum(length - 1), OMNI_NIL), first = omni_dup(last);
  for (int i = length - 2; i >= 0; i--)
    first = pair_of(ctx, omni_fixnum(i), first);
  set_cdr(ctx, last, omni_dup(first));
  omni_drop(ctx, last);
  return first;
}

static void check_ring(omni_value first, int length) {
  omni_value v = first;
  for (int i = 0; i < length; i++, v = omni_cdr_of(v))
    CHECK(omni_car_of(v) == omni_fixnum(i));
  CHECK(v == first);
}

/* ---- shapes ---- */

static void drop_self_loops(omni_context *ctx) {
  omni_value pair = pair_of(ctx, OMNI_NIL, OMNI_NIL);
  omni_set_car_x(ctx, pair, omni_dup(pair));
  set_cdr(ctx, pair, omni_dup(pair));
  omni_drop(ctx, pair);
  omni_value vector = omni_vector_make(ctx, 5, OMNI_NIL);
  CHECK(omni_vector_fill_x(ctx, vector, vector) == OMNI_NOTHING);
  omni_drop(ctx, vector);
  omni_value box = omni_box_make(ctx, OMNI_UNBOUND);
  omni_box_set(ctx, box, omni_dup(box));
  omni_drop(ctx, box);
}

/* Procedures that reach themselves through the variable they are the value of; the second is referred to
 * by way of its group's other member. */
static void drop_recursive_closures(omni_context *ctx) {
  for (int member = 0; member < 2; member++) {
    omni_value box = omni_box_make(ctx, OMNI_UNBOUND);
    omni_value closure = closure_over(ctx, omni_dup(box));
    omni_box_set(ctx, box, omni_sibling(closure, member));
    omni_drop(ctx, box);
    omni_drop(ctx, closure);
  }
}

static void drop_long_ring(omni_context *ctx) { omni_drop(ctx, ring(ctx, MILLION)); }

/* A ring as deep as it is long, through fields of every kind: a walk goes back through each of them. */
static void drop_deep_ring(omni_context *ctx) {
  omni_value last = omni_box_make(ctx, OMNI_NIL), v = omni_dup(last);
  for (int i = 0; i < 2 * MANY; i++) {
    if (i % 4 == 0)
      v = pair_of(ctx, v, pair_of(ctx, OMNI_NIL, OMNI_NIL));
    else if (i % 4 == 1)
      v = closure_over(ctx, v);
    else if (i % 4 == 2)
      v = omni_box_make(ctx, v);
    else {
      omni_value items[] = {omni_fixnum(i), v, last};
      omni_value vector = omni_vector_from(ctx, items, 3);
      omni_drop(ctx, v);
      v = vector;
    }
  }
  omni_box_set(ctx, last, v);
  omni_drop(ctx, last);
}

static void drop_joined_rings(omni_context *ctx) {
  omni_value a = ring(ctx, 1000), b = ring(ctx, 500);
  omni_set_car_x(ctx, a, omni_dup(b));
  omni_set_car_x(ctx, b, omni_dup(a));
  omni_drop(ctx, a);
  omni_drop(ctx, b);
}

/* Garbage that refers to a ring, is referred to by it, and rings behind one another. */
static void drop_ring_with_tails(omni_context *ctx) {
  omni_value a = ring(ctx, 10), b = ring(ctx, 10);
  omni_set_car_x(ctx, a, literal(ctx, "s4:tailEl1;v1;i1;i2;El3;"));
  omni_set_car_x(ctx, a, pair_of(ctx, omni_dup(b), omni_vector_make(ctx, 3, b)));
  omni_value head = OMNI_NIL;
  for (int i = 0; i < 1000; i++)
    head = pair_of(ctx, omni_dup(a), head);
  omni_drop(ctx, b);
  omni_drop(ctx, a);
  omni_drop(ctx, head);
}

static void drop_dense_graph(omni_context *ctx) {
  enum { SIZE = 150 };
  omni_value all = omni_vector_make(ctx, SIZE, OMNI_NIL);
  for (uint64_t i = 0; i < SIZE; i++)
    set_item(ctx, all, i, omni_vector_make(ctx, SIZE, OMNI_NIL));
  for (uint64_t i = 0; i < SIZE; i++)
    for (uint64_t j = 0; j < SIZE; j++)
      set_item(ctx, omni_vector_of(all)->items[i], j, omni_dup(omni_vector_of(all)->items[j]));
  omni_drop(ctx, all);
}

/* More fields than the header has positions for. */
static void drop_ring_through_wide_vector(omni_context *ctx) {
  uint64_t length = (uint64_t)OMNI_MARK_LIMIT / 4 + 5;
  omni_value wide = omni_vector_make(ctx, length, OMNI_NIL);
  for (uint64_t i = 0; i < length; i += length / 100)
    for (uint64_t j = i; j < i + 3 && j < length; j++)
      set_item(ctx, wide, j, pair_of(ctx, omni_fixnum((int64_t)j), omni_dup(wide)));
  omni_cycles_collect(ctx);
  for (uint64_t i = 0; i < length; i += length / 100)
    for (uint64_t j = i; j < i + 3 && j < length; j++)
      CHECK(omni_car_of(omni_vector_of(wide)->items[j]) == omni_fixnum((int64_t)j));
  omni_drop(ctx, wide);
}

static void (*const shapes[])(omni_context *) = {
    drop_self_loops,   drop_recursive_closures, drop_long_ring,   drop_deep_ring,
    drop_joined_rings, drop_ring_with_tails,    drop_dense_graph, drop_ring_through_wide_vector};

static void *test_shapes(void *unused) {
  omni_context *ctx = open_context();
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    uint64_t before = live(ctx);
    shapes[i](ctx);
    omni_cycles_collect(ctx);
    CHECK(live(ctx) == before);
  }
  close_context(ctx);
  return unused;
}

/* On a stack that no walk as deep as the data would fit. */
static void test_shapes_in_constant_stack(void) {
  pthread_attr_t small;
  pthread_t thread;
  CHECK(pthread_attr_init(&small) == 0);
  CHECK(pthread_attr_setstacksize(&small, 256 * 1024) == 0);
  CHECK(pthread_create(&thread, &small, test_shapes, NULL) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  pthread_attr_destroy(&small);
}

/* ---- what must stay ---- */

static void test_live_cycles_survive(omni_context *ctx) {
  uint64_t before = live(ctx);
  omni_value a = ring(ctx, 1000), b = ring(ctx, 100), holder = pair_of(ctx, omni_dup(b), OMNI_NIL);
  omni_value inside = omni_dup(omni_cdr_of(omni_cdr_of(a)));
  omni_value box = omni_box_make(ctx, OMNI_UNBOUND), closure = closure_over(ctx, omni_dup(box));
  omni_box_set(ctx, box, omni_sibling(closure, 1));
  omni_drop(ctx, box);
  omni_drop(ctx, b);
  for (int i = 0; i < 3; i++) {
    uint64_t all = live(ctx);
    omni_drop(ctx, omni_dup(a));
    omni_drop(ctx, omni_dup(closure));
    omni_cycles_collect(ctx);
    CHECK(live(ctx) == all);
    check_ring(a, 1000);
    check_ring(omni_car_of(holder), 100);
    box = omni_capture_get(closure, 0);
    CHECK_TEXT(text_of(ctx, omni_box_get(ctx, box, "f")), "#<procedure g>");
    omni_drop(ctx, box);
  }
  /* The last reference from outside may be to any part. */
  omni_drop(ctx, closure);
  omni_drop(ctx, a);
  omni_drop(ctx, holder);
  omni_cycles_collect(ctx);
  CHECK(live(ctx) == before + 1000 && omni_car_of(inside) == omni_fixnum(2));
  omni_drop(ctx, inside);
  omni_cycles_collect(ctx);
  CHECK(live(ctx) == before);
}

/* Garbage gives up what it shares with live data, no more and no less. */
static void test_shared_parts(omni_context *ctx) {
  uint64_t before = live(ctx);
  omni_value shared = literal(ctx, "s1:ai1;El2;"), symbol = literal(ctx, "y6:shared");
  for (int i = 0; i < 10; i++) {
    omni_value garbage = ring(ctx, 5);
    omni_set_car_x(ctx, garbage, pair_of(ctx, omni_dup(shared), omni_dup(symbol)));
    omni_set_car_x(ctx, omni_cdr_of(garbage), omni_primitive(0));
    omni_drop(ctx, garbage);
  }
  omni_cycles_collect(ctx);
  CHECK(omni_object(shared)->count == 1 && omni_object(symbol)->count == 1);
  CHECK_TEXT(text_of(ctx, shared), "(\"a\" 1)");
  CHECK_TEXT(text_of(ctx, symbol), "shared");
  CHECK(live(ctx) == before);
}

/* What can no longer be counted stays, with all that it refers to. */
static void test_immortal(omni_context *ctx) {
  omni_value first = ring(ctx, 3), middle = omni_cdr_of(first);
  omni_object(middle)->count = OMNI_IMMORTAL;
  omni_drop(ctx, omni_dup(first));
  omni_cycles_collect(ctx);
  check_ring(first, 3);
  omni_object(middle)->count = 1;
  omni_drop(ctx, first);
}

/* ---- when to collect, and what it costs ---- */

/* Nobody pays who makes no cycle: candidates that die leave the buffer, and are freed at once. */
static void test_no_work_without_cycles(omni_context *ctx) {
  omni_value box = omni_box_make(ctx, OMNI_NIL);
  uint64_t before = live(ctx);
  for (int i = 0; i < MANY; i++) {
    omni_value pair = pair_of(ctx, omni_fixnum(i), OMNI_NIL);
    omni_box_set(ctx, box, omni_dup(pair));
    omni_drop(ctx, pair);
    CHECK(live(ctx) == before + 1);
  }
  omni_drop(ctx, box);
  CHECK(ctx->cycles.possible && ctx->cycles.size == 0);
  CHECK(ctx->cycles.work.collections == 0);
}

/* Before the first mutation nothing is a candidate. */
static void test_no_candidates_without_mutation(omni_context *ctx) {
  omni_value list = OMNI_NIL;
  for (int i = 0; i < 10000; i++) {
    list = pair_of(ctx, omni_fixnum(i), list);
    omni_drop(ctx, omni_dup(list));
  }
  omni_value vector = omni_list_to_vector(ctx, list);
  set_item(ctx, vector, 0, omni_fixnum(1)); /* closes no cycle */
  omni_drop(ctx, omni_dup(vector));
  CHECK(!ctx->cycles.possible && ctx->cycles.size == 0);
  omni_drop(ctx, vector);
  omni_drop(ctx, list);
}

/* Dropped rings do not pile up, be they small and many or few and large. */
static void test_garbage_is_bounded(omni_context *ctx) {
  uint64_t most = 0;
  for (int i = 0; i < MANY / 4; i++) {
    omni_drop(ctx, ring(ctx, 3));
    most = live(ctx) > most ? live(ctx) : most;
  }
  CHECK(most < 4 * OMNI_FIRST_CANDIDATES);
  most = 0;
  for (int i = 0; i < 1000; i++) {
    omni_value large = omni_vector_make(ctx, 10000, OMNI_NIL);
    set_item(ctx, large, 5, omni_dup(large));
    omni_drop(ctx, large);
    most = ctx->heap.live_bytes > most ? ctx->heap.live_bytes : most;
  }
  CHECK(most < 4 << 20);
}

/* Much live data that keeps changing and leaves cycles behind: the work is proportional to the steps and the
 * size, not to their product. */
static void test_work_is_linear(omni_context *ctx) {
  enum { SIZE = 20000, STEPS = 10 * SIZE };
  omni_value vector = omni_vector_make(ctx, SIZE, OMNI_NIL);
  uint64_t at = 0;
  for (int i = 0; i < STEPS; i++) {
    at = (at * 69069 + 1) % SIZE;
    omni_value item = pair_of(ctx, omni_dup(vector), OMNI_NIL);
    set_cdr(ctx, item, omni_dup(item));
    set_item(ctx, vector, at, item);
    omni_drop(ctx, omni_dup(item));
  }
  CHECK(ctx->cycles.work.collections > 5);
  CHECK(ctx->cycles.work.visited <= 3 * (STEPS + SIZE));
  CHECK(live(ctx) < 4 * SIZE);
  omni_drop(ctx, vector);
}

/* ---- no memory ---- */

/* Garbage is reclaimed before anything fails for want of memory. */
static void test_heap_limit(omni_context *ctx) {
  ctx->heap.limit = ctx->heap.live_bytes + 100000;
  for (int i = 0; i < 10000; i++)
    omni_drop(ctx, ring(ctx, 10));
  omni_value kept = ring(ctx, 10);
  omni_drop(ctx, omni_dup(kept));
  for (int i = 0; i < 100; i++) {
    omni_result vector = omni_vector_make(ctx, 10000, kept);
    CHECK(!omni_failed(vector));
    set_item(ctx, vector, 0, omni_dup(vector));
    omni_drop(ctx, vector);
    void *storage = omni_storage_allocate(ctx, 80000);
    CHECK(storage != NULL);
    omni_storage_free(ctx, storage, 80000);
  }
  CHECK(omni_failed(omni_vector_make(ctx, 20000, kept)));
  CHECK_TEXT(text_of(ctx, OMNI_FAILED), "#<condition out-of-memory: memory limit reached>");
  check_ring(kept, 10);
  omni_drop(ctx, kept);
  ctx->heap.limit = 0;
}

/* Where the buffer cannot grow, collections come earlier, and that is all. */
static void test_full_buffer(omni_context *ctx) {
  enum { RINGS = 5000 };
  omni_value rings = omni_vector_make(ctx, RINGS, OMNI_NIL);
  ctx->cycles.threshold = 2 * RINGS;
  ctx->heap.limit = ctx->heap.live_bytes + RINGS * 2 * 24 + 100;
  for (uint64_t i = 0; i < RINGS; i++)
    set_item(ctx, rings, i, ring(ctx, 2));
  CHECK(ctx->cycles.candidates == ctx->cycles.first && ctx->cycles.work.collections > 1);
  for (uint64_t i = 0; i < RINGS; i++)
    check_ring(omni_vector_of(rings)->items[i], 2);
  ctx->heap.limit = 0;
  ctx->cycles.threshold = 2 * RINGS;
  for (uint64_t i = 0; i < RINGS; i++)
    omni_drop(ctx, omni_dup(omni_vector_of(rings)->items[i]));
  CHECK(ctx->cycles.candidates != ctx->cycles.first && ctx->cycles.size >= RINGS);
  omni_drop(ctx, rings);
}

#ifdef OMNI_DEBUG
/* Cycles of which some part may fail to be made, with a buffer that has to grow. */
static int make_cycles(omni_context *ctx) {
  ctx->cycles.capacity = 2;
  for (int i = 0; i < 10; i++) {
    omni_result box = omni_box_make(ctx, OMNI_UNBOUND);
    if (omni_failed(box))
      return 0;
    omni_result pair = omni_cons(ctx, omni_dup(box), OMNI_NIL);
    if (!omni_failed(pair))
      omni_box_set(ctx, box, pair);
    omni_drop(ctx, box);
    if (omni_failed(pair))
      return 0;
  }
  return 1;
}

static void test_allocation_failure(void) {
  int done = 0;
  uint64_t n = 0, unnoticed = 0;
  while (!done || unnoticed < 5) {
    omni_context *ctx = open_context();
    omni_heap_arm(ctx, ++n);
    done = make_cycles(ctx);
    unnoticed += (uint64_t)done; /* the buffer did not grow */
    omni_heap_arm(ctx, 0);
    close_context(ctx);
  }
  CHECK(n > 20);
}
#endif

static void with_context(void (*test)(omni_context *)) {
  omni_context *ctx = open_context();
  test(ctx);
  close_context(ctx);
}

int main(void) {
  test_shapes_in_constant_stack();
  with_context(test_live_cycles_survive);
  with_context(test_shared_parts);
  with_context(test_immortal);
  with_context(test_no_work_without_cycles);
  with_context(test_no_candidates_without_mutation);
  with_context(test_garbage_is_bounded);
  with_context(test_work_is_linear);
  with_context(test_heap_limit);
  with_context(test_full_buffer);
#ifdef OMNI_DEBUG
  test_allocation_failure();
#endif
  return 0;
}
