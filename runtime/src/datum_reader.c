#include "datum_reader.h"

#include "bytevector.h"
#include "condition.h"
#include "cycles.h"
#include "datum_source.h"
#include "datum_token.h"
#include "heap.h"
#include "number.h"
#include "string_object.h"
#include "symbol.h"
#include "text.h"
#include "vector.h"
#include "words.h"

#include <string.h>

/* What has been begun and is not finished. */
typedef enum opener {
  OPEN_LIST,
  OPEN_VECTOR,
  OPEN_BYTEVECTOR,
  OPEN_COMMENT,
  OPEN_LABEL,
  OPEN_QUOTE,
  OPEN_QUASIQUOTE,
  OPEN_UNQUOTE,
  OPEN_UNQUOTE_SPLICING
} opener;

typedef struct frame {
  opener opener;
  int has_dot;
  int has_tail;    /* the last value is what follows the dot */
  uint64_t start;  /* its values are those of the reader from here on */
  uint64_t labels; /* how many there were when it began */
} frame;

typedef struct label {
  int64_t number;
  omni_value value; /* owned; OMNI_UNBOUND while it is being read */
} label;

enum { FIRST_CAPACITY = 8, LABEL_DIGITS = 9 };

typedef struct reader {
  omni_context *ctx;
  omni_datum_source source;
  omni_words values; /* owned */
  frame *frames;
  uint64_t frame_count;
  uint64_t frame_capacity;
  label *labels;
  uint64_t label_count;
  uint64_t label_capacity;
  int has_references;
  omni_value result; /* owned; OMNI_UNBOUND until the datum is complete */
} reader;

/* The functions below give 1, or 0 after raising. */

/* ---- references to labels: immediates that no program ever sees ---- */

enum { REFERENCE_KIND = 0x12, REFERENCE_SHIFT = 8 };

static omni_value reference_to(uint64_t index) { return index << REFERENCE_SHIFT | REFERENCE_KIND; }
static int is_reference(omni_value v) { return (v & 0xFF) == REFERENCE_KIND; }
static uint64_t label_of(omni_value reference) { return reference >> REFERENCE_SHIFT; }

/* ---- what encloses a datum ---- */

static int open_frame(reader *r, opener opener) {
  if (r->frame_count == r->frame_capacity) {
    uint64_t capacity = r->frame_capacity == 0 ? FIRST_CAPACITY : r->frame_capacity * 2;
    frame *frames = omni_storage_grow(r->ctx, r->frames, r->frame_capacity * sizeof *frames,
                                      capacity * sizeof *frames);
    if (frames == NULL)
      return 0;
    r->frames = frames;
    r->frame_capacity = capacity;
  }
  r->frames[r->frame_count++] = (frame){opener, 0, 0, r->values.size, r->label_count};
  return 1;
}

static int is_sequence(opener opener) { return opener <= OPEN_BYTEVECTOR; }

static int is_byte(omni_value v) {
  return omni_is_fixnum(v) && omni_fixnum_value(v) >= 0 && omni_fixnum_value(v) <= UINT8_MAX;
}

/* Add an owned datum to a sequence. */
static int add(reader *r, frame *top, omni_value v) {
  int added = 0;
  if (top->has_tail)
    omni_datum_fail(r->ctx, OMNI_READ_AFTER_DOT);
  else if (top->opener == OPEN_BYTEVECTOR && !is_byte(v))
    omni_datum_fail(r->ctx, OMNI_READ_BYTE);
  else
    added = omni_words_push(r->ctx, &r->values, v);
  if (!added)
    omni_drop(r->ctx, v);
  top->has_tail = top->has_dot;
  return added;
}

/* (quote v) and its like. */
static omni_result quotation(reader *r, opener opener, omni_owned v) {
  static const char *const names[] = {[OPEN_QUOTE] = "quote",
                                      [OPEN_QUASIQUOTE] = "quasiquote",
                                      [OPEN_UNQUOTE] = "unquote",
                                      [OPEN_UNQUOTE_SPLICING] = "unquote-splicing"};
  omni_result rest = omni_cons(r->ctx, v, OMNI_NIL);
  if (omni_failed(rest))
    return OMNI_FAILED;
  omni_result name = omni_symbol_from_utf8(r->ctx, names[opener], strlen(names[opener]));
  if (omni_failed(name)) {
    omni_drop(r->ctx, rest);
    return OMNI_FAILED;
  }
  return omni_cons(r->ctx, name, rest);
}

static void forget_labels(reader *r, uint64_t from) {
  while (r->label_count > from)
    omni_drop(r->ctx, r->labels[--r->label_count].value);
}

static int define_label(reader *r, uint64_t index, omni_borrowed v) {
  if (is_reference(v)) {
    if (label_of(v) == index)
      return omni_datum_fail_about(r->ctx, OMNI_READ_LABEL_EMPTY,
                                   omni_fixnum(r->labels[index].number));
    if (r->labels[label_of(v)].value != OMNI_UNBOUND)
      v = r->labels[label_of(v)].value;
  }
  r->labels[index].value = omni_dup(v);
  return 1;
}

/* Hand a complete datum, owned or OMNI_FAILED, to whatever encloses it. */
static int deliver(reader *r, omni_value v) {
  if (omni_failed(v))
    return 0;
  while (r->frame_count > 0) {
    frame *top = &r->frames[r->frame_count - 1];
    if (is_sequence(top->opener))
      return add(r, top, v);
    r->frame_count--;
    if (top->opener == OPEN_COMMENT) {
      omni_drop(r->ctx, v);
      forget_labels(r, top->labels);
      return 1;
    }
    if (top->opener != OPEN_LABEL) {
      v = quotation(r, top->opener, v);
      if (omni_failed(v))
        return 0;
    } else if (!define_label(r, top->labels - 1, v)) {
      omni_drop(r->ctx, v);
      return 0;
    }
  }
  r->result = v;
  return 1;
}

/* ---- the end of a sequence ---- */

static omni_result end_list(reader *r, const frame *top) {
  omni_value list = top->has_tail ? omni_words_pop(&r->values) : OMNI_NIL;
  while (r->values.size > top->start && !omni_failed(list))
    list = omni_cons(r->ctx, omni_words_pop(&r->values), list);
  return list;
}

static omni_result end_vector(reader *r, const frame *top) {
  uint64_t count = r->values.size - top->start;
  omni_result vector = count == 0 ? omni_vector_from(r->ctx, NULL, 0)
                                  : omni_vector_from(r->ctx, r->values.items + top->start, count);
  while (r->values.size > top->start)
    omni_drop(r->ctx, omni_words_pop(&r->values));
  return vector;
}

static omni_result end_bytevector(reader *r, const frame *top) {
  omni_result bytevector = omni_bytevector_make(r->ctx, r->values.size - top->start);
  if (omni_failed(bytevector))
    return OMNI_FAILED;
  while (r->values.size > top->start) {
    int64_t byte = omni_fixnum_value(omni_words_pop(&r->values));
    omni_bytevector_of(bytevector)->bytes[r->values.size - top->start] = (uint8_t)byte;
  }
  return bytevector;
}

static int close_frame(reader *r) {
  if (r->frame_count == 0)
    return omni_datum_fail(r->ctx, OMNI_READ_CLOSE);
  frame top = r->frames[r->frame_count - 1];
  if (!is_sequence(top.opener))
    return omni_datum_fail(r->ctx, OMNI_READ_PREFIX);
  if (top.has_dot && !top.has_tail)
    return omni_datum_fail(r->ctx, OMNI_READ_AFTER_DOT);
  r->frame_count--;
  if (top.opener == OPEN_LIST)
    return deliver(r, end_list(r, &top));
  return deliver(r, top.opener == OPEN_VECTOR ? end_vector(r, &top) : end_bytevector(r, &top));
}

/* ---- labels ---- */

static int begin_label(reader *r, int64_t number) {
  if (r->label_count == r->label_capacity) {
    uint64_t capacity = r->label_capacity == 0 ? FIRST_CAPACITY : r->label_capacity * 2;
    label *labels = omni_storage_grow(r->ctx, r->labels, r->label_capacity * sizeof *labels,
                                      capacity * sizeof *labels);
    if (labels == NULL)
      return 0;
    r->labels = labels;
    r->label_capacity = capacity;
  }
  r->labels[r->label_count++] = (label){number, OMNI_UNBOUND};
  return open_frame(r, OPEN_LABEL);
}

/* What stands behind the # of a label and its `count` digits, which are in the text. */
static int end_label_token(reader *r, omni_text *text, int count, int64_t number) {
  uint32_t code;
  if (!omni_datum_peek(&r->source, &code))
    return 0;
  if (code != '=' && code != '#' && code != OMNI_NO_CODE) {
    omni_result whole = omni_datum_token(&r->source, text);
    if (omni_failed(whole))
      return 0;
    omni_datum_fail_about(r->ctx, OMNI_READ_LITERAL, whole);
    omni_drop(r->ctx, whole);
    return 0;
  }
  if (!omni_datum_needed(&r->source, &code))
    return 0;
  if (count > LABEL_DIGITS)
    return omni_datum_fail(r->ctx, OMNI_READ_LABEL_LONG);
  uint64_t index = 0;
  while (index < r->label_count && r->labels[index].number != number)
    index++;
  if (code == '=')
    return index < r->label_count
               ? omni_datum_fail_about(r->ctx, OMNI_READ_LABEL_TWICE, omni_fixnum(number))
               : begin_label(r, number);
  if (index == r->label_count)
    return omni_datum_fail_about(r->ctx, OMNI_READ_LABEL_UNKNOWN, omni_fixnum(number));
  r->has_references = 1;
  return deliver(r, reference_to(index));
}

static int read_label(reader *r) {
  omni_text text;
  uint32_t code;
  int count = 0, done;
  int64_t number = 0;
  omni_text_begin(r->ctx, &text);
  omni_text_string(&text, "#");
  while ((done = omni_datum_peek(&r->source, &code) && !text.failed) &&
         omni_is_one_of(code, "0123456789")) {
    omni_text_code(&text, code);
    omni_datum_next(&r->source, &code);
    if (count++ < LABEL_DIGITS)
      number = number * 10 + (int64_t)(code - '0');
    else
      count = LABEL_DIGITS + 1;
  }
  done = done && end_label_token(r, &text, count, number);
  omni_text_end(&text);
  return done;
}

static int has_parts(omni_value v) { return omni_is_pair(v) || omni_has_tag(v, OMNI_TAG_VECTOR); }

/* Put the data of labels where references stand. What was read is a tree apart from those. First find the
 * places, for which memory can run out, then change them all. */
static int resolve(reader *r) {
  omni_context *ctx = r->ctx;
  omni_words todo = {NULL, 0, 0}, places = {NULL, 0, 0};
  int done = !has_parts(r->result) || omni_words_push(ctx, &todo, r->result);
  while (done && todo.size > 0) {
    omni_header *object = omni_object(omni_words_pop(&todo));
    uint64_t count = 2;
    omni_value *parts = ((omni_pair *)object)->fields;
    if (object->tag == OMNI_TAG_VECTOR) {
      count = ((omni_vector_object *)object)->length;
      parts = ((omni_vector_object *)object)->items;
    }
    for (uint64_t i = 0; i < count && done; i++) {
      if (is_reference(parts[i]))
        done = omni_words_push(ctx, &places, (omni_value)(uintptr_t)&parts[i]);
      else if (has_parts(parts[i]))
        done = omni_words_push(ctx, &todo, parts[i]);
    }
  }
  while (done && places.size > 0) {
    omni_value *place = (omni_value *)(uintptr_t)omni_words_pop(&places);
    omni_value v = *place;
    while (is_reference(v))
      v = r->labels[label_of(v)].value;
    omni_storing(ctx, v); /* what is read may contain itself */
    *place = omni_dup(v);
  }
  omni_words_free(ctx, &todo);
  omni_words_free(ctx, &places);
  return done;
}

/* ---- tokens ---- */

static int read_quoted(reader *r, uint32_t end) {
  omni_text text;
  omni_text_begin(r->ctx, &text);
  omni_result result = OMNI_FAILED;
  if (omni_datum_quoted(&r->source, &text, end) && !text.failed)
    result = end == '"' ? omni_text_to_string(&text)
                        : omni_symbol_from_utf8(r->ctx, text.bytes, text.size);
  omni_text_end(&text);
  return deliver(r, result);
}

/* A token in the case that the port's directives ask for. Consumes it, also if it is a failure. */
static omni_result folded(reader *r, omni_value token) {
  if (omni_failed(token) || !r->source.port->folds_case)
    return token;
  omni_result result = omni_string_foldcase(r->ctx, token);
  omni_drop(r->ctx, token);
  return result;
}

static int read_character(reader *r) {
  uint32_t code;
  if (!omni_datum_needed(&r->source, &code))
    return 0;
  omni_result name = omni_datum_token_from(&r->source, code);
  if (!omni_failed(name) && omni_string_of(name)->length > 1)
    name = folded(r, name);
  if (omni_failed(name))
    return 0;
  omni_result result = omni_datum_character(r->ctx, name);
  omni_drop(r->ctx, name);
  return deliver(r, result);
}

static int read_dot(reader *r) {
  frame *top = r->frame_count == 0 ? NULL : &r->frames[r->frame_count - 1];
  if (top == NULL || top->opener != OPEN_LIST || r->values.size == top->start || top->has_dot)
    return omni_datum_fail(r->ctx, OMNI_READ_DOT);
  top->has_dot = 1;
  return 1;
}

/* Obey `#!fold-case` and `#!no-fold-case`; 0 if the token is neither. */
static int is_directive(reader *r, const omni_string *token) {
  int folds_case = omni_codes_spell(token->codes, token->length, "#!fold-case");
  if (!folds_case && !omni_codes_spell(token->codes, token->length, "#!no-fold-case"))
    return 0;
  r->source.port->folds_case = (uint8_t)folds_case;
  return 1;
}

/* What bytevectors begin with, their parenthesis apart. */
static int begins_bytevector(const omni_string *token) {
  return token->length == 3 && token->codes[0] == '#' && omni_is_one_of(token->codes[1], "uU") &&
         token->codes[2] == '8';
}

static int read_atom(reader *r, uint32_t start) {
  omni_result text = omni_datum_token_from(&r->source, start);
  if (start != '#')
    text = folded(r, text);
  if (omni_failed(text))
    return 0;
  const omni_string *string = omni_string_of(text);
  int done, is_bytevector = 0;
  if (begins_bytevector(string) && !omni_datum_skip(&r->source, '(', &is_bytevector)) {
    done = 0;
  } else if (is_bytevector) {
    done = open_frame(r, OPEN_BYTEVECTOR);
  } else if (string->length == 1 && string->codes[0] == '.') {
    done = read_dot(r);
  } else if (is_directive(r, string)) {
    done = 1;
  } else {
    done = deliver(r, omni_datum_atom(r->ctx, text));
  }
  omni_drop(r->ctx, text);
  return done;
}

static int skip_line(reader *r) {
  uint32_t code;
  while (omni_datum_next(&r->source, &code))
    if (code == '\n' || code == OMNI_NO_CODE)
      return 1;
  return 0;
}

static int skip_block_comment(reader *r) {
  uint32_t code;
  int skipped;
  for (uint64_t depth = 1; depth > 0;) {
    if (!omni_datum_needed(&r->source, &code))
      return 0;
    if (code != '#' && code != '|')
      continue;
    if (!omni_datum_skip(&r->source, code == '#' ? '|' : '#', &skipped))
      return 0;
    if (skipped)
      depth = code == '#' ? depth + 1 : depth - 1;
  }
  return 1;
}

static int read_hash(reader *r) {
  uint32_t code;
  if (!omni_datum_peek(&r->source, &code))
    return 0;
  if (omni_is_one_of(code, "0123456789"))
    return read_label(r);
  if (!omni_is_one_of(code, "(;|\\"))
    return read_atom(r, '#');
  omni_datum_next(&r->source, &code);
  if (code == '\\')
    return read_character(r);
  if (code == '|')
    return skip_block_comment(r);
  return open_frame(r, code == '(' ? OPEN_VECTOR : OPEN_COMMENT);
}

static int read_unquote(reader *r) {
  int splicing;
  return omni_datum_skip(&r->source, '@', &splicing) &&
         open_frame(r, splicing ? OPEN_UNQUOTE_SPLICING : OPEN_UNQUOTE);
}

/* ---- data ---- */

/* Handle what starts with `code`. */
static int begin(reader *r, uint32_t code) {
  if (omni_is_white_space(code))
    return 1;
  switch (code) {
  case ';':
    return skip_line(r);
  case '(':
    return open_frame(r, OPEN_LIST);
  case ')':
    return close_frame(r);
  case '\'':
    return open_frame(r, OPEN_QUOTE);
  case '`':
    return open_frame(r, OPEN_QUASIQUOTE);
  case ',':
    return read_unquote(r);
  case '"':
  case '|':
    return read_quoted(r, code);
  case '#':
    return read_hash(r);
  case '[':
  case ']':
  case '{':
  case '}':
    return omni_datum_fail_about(r->ctx, OMNI_READ_BRACKET, omni_character(code));
  default:
    return read_atom(r, code);
  }
}

static int read_one(reader *r) {
  uint32_t code;
  while (r->result == OMNI_UNBOUND) {
    if (!omni_datum_next(&r->source, &code))
      return 0;
    if (code != OMNI_NO_CODE) {
      if (!begin(r, code))
        return 0;
    } else if (r->frame_count > 0) {
      return omni_datum_fail(r->ctx, OMNI_READ_END);
    } else {
      r->result = OMNI_EOF;
    }
  }
  return !r->has_references || resolve(r);
}

omni_result omni_datum_read(omni_context *ctx, omni_port *port) {
  reader r;
  memset(&r, 0, sizeof r);
  r.ctx = ctx;
  r.source = (omni_datum_source){ctx, port};
  r.result = OMNI_UNBOUND;
  int done = read_one(&r);
  if (!done) {
    omni_drop(ctx, r.result);
    r.result = OMNI_FAILED;
  }
  while (r.values.size > 0)
    omni_drop(ctx, omni_words_pop(&r.values));
  forget_labels(&r, 0);
  omni_words_free(ctx, &r.values);
  omni_storage_free(ctx, r.frames, r.frame_capacity * sizeof *r.frames);
  omni_storage_free(ctx, r.labels, r.label_capacity * sizeof *r.labels);
  return r.result;
}
