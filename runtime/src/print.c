#include "print.h"

#include "character.h"
#include "condition.h"
#include "number.h"
#include "number_text.h"
#include "parts.h"
#include "print_labels.h"
#include "procedure.h"
#include "record.h"
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

/* A sign, if any, and digits: an integer, even one that is too large for a value. */
static int spells_integer(const omni_symbol *symbol) {
  uint32_t at = symbol->codes[0] == '+' || symbol->codes[0] == '-';
  if (at == symbol->length)
    return 0;
  while (at < symbol->length && symbol->codes[at] >= '0' && symbol->codes[at] <= '9')
    at++;
  return at == symbol->length;
}

/* Whether a symbol reads back without bars. */
static int is_bare(const omni_symbol *symbol) {
  if (symbol->length == 0 || (symbol->length == 1 && symbol->codes[0] == '.'))
    return 0;
  for (uint32_t i = 0; i < symbol->length; i++)
    if (!omni_is_symbol_code(symbol->codes[i]))
      return 0;
  return !spells_integer(symbol) &&
         omni_numeral_read(symbol->codes, symbol->length, 10).kind == OMNI_NOT_A_NUMERAL;
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

static void append_record_type(omni_text *text, omni_value v) {
  const omni_symbol *name = omni_record_type_name(v);
  omni_text_string(text, "#<record-type ");
  omni_text_codes(text, name->codes, name->length);
  omni_text_string(text, ">");
}

static void append_procedure(omni_text *text, omni_value v) {
  const char *name = omni_procedure_name(v);
  omni_text_string(text, *name == '\0' ? "#<procedure" : "#<procedure ");
  omni_text_string(text, name);
  omni_text_string(text, ">");
}

static void append_bytevector(omni_text *text, const omni_bytevector *bytevector) {
  omni_text_string(text, "#u8(");
  for (uint64_t i = 0; i < bytevector->length; i++) {
    if (i > 0)
      omni_text_string(text, " ");
    omni_text_integer(text, bytevector->bytes[i], 10);
  }
  omni_text_string(text, ")");
}

static void append_table(omni_text *text, const omni_table *table) {
  omni_text_string(text, "#<hash-table ");
  omni_text_integer(text, (int64_t)table->live, 10);
  omni_text_string(text, ">");
}

static void append_object(omni_text *text, omni_style style, omni_value v) {
  if (omni_has_tag(v, OMNI_TAG_STRING)) {
    const omni_string *string = omni_string_of(v);
    if (style != OMNI_DISPLAY)
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
    append_bytevector(text, omni_bytevector_of(v));
  } else if (omni_has_tag(v, OMNI_TAG_RECORD_TYPE)) {
    append_record_type(text, v);
  } else if (omni_has_tag(v, OMNI_TAG_PROMISE)) {
    omni_text_string(text, "#<promise>");
  } else if (omni_has_tag(v, OMNI_TAG_TABLE)) {
    append_table(text, omni_table_of(v));
  } else if (omni_has_tag(v, OMNI_TAG_CONTINUATION)) {
    omni_text_string(text, "#<continuation>");
  } else if (omni_has_tag(v, OMNI_TAG_PARAMETER)) {
    omni_text_string(text, "#<parameter>");
  } else if (omni_has_tag(v, OMNI_TAG_GENERATOR)) {
    omni_text_string(text, "#<generator>");
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
  } else if (style != OMNI_DISPLAY) {
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
  PRINT_VALUE, /* the value */
  PRINT_TAIL,  /* the cdr of a pair whose car has been printed, up to the closing parenthesis */
  PRINT_PARTS  /* the parts of any other value from the position on, up to its end */
} task;

enum { TASK_BITS = 3, TASK_MASK = (1 << TASK_BITS) - 1 };

/* Longer texts are worth a search for cycles. */
enum { SHORT_TEXT = 4096 };

typedef struct printer {
  omni_text *text;
  omni_words todo;
  omni_labels labels;
} printer;

static void later(printer *p, task what, omni_style style, omni_value v, uint64_t position) {
  omni_context *ctx = p->text->ctx;
  uint64_t how = (uint64_t)style << TASK_BITS | (uint64_t)what;
  if (!omni_words_push(ctx, &p->todo, v) || !omni_words_push(ctx, &p->todo, position) ||
      !omni_words_push(ctx, &p->todo, how))
    p->text->failed = 1;
}

static void print_pair(printer *p, omni_style style, omni_value pair) {
  later(p, PRINT_TAIL, style, omni_cdr_of(pair), 0);
  later(p, PRINT_VALUE, style, omni_car_of(pair), 0);
}

/* What stands in front of a value: #0= for the first mention of an object with a label. 0 if that is all of it:
 * #0# for a further mention. */
static int print_label(printer *p, omni_value v) {
  int is_first;
  uint64_t number = omni_label_mention(&p->labels, v, &is_first);
  omni_text_string(p->text, "#");
  omni_text_integer(p->text, (int64_t)number, 10);
  omni_text_string(p->text, is_first ? "=" : "#");
  return is_first;
}

static void print_one(printer *p, omni_style style, omni_value v) {
  if (omni_is_labelled(&p->labels, v) && !print_label(p, v))
    return;
  if (omni_is_pair(v)) {
    omni_text_string(p->text, "(");
    print_pair(p, style, v);
  } else if (omni_has_tag(v, OMNI_TAG_VECTOR)) {
    omni_text_string(p->text, "#(");
    later(p, PRINT_PARTS, style, v, omni_parts_begin(v));
  } else if (omni_has_tag(v, OMNI_TAG_RECORD)) {
    const omni_symbol *name = omni_record_type_name(omni_vector_of(v)->items[0]);
    omni_text_string(p->text, "#<");
    omni_text_codes(p->text, name->codes, name->length);
    later(p, PRINT_PARTS, style, v, omni_parts_begin(v));
  } else if (omni_has_tag(v, OMNI_TAG_VALUES)) {
    omni_text_string(p->text, "#<values");
    later(p, PRINT_PARTS, style == OMNI_DISPLAY ? OMNI_WRITE : style, v, 0);
  } else if (omni_has_tag(v, OMNI_TAG_CONDITION)) {
    omni_text_string(p->text, "#<condition ");
    omni_condition_head(p->text, omni_condition_of(v));
    /* Irritants are written even where the condition is displayed: their types matter to the reader. */
    later(p, PRINT_PARTS, style == OMNI_DISPLAY ? OMNI_WRITE : style, v, omni_parts_begin(v));
  } else {
    append_atom(p->text, style, v);
  }
}

/* A label has no place in the middle of a list. */
static void print_tail(printer *p, omni_style style, omni_value tail) {
  if (tail == OMNI_NIL) {
    omni_text_string(p->text, ")");
  } else if (omni_is_pair(tail) && !omni_is_labelled(&p->labels, tail)) {
    omni_text_string(p->text, " ");
    print_pair(p, style, tail);
  } else {
    omni_text_string(p->text, " . ");
    later(p, PRINT_TAIL, style, OMNI_NIL, 0);
    later(p, PRINT_VALUE, style, tail, 0);
  }
}

static void print_parts(printer *p, omni_style style, omni_value v, uint64_t position) {
  omni_value part;
  int is_vector = omni_has_tag(v, OMNI_TAG_VECTOR);
  /* The opening parenthesis of a vector does without a space behind it. */
  int needs_space = !is_vector || position != omni_parts_begin(v);
  if (!omni_parts_next(v, &position, &part)) {
    omni_text_string(p->text, is_vector ? ")" : ">");
    return;
  }
  if (needs_space)
    omni_text_string(p->text, " ");
  later(p, PRINT_PARTS, style, v, position);
  later(p, PRINT_VALUE, style, part, 0);
}

static void print_next(printer *p) {
  uint64_t how = omni_words_pop(&p->todo);
  uint64_t position = omni_words_pop(&p->todo);
  omni_value value = omni_words_pop(&p->todo);
  omni_style style = (omni_style)(how >> TASK_BITS);
  switch ((task)(how & TASK_MASK)) {
  case PRINT_VALUE:
    print_one(p, style, value);
    break;
  case PRINT_TAIL:
    print_tail(p, style, value);
    break;
  case PRINT_PARTS:
    print_parts(p, style, value, position);
    break;
  }
}

/* Print v until the text has `limit` bytes; whether that is all of it. */
static int print_up_to(printer *p, omni_style style, omni_value v, uint64_t limit) {
  print_one(p, style, v);
  while (p->todo.size > 0 && !p->text->failed && p->text->size < limit)
    print_next(p);
  return p->todo.size == 0;
}

/* Print v again from `start` on, now with labels. */
static void print_with_labels(printer *p, omni_style style, omni_value v, uint64_t start) {
  p->text->size = start;
  p->todo.size = 0;
  if (omni_labels_find(p->text->ctx, &p->labels, v, style == OMNI_WRITE_SHARED))
    print_up_to(p, style, v, UINT64_MAX);
  else
    p->text->failed = 1;
}

void omni_print_value(omni_text *text, omni_style style, omni_borrowed v) {
  printer p = {text, {NULL, 0, 0}, {{NULL, 0, 0}, 0, 0}};
  uint64_t start = text->size;
  if (style == OMNI_WRITE_SIMPLE)
    print_up_to(&p, style, v, UINT64_MAX);
  else if (style == OMNI_WRITE_SHARED)
    print_with_labels(&p, style, v, start);
  else if (!print_up_to(&p, style, v, start + SHORT_TEXT) && !text->failed)
    print_with_labels(&p, style, v, start); /* what has a short text contains no cycle */
  omni_words_free(text->ctx, &p.todo);
  omni_labels_free(text->ctx, &p.labels);
}

omni_result omni_written(omni_context *ctx, omni_borrowed v) {
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_print_value(&text, OMNI_WRITE, v);
  omni_result result = omni_text_to_string(&text);
  omni_text_end(&text);
  return result;
}
