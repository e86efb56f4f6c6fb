/* Strings and bytevectors that change: every reference to one sees it, copies do not. */
#include "check.h"
#include "string_object.h"
#include "symbol.h"
#include "variadic.h"

static omni_value string_of(omni_context *ctx, const char *text) {
  omni_value v = omni_string_from_utf8(ctx, text, strlen(text));
  CHECK(!omni_failed(v));
  return v;
}

static void test_aliases_of_strings(omni_context *ctx) {
  omni_value string = string_of(ctx, "abc");
  omni_value holder = omni_vector_n(ctx, 2, (const omni_borrowed[]){string, string});
  omni_value symbol = omni_string_to_symbol(ctx, string);
  omni_value copy = omni_string_copy_n(ctx, 1, &string);
  CHECK(omni_string_set_x(ctx, string, omni_fixnum(0), omni_character(0x3BB)) == OMNI_NOTHING);
  CHECK(omni_string_ref(ctx, string, omni_fixnum(0)) == omni_character(0x3BB));
  CHECK_TEXT(text_of(ctx, holder), "#(\"\xCE\xBB"
                                   "bc\" \"\xCE\xBB"
                                   "bc\")");
  CHECK_TEXT(text_of(ctx, symbol), "abc");
  CHECK_TEXT(text_of(ctx, copy), "\"abc\"");
  omni_drop(ctx, string);
}

static void test_aliases_of_bytevectors(omni_context *ctx) {
  omni_value bytes = omni_make_bytevector_n(ctx, 1, (const omni_borrowed[]){omni_fixnum(2)});
  omni_value holder = omni_vector_n(ctx, 2, (const omni_borrowed[]){bytes, bytes});
  omni_value copy = omni_bytevector_copy_n(ctx, 1, &bytes);
  CHECK(omni_bytevector_u8_set_x(ctx, bytes, omni_fixnum(1), omni_fixnum(255)) == OMNI_NOTHING);
  CHECK_TEXT(text_of(ctx, holder), "#(#u8(0 255) #u8(0 255))");
  CHECK_TEXT(text_of(ctx, copy), "#u8(0 0)");
  omni_drop(ctx, bytes);
}

/* The message of a condition is what the string was when the error was raised. */
static void test_messages_stay(omni_context *ctx) {
  omni_value message = string_of(ctx, "before");
  CHECK(omni_failed(omni_error_n(ctx, 1, &message)));
  omni_value condition = omni_catch(ctx);
  omni_value told = omni_error_object_message(ctx, condition);
  CHECK(omni_string_set_x(ctx, message, omni_fixnum(0), omni_character('X')) == OMNI_NOTHING);
  CHECK(omni_string_set_x(ctx, told, omni_fixnum(0), omni_character('Y')) == OMNI_NOTHING);
  CHECK_TEXT(text_of(ctx, condition), "#<condition user-error: before>");
  omni_drop(ctx, message);
  omni_drop(ctx, told);
}

/* Parts are copied as if all at once, in either direction. */
static void test_overlapping_copies(omni_context *ctx) {
  static const struct {
    int at, start, end;
    const char *text;
  } cases[] = {{0, 1, 5, "\"bcdee\""}, {1, 0, 4, "\"aabcd\""}, {2, 2, 5, "\"abcde\""}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    omni_value string = string_of(ctx, "abcde");
    const omni_borrowed arguments[] = {string, omni_fixnum(cases[i].at), string,
                                       omni_fixnum(cases[i].start), omni_fixnum(cases[i].end)};
    CHECK(omni_string_copy_x_n(ctx, 5, arguments) == OMNI_NOTHING);
    CHECK_TEXT(text_of(ctx, string), cases[i].text);
  }
}

static void test_literals_refuse(omni_context *ctx) {
  omni_value string = literal(ctx, "s2:ab"), bytes = literal(ctx, "b1:a");
  CHECK_TEXT(text_of(ctx, omni_string_set_x(ctx, string, omni_fixnum(9), omni_character('x'))),
             "#<condition immutable-value: string-set!: literal data cannot be changed: \"ab\">");
  CHECK_TEXT(
      text_of(ctx, omni_bytevector_u8_set_x(ctx, bytes, omni_fixnum(9), omni_fixnum(1))),
      "#<condition immutable-value: bytevector-u8-set!: literal data cannot be changed: #u8(97)>");
  omni_drop(ctx, string);
  omni_drop(ctx, bytes);
}

int main(void) {
  omni_context *ctx = open_context();
  test_aliases_of_strings(ctx);
  test_aliases_of_bytevectors(ctx);
  test_messages_stay(ctx);
  test_overlapping_copies(ctx);
  test_literals_refuse(ctx);
  close_context(ctx);
  return 0;
}
