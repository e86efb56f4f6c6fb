/* Calls of every shape, tail calls, errors of calls. */
#include "check.h"
#include "procedure.h"

enum { MANY_CALLS = 10000000, LONG_LIST = 100000 };

/* ---- procedures as the compiler would emit them ---- */

static omni_value closure(omni_context *ctx, const omni_code *code) {
  const omni_code *const codes[] = {code};
  return omni_group_make(ctx, codes, 1, 0);
}

/* (lambda (a b) (- a b)) */
static omni_pending minus(omni_context *ctx, omni_owned self, omni_owned a, omni_owned b) {
  omni_result result = omni_subtract(ctx, a, b);
  omni_drop(ctx, self);
  omni_drop(ctx, a);
  omni_drop(ctx, b);
  return result;
}
static const omni_code minus_code = {(omni_entry)minus, "minus", 2, 0, 0};

/* (lambda (a . rest) (cons rest a)) */
static omni_pending swapped(omni_context *ctx, omni_owned self, omni_owned a, omni_owned rest) {
  omni_drop(ctx, self);
  return omni_cons(ctx, rest, a);
}
static const omni_code swapped_code = {(omni_entry)swapped, "", 1, 1, 0};

/* (lambda args args) with nine required parameters: all in one list */
static omni_pending packed(omni_context *ctx, omni_owned self, omni_owned list) {
  omni_drop(ctx, self);
  return omni_finish(ctx, list);
}
static const omni_code packed_code = {(omni_entry)packed, "nine", 9, 0, 1};
static const omni_code packed_rest_code = {(omni_entry)packed, "nine+", 9, 1, 1};

/* Eight parameters and a rest list: the most that a C function takes. */
static omni_pending widest(omni_context *ctx, omni_owned self, omni_owned a, omni_owned b,
                           omni_owned c, omni_owned d, omni_owned e, omni_owned f, omni_owned g,
                           omni_owned h, omni_owned rest) {
  omni_drop(ctx, self);
  const omni_owned args[] = {a, b, c, d, e, f, g, h};
  for (int i = 7; i >= 0; i--)
    rest = omni_cons(ctx, args[i], rest);
  return rest;
}
static const omni_code widest_code = {(omni_entry)widest, "widest", 8, 1, 0};

/* Two procedures that call one another in tail position: (even n), (odd n). */
static omni_pending step(omni_context *ctx, omni_owned self, omni_owned n, int sibling,
                         omni_value at_zero) {
  if (n == omni_fixnum(0)) {
    omni_drop(ctx, self);
    return at_zero;
  }
  omni_result less = omni_subtract(ctx, n, omni_fixnum(1));
  omni_value other = omni_sibling(self, sibling);
  omni_drop(ctx, self);
  return omni_tail1(ctx, other, less);
}
static omni_pending even(omni_context *ctx, omni_owned self, omni_owned n) {
  return step(ctx, self, n, 1, OMNI_TRUE);
}
static omni_pending odd(omni_context *ctx, omni_owned self, omni_owned n) {
  return step(ctx, self, n, 0, OMNI_FALSE);
}
static const omni_code even_code = {(omni_entry)even, "even", 1, 0, 0};
static const omni_code odd_code = {(omni_entry)odd, "odd", 1, 0, 0};

static omni_value primitive_named(const char *name) {
  for (int i = 0; i < omni_primitive_count; i++)
    if (strcmp(omni_primitives[i].name, name) == 0)
      return omni_primitive(i);
  CHECK(!"a primitive of that name");
  return OMNI_NOTHING;
}

/* ---- tests ---- */

static void test_fixed(omni_context *ctx) {
  omni_value f = closure(ctx, &minus_code);
  CHECK_TEXT(text_of(ctx, omni_call2(ctx, omni_dup(f), omni_fixnum(5), omni_fixnum(3))), "2");
  CHECK_TEXT(text_of(ctx, omni_call_list(ctx, omni_dup(f), literal(ctx, "i5;i3;El2;"))), "2");
  omni_pending p = omni_tail2(ctx, omni_dup(f), omni_fixnum(9), omni_fixnum(1));
  CHECK(p == OMNI_TAIL);
  CHECK_TEXT(text_of(ctx, omni_finish(ctx, p)), "8");
  omni_drop(ctx, f);
}

static void test_rest(omni_context *ctx) {
  omni_value f = closure(ctx, &swapped_code);
  CHECK_TEXT(text_of(ctx, omni_call1(ctx, omni_dup(f), omni_fixnum(1))), "(() . 1)");
  CHECK_TEXT(text_of(ctx, omni_call4(ctx, omni_dup(f), omni_fixnum(1), omni_fixnum(2),
                                     omni_fixnum(3), omni_fixnum(4))),
             "((2 3 4) . 1)");
  /* The rest list is fresh: the program may change it, whatever it was applied to. */
  omni_value result = omni_call_list(ctx, omni_dup(f), literal(ctx, "i1;i2;El2;"));
  omni_value rest = omni_car(ctx, result);
  CHECK(omni_set_car_x(ctx, rest, omni_fixnum(8)) == OMNI_NOTHING);
  CHECK_TEXT(text_of(ctx, rest), "(8)");
  omni_drop(ctx, result);
  omni_drop(ctx, f);
}

static void test_many_parameters(omni_context *ctx) {
  const char *nine = "i1;i2;i3;i4;i5;i6;i7;i8;i9;El9;",
             *ten = "i1;i2;i3;i4;i5;i6;i7;i8;i9;i10;El10;";
  omni_value f = closure(ctx, &packed_code);
  CHECK_TEXT(text_of(ctx, omni_call_list(ctx, omni_dup(f), literal(ctx, nine))),
             "(1 2 3 4 5 6 7 8 9)");
  CHECK_TEXT(text_of(ctx, omni_call_list(ctx, f, literal(ctx, ten))),
             "#<condition arity-error: nine: expected 9 arguments, got 10>");
  f = closure(ctx, &packed_rest_code);
  CHECK_TEXT(text_of(ctx, omni_call_list(ctx, omni_dup(f), literal(ctx, ten))),
             "(1 2 3 4 5 6 7 8 9 10)");
  CHECK_TEXT(text_of(ctx, omni_call0(ctx, f)),
             "#<condition arity-error: nine+: expected at least 9 arguments, got 0>");
  f = closure(ctx, &widest_code);
  CHECK_TEXT(text_of(ctx, omni_call_list(ctx, f, literal(ctx, ten))), "(1 2 3 4 5 6 7 8 9 10)");
}

static void test_errors(omni_context *ctx) {
  omni_value pair = literal(ctx, "i1;i2;l1;");
  CHECK_TEXT(text_of(ctx, omni_call1(ctx, pair, omni_fixnum(2))),
             "#<condition type-error: call: expected a procedure: (1 . 2)>");
  CHECK_TEXT(text_of(ctx, omni_call1(ctx, closure(ctx, &minus_code), OMNI_NIL)),
             "#<condition arity-error: minus: expected 2 arguments, got 1>");
  CHECK_TEXT(text_of(ctx, omni_call0(ctx, closure(ctx, &swapped_code))),
             "#<condition arity-error: procedure: expected at least 1 argument, got 0>");
  CHECK_TEXT(text_of(ctx, omni_call0(ctx, primitive_named("car"))),
             "#<condition arity-error: car: expected 1 argument, got 0>");
  CHECK_TEXT(text_of(ctx, omni_call0(ctx, primitive_named("make-string"))),
             "#<condition arity-error: make-string: expected 1 to 2 arguments, got 0>");
  CHECK_TEXT(text_of(ctx, omni_call1(ctx, primitive_named("car"), omni_fixnum(1))),
             "#<condition type-error: car: expected a pair: 1>");
}

static void test_tail_calls(omni_context *ctx) {
  static const omni_code *const codes[] = {&even_code, &odd_code};
  omni_value f = omni_group_make(ctx, codes, 2, 0);
  CHECK_TEXT(text_of(ctx, omni_call1(ctx, f, omni_fixnum(MANY_CALLS))), "#t");
}

static void test_apply(omni_context *ctx) {
  omni_value apply = primitive_named("apply"), plus = primitive_named("+");
  CHECK_TEXT(text_of(ctx, omni_call3(ctx, apply, plus, omni_fixnum(1), literal(ctx, "i2;El1;"))),
             "3");
  CHECK_TEXT(text_of(ctx, omni_call2(ctx, apply, plus, literal(ctx, "i2;i3;l1;"))),
             "#<condition type-error: apply: expected a list: (2 . 3)>");
  CHECK_TEXT(text_of(ctx, omni_call2(ctx, apply, omni_fixnum(1), OMNI_NIL)),
             "#<condition type-error: apply: expected a procedure: 1>");
  /* apply through apply: the calls are made one after the other. */
  omni_value args = omni_cons(ctx, plus, omni_cons(ctx, literal(ctx, "i1;i2;El2;"), OMNI_NIL));
  CHECK_TEXT(text_of(ctx, omni_call2(ctx, apply, apply, args)), "3");

  omni_value list = OMNI_NIL;
  for (int i = 0; i < LONG_LIST; i++)
    list = omni_cons(ctx, omni_fixnum(1), list);
  CHECK_TEXT(text_of(ctx, omni_call2(ctx, apply, plus, omni_dup(list))), "100000");
  omni_result result = omni_call_list(ctx, closure(ctx, &swapped_code), list);
  omni_value rest = omni_car(ctx, result);
  CHECK_TEXT(text_of(ctx, omni_length(ctx, rest)), "99999");
  omni_drop(ctx, rest);
  omni_drop(ctx, result);
}

#ifdef OMNI_DEBUG
/* Every way in which a call can run out of memory leaves nothing behind. */
static void test_allocation_failure(omni_context *ctx) {
  omni_value list = literal(ctx, "i1;i2;i3;i4;i5;i6;i7;i8;i9;i10;El10;");
  const omni_code *codes[] = {&swapped_code, &packed_rest_code, &widest_code, &minus_code};
  uint64_t before = ctx->heap.live_objects, bytes = ctx->heap.live_bytes;
  for (int i = 0; i < 4; i++) {
    int out_of_memory = 1;
    for (uint64_t n = 1; out_of_memory; n++) {
      omni_heap_arm(ctx, n);
      omni_result result = closure(ctx, codes[i]);
      if (!omni_failed(result))
        result = omni_call_list(ctx, result, omni_dup(list));
      omni_heap_arm(ctx, 0);
      out_of_memory = ctx->raised == ctx->out_of_memory;
      omni_drop(ctx, omni_failed(result) ? omni_catch(ctx) : result);
      CHECK(ctx->heap.live_objects == before && ctx->heap.live_bytes == bytes);
    }
  }
  omni_drop(ctx, list);
}
#endif

int main(void) {
  omni_context *ctx = open_context();
  test_fixed(ctx);
  test_rest(ctx);
  test_many_parameters(ctx);
  test_errors(ctx);
  test_tail_calls(ctx);
  test_apply(ctx);
#ifdef OMNI_DEBUG
  test_allocation_failure(ctx);
#endif
  close_context(ctx);
  return 0;
}
