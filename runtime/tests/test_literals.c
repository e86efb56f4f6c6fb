/* The postfix code of literals: what it builds, and that wrong code is refused. */
#include "check.h"

static void test_values(omni_context *ctx) {
  static const struct {
    const char *code;
    const char *text;
  } cases[] = {
      {"i0;", "0"},
      {"i-9223372036854775808;", "-9223372036854775808"},
      {"f3ff8000000000000;", "1.5"},
      {"s3:a\"b", "\"a\\\"b\""},
      {"s2:\xCE\xBB", "\"\xCE\xBB\""},
      {"y5:a|b c", "|a\\|b c|"},
      {"y0:", "||"},
      {"b3:\xFF\x01z", "#u8(255 1 122)"},
      {"b0:", "#u8()"},
      {"y2:42", "|42|"},
      {"c10;", "#\\newline"},
      {"T", "#t"},
      {"F", "#f"},
      {"N", "nothing"},
      {"E", "()"},
      {"i1;i2;i3;l2;", "(1 2 . 3)"},
      {"i1;i2;El1;El2;", "(1 (2))"},
      {"i1;v0;El2;", "(1 #())"},
      {"i1;s1:xEv3;", "#(1 \"x\" ())"},
      {"El0;", "()"},
      {"s1:akr0;El2;", "(\"a\" \"a\")"},
      {"i1;El1;ki2;El1;kr1;r0;El4;", "((1) (2) (2) (1))"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    CHECK_TEXT(text_of(ctx, literal(ctx, cases[i].code)), cases[i].text);
}

static void test_immutable(omni_context *ctx) {
  omni_value list = literal(ctx, "i1;El1;");
  CHECK_TEXT(text_of(ctx, omni_set_car_x(ctx, list, OMNI_NIL)),
             "#<condition immutable-value: set-car!: literal data cannot be changed: (1)>");
  omni_drop(ctx, list);
  omni_value vector = literal(ctx, "i1;v1;");
  CHECK_TEXT(text_of(ctx, omni_vector_set_x(ctx, vector, omni_fixnum(9), OMNI_NIL)),
             "#<condition immutable-value: vector-set!: literal data cannot be changed: #(1)>");
  omni_drop(ctx, vector);
}

/* One symbol per name, whoever asks. */
static void test_interned(omni_context *ctx) {
  omni_value list = literal(ctx, "y1:ay1:aEl2;");
  omni_value a = omni_car(ctx, list), b = omni_cadr(ctx, list);
  CHECK(a == b);
  omni_drop(ctx, a);
  omni_drop(ctx, b);
  omni_drop(ctx, list);
}

/* What was kept is one object wherever it stands. */
static void test_shared(omni_context *ctx) {
  omni_value list = literal(ctx, "i1;El1;kr0;El2;");
  omni_value a = omni_car(ctx, list), b = omni_cadr(ctx, list);
  CHECK(omni_is_object(a) && a == b);
  omni_drop(ctx, a);
  omni_drop(ctx, b);
  omni_drop(ctx, list);
}

static void test_malformed(omni_context *ctx) {
  static const char *const codes[] = {
      "",       "x",         "i;",
      "i1",     "i--1;",     "i9223372036854775808;",
      "i1;i2;", "s5:abc",    "s99999999999999999999:",
      "s:",     "c1114112;", "fg;",
      "l0;",    "i1;l1;",    "i1;v2;",
      "y3",     "El1;",      "i1;i2;El3;",
      "v-1;",   "f",         "b2:a",
      "b",      "v-1;",      "f",
      "k",      "r0;",       "i1;kr1;",
      "i1;kr",
  };
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    omni_literal source = {codes[i], (int)strlen(codes[i])};
    omni_value v;
    CHECK(omni_literal_decode(ctx, &source, &v) == OMNI_MALFORMED);
    CHECK(ctx->raised == OMNI_UNBOUND);
  }
}

/* Nesting costs no C stack. */
static void test_deep(omni_context *ctx) {
  enum { DEEP = 300000 };
  static char code[1 + DEEP * 3];
  code[0] = 'E';
  for (int i = 0; i < DEEP; i++)
    memcpy(code + 1 + i * 3, "v1;", 3);
  omni_literal source = {code, 1 + DEEP * 3};
  omni_value v;
  CHECK(omni_literal_decode(ctx, &source, &v) == OMNI_DECODED);
  omni_drop(ctx, v);
}

int main(void) {
  omni_context *ctx = open_context();
  test_values(ctx);
  test_immutable(ctx);
  test_interned(ctx);
  test_shared(ctx);
  test_malformed(ctx);
  test_deep(ctx);
  close_context(ctx);
  return 0;
}
