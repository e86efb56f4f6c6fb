/* The macros of omni_macros.h mean what the functions of omni.h mean. */
#include "check.h"

/* What the functions say: a name in parentheses is no macro. */
static omni_value fixnum(int64_t n) { return (omni_fixnum)(n); }
static omni_value character(uint32_t code) { return (omni_character)(code); }
static int truthy(omni_value v) { return (omni_truthy)(v); }
static int falsy(omni_value v) { return (omni_falsy)(v); }
static int failed(omni_value v) { return (omni_failed)(v); }
static int is_state(int state, int n) { return (omni_is_state)(state, n); }

static void test_numbers(void) {
  const int64_t numbers[] = {0, 1, -1, INT64_C(4611686018427387903), INT64_C(-4611686018427387904)};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    CHECK(omni_fixnum(numbers[i]) == fixnum(numbers[i]));
  CHECK(omni_fixnum(2 - 3) == fixnum(2 - 3));
  const uint32_t codes[] = {0, 'a', 0x10FFFF};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    CHECK(omni_character(codes[i]) == character(codes[i]));
}

static void test_words(omni_context *ctx) {
  omni_value pair = omni_cons(ctx, OMNI_NIL, OMNI_NIL);
  CHECK(!omni_failed(pair));
  const omni_value words[] = {OMNI_FALSE,   OMNI_TRUE,    OMNI_NOTHING,      OMNI_NIL,
                              OMNI_EOF,     OMNI_FAILED,  OMNI_TAIL,         OMNI_UNBOUND,
                              fixnum(0),    fixnum(5),    fixnum(256),       fixnum(261),
                              character(0), character(2), character(0x20A0), pair};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    CHECK(omni_truthy(words[i]) == truthy(words[i]));
    CHECK(omni_falsy(words[i]) == falsy(words[i]) && falsy(words[i]) == !truthy(words[i]));
    CHECK(omni_failed(words[i]) == failed(words[i]));
  }
  omni_drop(ctx, pair);
}

static void test_arguments_are_evaluated_once(void) {
  int64_t n = 1;
  CHECK(omni_fixnum(n++) == fixnum(1) && n == 2);
  CHECK(omni_truthy(fixnum(n++)) && n == 3);
  CHECK(!omni_falsy(fixnum(n++)) && n == 4);
  for (int state = 0; state < 3; state++)
    CHECK(omni_is_state(state, 1) == is_state(state, 1));
}

int main(void) {
  omni_context *ctx = open_context();
  test_numbers();
  test_words(ctx);
  test_arguments_are_evaluated_once();
  close_context(ctx);
  return 0;
}
