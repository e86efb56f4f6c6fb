/* Hash tables: growth, order, deleted entries, and who holds what. What they mean is compared with the reference
 * interpreter elsewhere. */
#include "check.h"

enum { MANY = 100000 };

static void set(omni_context *ctx, omni_value table, int64_t key, int64_t value) {
  CHECK(omni_hash_set_x(ctx, table, omni_fixnum(key), omni_fixnum(value)) == OMNI_NOTHING);
}

static void test_growth(omni_context *ctx) {
  omni_result table = omni_make_eqv_hash_table(ctx);
  for (int i = 0; i < MANY; i++)
    set(ctx, table, i, -i);
  CHECK(omni_hash_count(ctx, table) == omni_fixnum(MANY));
  for (int i = 0; i < MANY; i++)
    CHECK(omni_hash_ref(ctx, table, omni_fixnum(i)) == omni_fixnum(-i));
  CHECK(omni_hash_has_key_p(ctx, table, omni_fixnum(MANY)) == OMNI_FALSE);
  omni_drop(ctx, table);
}

/* The room that deleted entries take is used again: a table of bounded size has bounded storage. */
static void test_a_queue_does_not_grow(omni_context *ctx) {
  enum { LENGTH = 100 };
  omni_result table = omni_make_hash_table(ctx);
  for (int i = 0; i < MANY; i++) {
    set(ctx, table, i, i);
    if (i >= LENGTH)
      CHECK(omni_hash_delete_x(ctx, table, omni_fixnum(i - LENGTH)) == OMNI_NOTHING);
  }
  CHECK(omni_table_of(table)->live == LENGTH && omni_table_of(table)->capacity <= 4 * LENGTH);
  omni_result keys = omni_hash_keys(ctx, table);
  int64_t expected = MANY - LENGTH;
  for (omni_value v = keys; v != OMNI_NIL; v = omni_cdr_of(v))
    CHECK(omni_car_of(v) == omni_fixnum(expected++));
  CHECK(expected == MANY);
  omni_drop(ctx, keys);
  omni_drop(ctx, table);
}

/* A table holds one reference to each key and value, and none to what was deleted or replaced. */
static void test_references(omni_context *ctx) {
  omni_result table = omni_make_hash_table(ctx);
  omni_value key = omni_cons(ctx, omni_fixnum(1), OMNI_NIL),
             same = omni_cons(ctx, omni_fixnum(1), OMNI_NIL);
  uint64_t before = ctx->heap.live_objects;
  omni_hash_set_x(ctx, table, omni_dup(key), omni_cons(ctx, OMNI_NIL, OMNI_NIL));
  CHECK(omni_object(key)->count == 2 && ctx->heap.live_objects == before + 2);
  omni_hash_set_x(ctx, table, omni_dup(same), omni_dup(key));
  CHECK(omni_object(key)->count == 3 && omni_object(same)->count == 1);
  CHECK(ctx->heap.live_objects == before + 1);
  omni_result copy = omni_hash_copy(ctx, table);
  CHECK(omni_object(key)->count == 5);
  omni_hash_delete_x(ctx, table, same);
  CHECK(omni_object(key)->count == 3);
  omni_hash_clear_x(ctx, copy);
  CHECK(omni_object(key)->count == 1 && omni_hash_count(ctx, copy) == omni_fixnum(0));
  set(ctx, copy, 1, 2);
  CHECK_TEXT(text_of(ctx, omni_hash_to_list(ctx, copy)), "((1 . 2))");
  omni_drop(ctx, copy);
  omni_drop(ctx, table);
  omni_drop(ctx, key);
  omni_drop(ctx, same);
}

/* Tables in tables in tables are released in constant C stack. */
static void test_deep_release(omni_context *ctx) {
  uint64_t before = ctx->heap.live_objects;
  omni_value v = OMNI_NIL;
  for (int i = 0; i < MANY; i++) {
    omni_result table = omni_make_hash_table(ctx);
    CHECK(omni_hash_set_x(ctx, table, omni_fixnum(i), v) == OMNI_NOTHING);
    v = table;
  }
  CHECK(ctx->heap.live_objects >= before + MANY);
  omni_drop(ctx, v);
  CHECK(ctx->heap.live_objects == before);
}

/* Keys that are equal to nobody's eye but equal?'s: all in one table, each found again. */
static void test_long_keys(omni_context *ctx) {
  enum { LENGTH = 200, KEYS = 50 };
  omni_result table = omni_make_hash_table(ctx);
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < KEYS; i++) {
      omni_value key =
          OMNI_NIL; /* they differ in their last element only, far behind what is hashed */
      for (int j = LENGTH; j > 0; j--)
        key = omni_cons(ctx, omni_fixnum(j == LENGTH ? i : 0), key);
      if (round == 0)
        CHECK(omni_hash_set_x(ctx, table, omni_dup(key), omni_fixnum(i)) == OMNI_NOTHING);
      CHECK(omni_hash_ref(ctx, table, key) == omni_fixnum(i));
      omni_drop(ctx, key);
    }
  }
  CHECK(omni_hash_count(ctx, table) == omni_fixnum(KEYS));
  omni_drop(ctx, table);
}

int main(void) {
  omni_context *ctx = open_context();
  test_growth(ctx);
  test_a_queue_does_not_grow(ctx);
  test_references(ctx);
  test_deep_release(ctx);
  test_long_keys(ctx);
  close_context(ctx);
  return 0;
}
