/* unicode_driver.c: what the runtime knows about each scalar value, for comparison with the reference
 * interpreter.
 *
 * One line for each that is in some class or has some mapping: the code point in hexadecimal; the letters A, U, L
 * and W of the classes alphabetic, upper case, lower case and white space, after a colon; the digit value or a
 * hyphen; the simple upper-case, lower-case and folded character; and the same three in full, their characters
 * joined by plus signs. */
#include "check.h"
#include "unicode.h"

static const char *classes_of(uint32_t code) {
  static char letters[6];
  snprintf(letters, sizeof letters, ":%s%s%s%s", omni_code_is_alphabetic(code) ? "A" : "",
           omni_code_is_upper_case(code) ? "U" : "", omni_code_is_lower_case(code) ? "L" : "",
           omni_code_is_white_space(code) ? "W" : "");
  return letters;
}

/* Whether the full mapping changes the character. */
static int changes(uint32_t code, omni_full_mapping *map) {
  uint32_t mapped[OMNI_EXPANSION_MAX];
  return map(code, mapped) != 1 || mapped[0] != code;
}

static void print_full(uint32_t code, omni_full_mapping *map) {
  uint32_t mapped[OMNI_EXPANSION_MAX];
  int count = map(code, mapped);
  CHECK(count >= 1 && count <= OMNI_EXPANSION_MAX);
  for (int i = 0; i < count; i++)
    printf(i == 0 ? " %lx" : "+%lx", (unsigned long)mapped[i]);
}

static void print_line(uint32_t code) {
  const char *classes = classes_of(code);
  uint32_t up = omni_code_upcase(code), down = omni_code_downcase(code);
  uint32_t fold = omni_code_foldcase(code);
  int digit = omni_code_digit(code);
  if (classes[1] == '\0' && digit < 0 && up == code && down == code && fold == code &&
      !changes(code, omni_code_upcase_full) && !changes(code, omni_code_downcase_full) &&
      !changes(code, omni_code_foldcase_full))
    return;
  printf("%lx %s %c %lx %lx %lx", (unsigned long)code, classes, digit < 0 ? '-' : '0' + digit,
         (unsigned long)up, (unsigned long)down, (unsigned long)fold);
  print_full(code, omni_code_upcase_full);
  print_full(code, omni_code_downcase_full);
  print_full(code, omni_code_foldcase_full);
  printf("\n");
}

int main(void) {
  for (uint32_t code = 0; code <= 0x10FFFF; code++)
    if (code < 0xD800 || code > 0xDFFF)
      print_line(code);
  return 0;
}
