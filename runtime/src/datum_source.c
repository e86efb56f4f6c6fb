#include "datum_source.h"

#include "condition.h"
#include "datum_token.h"

int omni_datum_fail(omni_context *ctx, const char *what) {
  omni_fail_read(ctx, what);
  return 0;
}

int omni_datum_fail_about(omni_context *ctx, const char *what, omni_borrowed irritant) {
  omni_fail_read_about(ctx, what, irritant);
  return 0;
}

/* ---- characters ---- */

static int look(omni_datum_source *s, uint32_t *code, int consume) {
  uint64_t size;
  omni_input state = omni_port_peek(s->ctx, "read", s->port, code, &size);
  if (state == OMNI_INPUT_ENDED)
    *code = OMNI_NO_CODE;
  else if (state == OMNI_INPUT_READY && consume)
    s->port->at += size;
  return state != OMNI_INPUT_FAILED;
}

int omni_datum_peek(omni_datum_source *s, uint32_t *code) { return look(s, code, 0); }
int omni_datum_next(omni_datum_source *s, uint32_t *code) { return look(s, code, 1); }

/* The next character, which must be there. */
int omni_datum_needed(omni_datum_source *s, uint32_t *code) {
  return omni_datum_next(s, code) &&
         (*code != OMNI_NO_CODE || omni_datum_fail(s->ctx, OMNI_READ_END));
}

/* Read `wanted` if it comes next. */
int omni_datum_skip(omni_datum_source *s, uint32_t wanted, int *skipped) {
  uint32_t code;
  if (!omni_datum_peek(s, &code))
    return 0;
  *skipped = code == wanted;
  return !*skipped || omni_datum_next(s, &code);
}

static int is_delimiter(uint32_t code) {
  return code == OMNI_NO_CODE || omni_is_white_space(code) || omni_is_one_of(code, "()[]{}\";'`,|");
}

/* The string of what was begun in `text` and what follows up to a delimiter. */
omni_result omni_datum_token(omni_datum_source *s, omni_text *text) {
  uint32_t code = 0;
  while (!text->failed && omni_datum_peek(s, &code) && !is_delimiter(code)) {
    omni_text_code(text, code);
    omni_datum_next(s, &code);
  }
  return is_delimiter(code) ? omni_text_to_string(text) : OMNI_FAILED;
}

omni_result omni_datum_token_from(omni_datum_source *s, uint32_t start) {
  omni_text text;
  omni_text_begin(s->ctx, &text);
  omni_text_code(&text, start);
  omni_result result = omni_datum_token(s, &text);
  omni_text_end(&text);
  return result;
}

/* ---- strings and symbols between bars ---- */

/* The next character of a text, a line end as a newline. */
static int in_text(omni_datum_source *s, uint32_t *code) {
  uint32_t following;
  if (!omni_datum_needed(s, code))
    return 0;
  if (*code != '\r')
    return 1;
  return omni_datum_peek(s, &following) && (following != '\n' || omni_datum_next(s, code));
}

static int hex_escape(omni_datum_source *s, omni_text *text, uint32_t letter) {
  omni_text digits;
  uint32_t code;
  int done, closed = 0;
  omni_text_begin(s->ctx, &digits);
  while ((done = omni_datum_peek(s, &code) && !digits.failed) && code != OMNI_NO_CODE &&
         omni_hex_digit(code) >= 0) {
    omni_text_code(&digits, code);
    omni_datum_next(s, &code);
  }
  if (done && digits.size > 0)
    done = omni_datum_skip(s, ';', &closed);
  if (done && !closed)
    done = omni_datum_fail_about(s->ctx, OMNI_READ_ESCAPE, omni_character(letter));
  omni_result string = done ? omni_text_to_string(&digits) : OMNI_FAILED;
  omni_text_end(&digits);
  if (omni_failed(string))
    return 0;
  omni_result scalar = omni_datum_scalar(s->ctx, string);
  omni_drop(s->ctx, string);
  if (omni_failed(scalar))
    return 0;
  omni_text_code(text, omni_character_code(scalar));
  return 1;
}

/* The line end after a backslash and the white space around it, which starts with `code`. */
static int line_end(omni_datum_source *s, uint32_t code) {
  uint32_t first = code;
  while (omni_is_one_of(code, " \t"))
    if (!in_text(s, &code))
      return 0;
  if (code != '\n')
    return omni_datum_fail_about(s->ctx, OMNI_READ_ESCAPE, omni_character(first));
  while (omni_datum_peek(s, &code)) {
    if (!omni_is_one_of(code, " \t"))
      return 1;
    omni_datum_next(s, &code);
  }
  return 0;
}

static int escape(omni_datum_source *s, omni_text *text) {
  static const char plain[] = "a\ab\bt\tn\nr\r\"\"\\\\||";
  uint32_t code;
  if (!in_text(s, &code))
    return 0;
  if (omni_is_one_of(code, "xX"))
    return hex_escape(s, text, code);
  if (omni_is_one_of(code, " \t\n"))
    return line_end(s, code);
  for (const char *c = plain; *c != '\0'; c += 2) {
    if (code != (uint32_t)(unsigned char)*c)
      continue;
    omni_text_bytes(text, c + 1, 1);
    return 1;
  }
  return omni_datum_fail_about(s->ctx, OMNI_READ_ESCAPE, omni_character(code));
}

/* The text up to the character `end`, which is read, too. */
int omni_datum_quoted(omni_datum_source *s, omni_text *text, uint32_t end) {
  uint32_t code;
  while (!text->failed && in_text(s, &code)) {
    if (code == end)
      return 1;
    if (code != '\\')
      omni_text_code(text, code);
    else if (!escape(s, text))
      return 0;
  }
  return 0;
}
