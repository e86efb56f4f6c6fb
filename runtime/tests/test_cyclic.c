/* Cyclic data: nothing that looks at it may run for ever or out of stack. Counts cannot free cycles, so the
 * tests take them apart again. */
#include "check.h"

enum { LENGTH = 50000 };

/* A list of `length` ones whose last cdr is its pair number `back`; *last is its last pair. */
static omni_value make_cycle(omni_context *ctx, int length, int back, omni_value *last) {
  omni_value list = omni_cons(ctx, omni_fixnum(1), OMNI_NIL), target = list;
  *last = list;
  for (int i = length - 2; i >= 0; i--) {
    list = omni_cons(ctx, omni_fixnum(1), list);
    if (i == back)
      target = list;
  }
  omni_set_cdr_x(ctx, *last, omni_dup(target));
  return list;
}

static void end_cycle(omni_context *ctx, omni_value list, omni_value last) {
  omni_set_cdr_x(ctx, last, OMNI_NIL);
  omni_drop(ctx, list);
}

/* The kind of a failure, which is cleared. Its irritants have no end, so they are not printed. */
static const char *kind_of_failure(omni_context *ctx, omni_result result) {
  CHECK(omni_failed(result));
  omni_value condition = omni_catch(ctx);
  const char *kind = omni_kind_name(omni_condition_of(condition)->kind);
  omni_drop(ctx, condition);
  return kind;
}

static void test_lists(omni_context *ctx) {
  const int backs[] = {0, 1, LENGTH / 3, LENGTH - 1};
  for (int i = 0; i < 4; i++) {
    omni_value last, list = make_cycle(ctx, LENGTH, backs[i], &last);
    CHECK(omni_list_p(ctx, list) == OMNI_FALSE);
    CHECK_TEXT(kind_of_failure(ctx, omni_length(ctx, list)), "type-error");
    CHECK_TEXT(kind_of_failure(ctx, omni_reverse(ctx, list)), "type-error");
    CHECK_TEXT(kind_of_failure(ctx, omni_append(ctx, list, OMNI_NIL)), "type-error");
    CHECK_TEXT(kind_of_failure(ctx, omni_memq(ctx, OMNI_NIL, list)), "type-error");
    CHECK_TEXT(kind_of_failure(ctx, omni_last_pair(ctx, list)), "type-error");
    omni_result far = omni_list_ref(ctx, list, omni_fixnum(3 * LENGTH));
    CHECK(far == omni_fixnum(1));
    end_cycle(ctx, list, last);
  }
}

static void test_equal(omni_context *ctx) {
  omni_value last_a, last_b, last_c;
  omni_value a = make_cycle(ctx, 2, 0, &last_a), b = make_cycle(ctx, 3, 0, &last_b);
  omni_value c = make_cycle(ctx, 5, 2, &last_c);
  CHECK(omni_equal_p(ctx, a, b) == OMNI_TRUE); /* both are ones without end */
  CHECK(omni_equal_p(ctx, a, c) == OMNI_TRUE);
  omni_set_car_x(ctx, last_c, OMNI_NIL);
  CHECK(omni_equal_p(ctx, a, c) == OMNI_FALSE);
  end_cycle(ctx, a, last_a);
  end_cycle(ctx, b, last_b);
  end_cycle(ctx, c, last_c);
}

/* Equal structures of 2^DOUBLINGS leaves, each made of DOUBLINGS pairs. */
static void test_equal_of_shared_structure(omni_context *ctx) {
  enum { DOUBLINGS = 60 };
  omni_value both[2];
  for (int i = 0; i < 2; i++) {
    both[i] = omni_cons(ctx, OMNI_NIL, OMNI_NIL);
    for (int j = 0; j < DOUBLINGS; j++)
      both[i] = omni_cons(ctx, omni_dup(both[i]), both[i]);
  }
  CHECK(omni_equal_p(ctx, both[0], both[1]) == OMNI_TRUE);
  omni_drop(ctx, both[0]);
  omni_drop(ctx, both[1]);
}

/* Depth costs memory, not C stack. */
static void test_deep(omni_context *ctx) {
  enum { DEPTH = 300000 };
  omni_value both[2];
  for (int i = 0; i < 2; i++) {
    both[i] = OMNI_NIL;
    for (int j = 0; j < DEPTH; j++)
      both[i] = omni_cons(ctx, both[i], OMNI_NIL);
  }
  CHECK(omni_equal_p(ctx, both[0], both[1]) == OMNI_TRUE);
  omni_result text = omni_written(ctx, both[0]);
  CHECK(!omni_failed(text) && omni_string_of(text)->length == 2 * DEPTH + 2);
  omni_drop(ctx, text);
  omni_drop(ctx, both[0]);
  omni_drop(ctx, both[1]);
}

/* What has no end runs into the memory limit. */
static void test_print(omni_context *ctx) {
  omni_value last, list = make_cycle(ctx, 3, 1, &last);
  ctx->heap.limit = ctx->heap.live_bytes + 100000;
  uint64_t bytes = ctx->heap.live_bytes;
  CHECK_TEXT(kind_of_failure(ctx, omni_write(ctx, list)), "out-of-memory");
  CHECK(ctx->heap.live_bytes == bytes && ctx->io.standard[OMNI_CURRENT_OUTPUT].size == 0);
  ctx->heap.limit = 0;
  end_cycle(ctx, list, last);
}

int main(void) {
  omni_context *ctx = open_context();
  test_lists(ctx);
  test_equal(ctx);
  test_equal_of_shared_structure(ctx);
  test_deep(ctx);
  test_print(ctx);
  close_context(ctx);
  return 0;
}
