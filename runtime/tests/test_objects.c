/* Reference counts, release, closure groups. */
#include "check.h"
#include "procedure.h"

enum { DEEP = 1000000 };

static uint32_t count_of(omni_value v) { return omni_object(v)->count; }

static void test_counts(omni_context *ctx) {
  omni_value pair = omni_cons(ctx, omni_fixnum(1), OMNI_NIL);
  CHECK(count_of(pair) == 1);
  CHECK(omni_dup(pair) == pair && count_of(pair) == 2);
  omni_drop(ctx, pair);
  CHECK(count_of(pair) == 1);
  omni_drop(ctx, pair);
  CHECK(omni_dup(OMNI_TRUE) == OMNI_TRUE); /* immediates have no count */
  omni_drop(ctx, OMNI_TRUE);
}

/* Counts that cannot grow any more stay, and so does the object. */
static void test_immortal(omni_context *ctx) {
  omni_value car = omni_primitive(0);
  for (int i = 0; i < 3; i++)
    omni_drop(ctx, car);
  CHECK(count_of(omni_dup(car)) == OMNI_IMMORTAL);
  omni_value pair = omni_cons(ctx, OMNI_NIL, OMNI_NIL);
  omni_object(pair)->count = OMNI_IMMORTAL - 1;
  omni_dup(pair);
  omni_drop(ctx, pair);
  CHECK(count_of(pair) == OMNI_IMMORTAL);
  omni_object(pair)->count = 1;
  omni_drop(ctx, pair);
}

static omni_value nest_in_cdr(omni_context *ctx, omni_value v) {
  return omni_cons(ctx, omni_fixnum(7), v);
}
static omni_value nest_in_car(omni_context *ctx, omni_value v) {
  return omni_cons(ctx, v, omni_cons(ctx, OMNI_TRUE, OMNI_NIL));
}
static omni_value nest_in_box(omni_context *ctx, omni_value v) { return omni_box_make(ctx, v); }
static omni_value nest_in_vector(omni_context *ctx, omni_value v) {
  omni_value list = omni_cons(ctx, OMNI_NIL, omni_cons(ctx, v, OMNI_NIL));
  omni_value vector = omni_list_to_vector(ctx, list);
  omni_drop(ctx, list);
  return vector;
}
static omni_value nest_in_closure(omni_context *ctx, omni_value v) {
  static const omni_code code = {NULL, "nest", 0, 0, 0};
  static const omni_code *const codes[] = {&code};
  omni_value closure = omni_group_make(ctx, codes, 1, 2);
  omni_capture_init(closure, 0, v);
  omni_capture_init(closure, 1, omni_cons(ctx, OMNI_NIL, OMNI_NIL));
  return closure;
}

static void test_deep_release(omni_context *ctx) {
  omni_value (*const nests[])(omni_context *, omni_value) = {nest_in_cdr, nest_in_car, nest_in_box,
                                                             nest_in_vector, nest_in_closure};
  int kinds = (int)(sizeof nests / sizeof *nests);
  for (int kind = 0; kind <= kinds; kind++) {
    uint64_t before = ctx->heap.live_objects;
    omni_value v = OMNI_NIL;
    /* The last round mixes them. */
    for (int i = 0; i < DEEP; i++)
      v = nests[kind < kinds ? kind : i % kinds](ctx, v);
    CHECK(ctx->heap.live_objects >= before + DEEP);
    omni_drop(ctx, v);
    CHECK(ctx->heap.live_objects == before);
  }
}

/* A dying object releases only what it holds alone. */
static void test_shared_parts(omni_context *ctx) {
  omni_value shared = omni_cons(ctx, omni_fixnum(1), OMNI_NIL);
  omni_value a = omni_cons(ctx, omni_dup(shared), omni_dup(shared));
  omni_value b = omni_cons(ctx, omni_dup(a), omni_dup(shared));
  omni_drop(ctx, a);
  CHECK(count_of(shared) == 4);
  omni_drop(ctx, b);
  CHECK(count_of(shared) == 1);
  CHECK_TEXT(text_of(ctx, shared), "(1)");
}

static void test_groups(omni_context *ctx) {
  static const omni_code even = {NULL, "even", 1, 0, 0}, odd = {NULL, "odd", 1, 0, 0};
  static const omni_code *const codes[] = {&even, &odd};
  omni_value first = omni_group_make(ctx, codes, 2, 1);
  omni_capture_init(first, 0, omni_cons(ctx, omni_fixnum(5), OMNI_NIL));
  omni_value second = omni_sibling(first, 1);
  CHECK(second != first && omni_eq_p(ctx, first, second) == OMNI_FALSE);

  omni_value again = omni_sibling(second, 0);
  CHECK(again == first);
  omni_drop(ctx, again);
  CHECK(omni_procedure_p(ctx, second) == OMNI_TRUE);

  /* The group lives as long as any member is referenced. */
  omni_drop(ctx, first);
  omni_value capture = omni_capture_get(second, 0);
  CHECK_TEXT(text_of(ctx, capture), "(5)");
  CHECK_TEXT(text_of(ctx, second), "#<procedure odd>");
}

static void test_boxes_and_globals(omni_context *ctx) {
  omni_value box = omni_box_make(ctx, OMNI_UNBOUND);
  CHECK_TEXT(text_of(ctx, omni_box_get(ctx, box, "x")),
             "#<condition unbound-variable: x is used before its definition>");
  omni_box_set(ctx, box, omni_cons(ctx, omni_fixnum(1), OMNI_NIL));
  omni_box_set(ctx, box, omni_cons(ctx, omni_fixnum(2), OMNI_NIL));
  CHECK_TEXT(text_of(ctx, omni_box_get(ctx, box, "x")), "(2)");
  omni_drop(ctx, box);

  omni_global global = {OMNI_UNBOUND, "g"};
  CHECK_TEXT(text_of(ctx, omni_global_get(ctx, &global)),
             "#<condition unbound-variable: g is not defined>");
  CHECK_TEXT(text_of(ctx, omni_global_set(ctx, &global, omni_cons(ctx, OMNI_NIL, OMNI_NIL))),
             "#<condition unbound-variable: g is not defined>");
  omni_global_define(ctx, &global, omni_cons(ctx, OMNI_NIL, OMNI_NIL));
  CHECK(omni_global_set(ctx, &global, omni_fixnum(4)) == OMNI_NOTHING);
  CHECK_TEXT(text_of(ctx, omni_global_get(ctx, &global)), "4");
}

/* The table does not keep symbols alive, and finds those that are. */
static void test_symbols(omni_context *ctx) {
  enum { MANY = 1000 };
  static omni_value symbols[MANY];
  uint64_t before = ctx->heap.live_objects;
  for (int i = 0; i < MANY; i++)
    symbols[i] = omni_gensym(ctx);
  CHECK(ctx->symbols.symbol_count == MANY);
  omni_value again = omni_symbol_from_utf8(ctx, "g500", 4);
  CHECK(again == symbols[499]);
  omni_drop(ctx, again);
  for (int i = 0; i < MANY; i++)
    omni_drop(ctx, symbols[i]);
  CHECK(ctx->symbols.symbol_count == 0 && ctx->heap.live_objects == before);
}

int main(void) {
  omni_context *ctx = open_context();
  test_counts(ctx);
  test_immortal(ctx);
  test_deep_release(ctx);
  test_shared_parts(ctx);
  test_groups(ctx);
  test_boxes_and_globals(ctx);
  test_symbols(ctx);
  close_context(ctx);
  return 0;
}
