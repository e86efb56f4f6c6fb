#include "print.h"

#include "character.h"
#include "condition.h"
#include "number.h"
#include "number_text.h"
#include "procedure.h"
#include "words.h"

#include <stddef.h>

/* ---- characters of strings, symbols and characters ---- */

static void append_hex(omni_text *text, uint32_t code) {
  omni_text_string(text, "x");
  omni_text_integer(text, (int64_t)code, 16);
}

/* A character of a string or symbol that stands between `quote`s. */
static void append_escaped(omni_text *text, uint32_t code, uint32_t quote) {
  static const char letters[] = "\\\\\nn\tt\rr\aa\bb";
  if (code == quote) {
    omni_text_string(text, "\\");
    omni_text_code(text, code);
    return;
  }
  for (const char *c = letters; *c != '\0'; c += 2) {
    if (code != (uint32_t)(unsigned char)*c)
      continue;
    omni_text_string(text, "\\");
    omni_text_bytes(text, c + 1, 1);
    return;
  }
  if (code >= 0x20 && (code < 0x7F || code > 0x9F)) {
    omni_text_code(text, code);
    return;
  }
  omni_text_string(text, "\\");
  append_hex(text, code);
  omni_text_string(text, ";");
}

static void append_quoted(omni_text *text, const uint32_t *codes, uint64_t length, char quote) {
  omni_text_bytes(text, &quote, 1);
  for (uint64_t i = 0; i < length; i++)
    append_escaped(text, codes[i], (uint32_t)quote);
  omni_text_bytes(text, &quote, 1);
}

int omni_is_symbol_code(uint32_t code) {
  static const char others[] = "!$%&*/:<=>?^_~+.@-";
  if ((code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z'))
    return 1;
  if ((code >= '0' && code <= '9') || code >= 0xA0)
    return 1;
  for (const char *c = others; *c != '\0'; c++)
    if (code == (uint32_t)*c)
      return 1;
  return 0;
}

/* Whether a symbol reads back without bars. */
static int is_bare(const omni_symbol *symbol) {
  if (symbol->length == 0 || (symbol->length == 1 && symbol->codes[0] == '.'))
    return 0;
  for (uint32_t i = 0; i < symbol->length; i++)
    if (!omni_is_symbol_code(symbol->codes[i]))
      return 0;
  return omni_numeral_read(symbol->codes, symbol->length, 10).kind == OMNI_NOT_A_NUMERAL;
}

static void append_character(omni_text *text, uint32_t code) {
  const char *name = omni_code_name(code);
  omni_text_string(text, "#\\");
  if (name != NULL)
    omni_text_string(text, name);
  else if (code < 0x20 || (code >= 0x80 && code <= 0x9F))
    append_hex(text, code);
  else
    omni_text_code(text, code);
}

/* ---- values without parts ---- */

static void append_constant(omni_text *text, omni_value v) {
  switch (v) {
  case OMNI_FALSE:
    omni_text_string(text, "#f");
    break;
  case OMNI_TRUE:
    omni_text_string(text, "#t");
    break;
  case OMNI_NIL:
    omni_text_string(text, "()");
    break;
  case OMNI_EOF:
    omni_text_string(text, "#<eof>");
    break;
  default:
    omni_text_string(text, "nothing");
  }
}

static void append_procedure(omni_text *text, omni_value v) {
  const char *name = omni_procedure_name(v);
  omni_text_string(text, *name == '\0' ? "#<procedure" : "#<procedure ");
  omni_text_string(text, name);
  omni_text_string(text, ">");
}

static void append_bytes(omni_text *text, const omni_bytevector *bytevector) {
  omni_text_string(text, "#u8(");
  for (uint64_t i = 0; i < bytevector->length; i++) {
    omni_text_string(text, i == 0 ? "" : " ");
    omni_text_integer(text, bytevector->bytes[i], 10);
  }
  omni_text_string(text, ")");
}

static void append_object(omni_text *text, omni_style style, omni_value v) {
  if (omni_has_tag(v, OMNI_TAG_STRING)) {
    const omni_string *string = omni_string_of(v);
    if (style == OMNI_WRITE)
      append_quoted(text, string->codes, string->length, '"');
    else
      omni_text_codes(text, string->codes, string->length);
  } else if (omni_has_tag(v, OMNI_TAG_SYMBOL)) {
    const omni_symbol *symbol = omni_symbol_of(v);
    if (style == OMNI_DISPLAY || is_bare(symbol))
      omni_text_codes(text, symbol->codes, symbol->length);
    else
      append_quoted(text, symbol->codes, symbol->length, '|');
  } else if (omni_has_tag(v, OMNI_TAG_BYTEVECTOR)) {
    append_bytes(text, omni_bytevector_of(v));
  } else if (omni_has_tag(v, OMNI_TAG_PORT)) {
    omni_text_string(text, omni_port_of(v)->is_textual ? "#<" : "#<binary-");
    omni_text_string(text, omni_port_of(v)->is_input ? "input-port>" : "output-port>");
  } else {
    append_procedure(text, v);
  }
}

static void append_atom(omni_text *text, omni_style style, omni_value v) {
  omni_number n;
  if (omni_number_read(v, &n)) {
    if (n.is_float)
      omni_text_float(text, n.real);
    else
      omni_text_integer(text, n.integer, 10);
  } else if (omni_is_object(v)) {
    append_object(text, style, v);
  } else if (!omni_is_character(v)) {
    append_constant(text, v);
  } else if (style == OMNI_WRITE) {
    append_character(text, omni_character_code(v));
  } else {
    omni_text_code(text, omni_character_code(v));
  }
}

/* ---- values with parts ----
 *
 * What is still to be printed is kept on a stack, in entries of three words: a value, a position, and
 * what to do with them (a task and a style). */

typedef enum task {
  PRINT_VALUE,  /* the value */
  PRINT_TAIL,   /* the cdr of a pair whose car has been printed, up to the closing parenthesis */
  PRINT_ITEMS,  /* a vector from the position on, up to the closing parenthesis */
  PRINT_REASONS /* a list of irritants, up to the closing angle bracket */
} task;

enum { TASK_BITS = 2, TASK_MASK = (1 << TASK_BITS) - 1 };

typedef struct printer {
  omni_text *text;
  omni_words todo;
} printer;

static void later(printer *p, task what, omni_style style, omni_value v, uint64_t position) {
  omni_context *ctx = p->text->ctx;
  uint64_t how = (uint64_t)style << TASK_BITS | (uint64_t)what;
  if (!omni_words_push(ctx, &p->todo, v) || !omni_words_push(ctx, &p->todo, position) ||
      !omni_words_push(ctx, &p->todo, how))
    p->text->failed = 1;
}

static void print_one(printer *p, omni_style style, omni_value v) {
  if (omni_is_pair(v)) {
    omni_text_string(p->text, "(");
    later(p, PRINT_TAIL, style, omni_cdr_of(v), 0);
    later(p, PRINT_VALUE, style, omni_car_of(v), 0);
  } else if (omni_has_tag(v, OMNI_TAG_VECTOR)) {
    omni_text_string(p->text, "#(");
    later(p, PRINT_ITEMS, style, v, 0);
  } else if (omni_has_tag(v, OMNI_TAG_CONDITION)) {
    omni_text_string(p->text, "#<condition ");
    omni_condition_head(p->text, omni_condition_of(v));
    later(p, PRINT_REASONS, style, omni_condition_of(v)->fields[OMNI_CONDITION_IRRITANTS], 0);
  } else {
    append_atom(p->text, style, v);
  }
}

static void print_tail(printer *p, omni_style style, omni_value tail) {
  if (omni_is_pair(tail)) {
    omni_text_string(p->text, " ");
    later(p, PRINT_TAIL, style, omni_cdr_of(tail), 0);
    later(p, PRINT_VALUE, style, omni_car_of(tail), 0);
  } else if (tail == OMNI_NIL) {
    omni_text_string(p->text, ")");
  } else {
    omni_text_string(p->text, " . ");
    later(p, PRINT_TAIL, style, OMNI_NIL, 0);
    later(p, PRINT_VALUE, style, tail, 0);
  }
}

static void print_items(printer *p, omni_style style, omni_value v, uint64_t position) {
  const omni_vector_object *vector = omni_vector_of(v);
  if (position == vector->length) {
    omni_text_string(p->text, ")");
    return;
  }
  if (position > 0)
    omni_text_string(p->text, " ");
  later(p, PRINT_ITEMS, style, v, position + 1);
  later(p, PRINT_VALUE, style, vector->items[position], 0);
}

/* Irritants are written even where the condition is displayed: their types matter to the reader. */
static void print_reasons(printer *p, omni_value list) {
  if (list == OMNI_NIL) {
    omni_text_string(p->text, ">");
    return;
  }
  omni_text_string(p->text, " ");
  later(p, PRINT_REASONS, OMNI_WRITE, omni_cdr_of(list), 0);
  later(p, PRINT_VALUE, OMNI_WRITE, omni_car_of(list), 0);
}

void omni_print_value(omni_text *text, omni_style style, omni_borrowed v) {
  printer p = {text, {NULL, 0, 0}};
  print_one(&p, style, v);
  while (p.todo.size > 0 && !text->failed) {
    uint64_t how = omni_words_pop(&p.todo);
    uint64_t position = omni_words_pop(&p.todo);
    omni_value value = omni_words_pop(&p.todo);
    style = (omni_style)(how >> TASK_BITS);
    switch ((task)(how & TASK_MASK)) {
    case PRINT_VALUE:
      print_one(&p, style, value);
      break;
    case PRINT_TAIL:
      print_tail(&p, style, value);
      break;
    case PRINT_ITEMS:
      print_items(&p, style, value, position);
      break;
    case PRINT_REASONS:
      print_reasons(&p, value);
      break;
    }
  }
  omni_words_free(text->ctx, &p.todo);
}

omni_result omni_written(omni_context *ctx, omni_borrowed v) {
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_print_value(&text, OMNI_WRITE, v);
  omni_result result = omni_text_to_string(&text);
  omni_text_end(&text);
  return result;
}
