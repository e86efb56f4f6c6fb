/* Cyclic data: nothing that looks at it may run for ever or out of stack. Counts cannot free cycles, so the
 * tests take them apart again. */
#include "check.h"
#include "vector.h"

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

/* The kind of a failure, which is cleared. */
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
    CHECK_TEXT(kind_of_failure(ctx, omni_list_copy(ctx, list)), "type-error");
    omni_result far = omni_list_ref(ctx, list, omni_fixnum((int64_t)1 << 60));
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

/* Cycles whose lengths have no factor in common: no two pairs meet again before all have met all. */
static void test_equal_of_long_cycles(omni_context *ctx) {
  omni_value last_a, last_b;
  omni_value a = make_cycle(ctx, LENGTH, 0, &last_a), b = make_cycle(ctx, LENGTH - 1, 0, &last_b);
  CHECK(omni_equal_p(ctx, a, b) == OMNI_TRUE);
  omni_set_car_x(ctx, last_b, OMNI_NIL);
  CHECK(omni_equal_p(ctx, a, b) == OMNI_FALSE);
  end_cycle(ctx, a, last_a);
  end_cycle(ctx, b, last_b);
}

/* Vectors of WIDTH references to one vector of WIDTH references to one ...: wide and shared. */
static void test_equal_of_wide_structure(omni_context *ctx) {
  enum { WIDTH = 20000, LEVELS = 10 };
  omni_value both[2];
  for (int i = 0; i < 2; i++) {
    both[i] = OMNI_NIL;
    for (int j = 0; j < LEVELS; j++) {
      omni_value wide = omni_vector_make(ctx, WIDTH, both[i]);
      omni_drop(ctx, both[i]);
      both[i] = wide;
    }
  }
  CHECK(omni_equal_p(ctx, both[0], both[1]) == OMNI_TRUE);
  omni_drop(ctx, both[0]);
  omni_drop(ctx, both[1]);
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

/* A labelled text is as long as the data; only without labels there is no end to it. */
static void test_print(omni_context *ctx) {
  omni_value last, list = make_cycle(ctx, 3, 1, &last);
  CHECK_TEXT(text_of(ctx, omni_dup(list)), "(1 . #0=(1 1 . #0#))");
  ctx->heap.limit = ctx->heap.live_bytes + 100000;
  uint64_t bytes = ctx->heap.live_bytes;
  CHECK_TEXT(kind_of_failure(ctx, omni_write_simple(ctx, list)), "out-of-memory");
  CHECK(ctx->heap.live_bytes == bytes && ctx->io.standard[OMNI_CURRENT_OUTPUT].size == 0);
  ctx->heap.limit = 0;
  end_cycle(ctx, list, last);

  list = make_cycle(ctx, LENGTH, 0, &last);
  omni_result text = omni_written(ctx, list);
  CHECK(!omni_failed(text) && omni_string_of(text)->length == 2 * LENGTH + strlen("#0=(. #0#)"));
  omni_drop(ctx, text);
  end_cycle(ctx, list, last);
}

/* Data far deeper than any C stack, with a cycle at the bottom. */
static void test_print_deep_cycle(omni_context *ctx) {
  enum { DEPTH = 300000 };
  omni_value last, deep = make_cycle(ctx, 1, 0, &last);
  for (int i = 0; i < DEPTH; i++)
    deep = omni_cons(ctx, deep, OMNI_NIL);
  omni_result text = omni_written(ctx, deep);
  CHECK(!omni_failed(text) && omni_string_of(text)->length == 2 * DEPTH + strlen("#0=(1 . #0#)"));
  omni_drop(ctx, text);
  omni_set_cdr_x(ctx, last, OMNI_NIL);
  omni_drop(ctx, deep);
}

/* A table may be its own key and value; a key may contain the table, and itself. */
static void test_tables(omni_context *ctx) {
  omni_value last, key = make_cycle(ctx, 3, 0, &last);
  omni_result table = omni_make_hash_table(ctx);
  CHECK(omni_hash_set_x(ctx, table, omni_dup(table), omni_dup(table)) == OMNI_NOTHING);
  CHECK(omni_hash_set_x(ctx, table, omni_dup(key), omni_dup(table)) == OMNI_NOTHING);
  omni_value last_of_other, other = make_cycle(ctx, 5, 2, &last_of_other);
  omni_result found = omni_hash_ref(ctx, table, other); /* equal?: ones without end */
  CHECK(found == table);
  omni_drop(ctx, found);
  CHECK_TEXT(text_of(ctx, omni_dup(table)), "#<hash-table 2>");
  omni_hash_clear_x(ctx, table);
  omni_drop(ctx, table);
  end_cycle(ctx, key, last);
  end_cycle(ctx, other, last_of_other);
}

int main(void) {
  omni_context *ctx = open_context();
  test_lists(ctx);
  test_equal(ctx);
  test_equal_of_long_cycles(ctx);
  test_equal_of_wide_structure(ctx);
  test_equal_of_shared_structure(ctx);
  test_deep(ctx);
  test_print(ctx);
  test_print_deep_cycle(ctx);
  test_tables(ctx);
  close_context(ctx);
  return 0;
}
