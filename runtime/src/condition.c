#include "condition.h"

#include "context.h"
#include "heap.h"
#include "list.h"

#include <string.h>

static const struct {
  omni_kind kind;
  const char *template;
} messages[] = OMNI_MESSAGES;

/* What stands in the blanks of a message; NULL where the message has no such blank. */
typedef struct blanks {
  const char *who;
  const char *what;
  const char *expected;
  const char *got;
} blanks;

const char *omni_kind_name(uint32_t kind) {
  static const char *const names[] = OMNI_KIND_NAMES;
  return names[kind];
}

omni_result omni_condition_make_from(omni_context *ctx, omni_kind kind, omni_owned message,
                                     omni_owned irritants) {
  omni_condition *condition = NULL;
  if (!omni_failed(message) && !omni_failed(irritants))
    condition = omni_object_allocate(ctx, OMNI_TAG_CONDITION, sizeof *condition);
  if (condition == NULL) {
    omni_drop(ctx, message);
    omni_drop(ctx, irritants);
    return OMNI_FAILED;
  }
  condition->kind = kind;
  condition->line = condition->column = 0;
  condition->fields[OMNI_CONDITION_MESSAGE] = message;
  condition->fields[OMNI_CONDITION_IRRITANTS] = irritants;
  return omni_object_value(condition);
}

/* Append the blank that `name` (of `size` bytes) stands for. */
static void append_blank(omni_text *text, const blanks *fill, const char *name, size_t size) {
  const struct {
    const char *name;
    const char *value;
  } known[] = {
      {"who", fill->who}, {"what", fill->what}, {"expected", fill->expected}, {"got", fill->got}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strlen(known[i].name) == size && memcmp(known[i].name, name, size) == 0)
      omni_text_string(text, known[i].value);
}

static omni_result fill_message(omni_context *ctx, omni_message message, const blanks *fill) {
  omni_text text;
  omni_text_begin(ctx, &text);
  const char *rest = messages[message].template;
  for (const char *open; (open = strchr(rest, '{')) != NULL;) {
    omni_text_bytes(&text, rest, (uint64_t)(open - rest));
    size_t size = strcspn(open + 1, "}");
    append_blank(&text, fill, open + 1, size);
    rest = open + size + 2;
  }
  omni_text_string(&text, rest);
  omni_result result = omni_text_to_string(&text);
  omni_text_end(&text);
  return result;
}

static omni_result make(omni_context *ctx, omni_message message, const blanks *fill,
                        omni_owned irritants) {
  omni_result text = omni_failed(irritants) ? OMNI_FAILED : fill_message(ctx, message, fill);
  return omni_condition_make_from(ctx, messages[message].kind, text, irritants);
}

omni_result omni_condition_make(omni_context *ctx, omni_message message) {
  static const blanks none;
  return make(ctx, message, &none, OMNI_NIL);
}

omni_result omni_condition_about(omni_context *ctx, omni_message message, omni_borrowed irritant) {
  static const blanks none;
  return make(ctx, message, &none, omni_cons(ctx, omni_dup(irritant), OMNI_NIL));
}

int omni_condition_has_colon(const omni_condition *condition) {
  const omni_string *message = omni_string_of(condition->fields[OMNI_CONDITION_MESSAGE]);
  return condition->fields[OMNI_CONDITION_IRRITANTS] != OMNI_NIL &&
         (message->length == 0 || message->codes[message->length - 1] != ':');
}

void omni_condition_head(omni_text *text, const omni_condition *condition) {
  const omni_string *message = omni_string_of(condition->fields[OMNI_CONDITION_MESSAGE]);
  omni_text_string(text, omni_kind_name(condition->kind));
  omni_text_string(text, ": ");
  omni_text_codes(text, message->codes, message->length);
  if (omni_condition_has_colon(condition))
    omni_text_string(text, ":");
}

/* ---- raising ---- */

omni_check omni_fail_with(omni_context *ctx, omni_owned object) {
  if (omni_failed(object))
    return OMNI_FAILED;
  if (ctx->raised != OMNI_UNBOUND)
    omni_drop(ctx, ctx->raised);
  ctx->raised = object;
  ctx->raised_line = ctx->raised_column = 0;
  omni_control_raised(ctx);
  return OMNI_FAILED;
}

static omni_check fail(omni_context *ctx, omni_message message, blanks fill) {
  return omni_fail_with(ctx, make(ctx, message, &fill, OMNI_NIL));
}

static omni_check fail_about(omni_context *ctx, omni_message message, blanks fill,
                             omni_borrowed irritant) {
  omni_result irritants = omni_cons(ctx, omni_dup(irritant), OMNI_NIL);
  return omni_fail_with(ctx, make(ctx, message, &fill, irritants));
}

omni_check omni_fail_type(omni_context *ctx, const char *who, const char *what, omni_borrowed v) {
  return fail_about(ctx, OMNI_MESSAGE_TYPE, (blanks){who, what, NULL, NULL}, v);
}

omni_check omni_fail_not_procedure(omni_context *ctx, omni_borrowed v) {
  return fail_about(ctx, OMNI_MESSAGE_NOT_PROCEDURE, (blanks){NULL, NULL, NULL, NULL}, v);
}

omni_check omni_fail_unbound(omni_context *ctx, const char *who) {
  return fail(ctx, OMNI_MESSAGE_UNBOUND, (blanks){who, NULL, NULL, NULL});
}

omni_check omni_uninitialised(omni_context *ctx, const char *name) {
  return fail(ctx, OMNI_MESSAGE_UNINITIALISED, (blanks){name, NULL, NULL, NULL});
}

omni_check omni_fail_overflow(omni_context *ctx, const char *who) {
  return fail(ctx, OMNI_MESSAGE_OVERFLOW, (blanks){who, NULL, NULL, NULL});
}

omni_check omni_fail_division(omni_context *ctx, const char *who) {
  return fail(ctx, OMNI_MESSAGE_DIVISION, (blanks){who, NULL, NULL, NULL});
}

omni_check omni_fail_index(omni_context *ctx, const char *who, omni_borrowed index) {
  return fail_about(ctx, OMNI_MESSAGE_INDEX, (blanks){who, NULL, NULL, NULL}, index);
}

omni_check omni_fail_key(omni_context *ctx, const char *who, omni_borrowed key) {
  return fail_about(ctx, OMNI_MESSAGE_KEY, (blanks){who, NULL, NULL, NULL}, key);
}

omni_check omni_fail_immutable(omni_context *ctx, const char *who, omni_borrowed v) {
  return fail_about(ctx, OMNI_MESSAGE_IMMUTABLE, (blanks){who, NULL, NULL, NULL}, v);
}

omni_check omni_fail_match(omni_context *ctx, omni_borrowed v) {
  return fail_about(ctx, OMNI_MESSAGE_MATCH, (blanks){NULL, NULL, NULL, NULL}, v);
}

omni_check omni_fail_no_clause(omni_context *ctx, const char *who, uint64_t got) {
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_text_integer(&text, (int64_t)got, 10);
  omni_text_string(&text, got == 1 ? " argument" : " arguments");
  omni_text_code(&text, 0);
  omni_check failed = OMNI_FAILED;
  if (!text.failed) {
    const char *name = *who == '\0' ? OMNI_ANONYMOUS : who;
    failed = fail(ctx, OMNI_MESSAGE_NO_CLAUSE, (blanks){name, NULL, NULL, text.bytes});
  }
  omni_text_end(&text);
  return failed;
}

omni_check omni_fail_running(omni_context *ctx, const char *who) {
  return fail(ctx, OMNI_MESSAGE_GENERATOR_RUNNING, (blanks){who, NULL, NULL, NULL});
}

omni_check omni_fail_file(omni_context *ctx, const char *who, const char *what, omni_borrowed v) {
  return fail_about(ctx, OMNI_MESSAGE_FILE, (blanks){who, what, NULL, NULL}, v);
}

omni_check omni_fail_closed(omni_context *ctx, const char *who, omni_borrowed port) {
  return fail_about(ctx, OMNI_MESSAGE_CLOSED, (blanks){who, NULL, NULL, NULL}, port);
}

omni_check omni_fail_read(omni_context *ctx, const char *what) {
  return fail(ctx, OMNI_MESSAGE_READ, (blanks){"read", what, NULL, NULL});
}

omni_check omni_fail_read_about(omni_context *ctx, const char *what, omni_borrowed v) {
  return fail_about(ctx, OMNI_MESSAGE_READ, (blanks){"read", what, NULL, NULL}, v);
}

/* The {expected} of an arity message, as conditions.py's arity_text gives it. */
static void append_arity(omni_text *text, int minimum, int maximum) {
  int last = maximum < 0 ? minimum : maximum;
  if (maximum < 0)
    omni_text_string(text, "at least ");
  if (maximum > minimum) {
    omni_text_integer(text, minimum, 10);
    omni_text_string(text, " to ");
  }
  omni_text_integer(text, last, 10);
  omni_text_string(text, last == 1 && maximum <= minimum ? " argument" : " arguments");
}

omni_check omni_fail_arity(omni_context *ctx, const char *who, int minimum, int maximum, int got) {
  omni_text text;
  omni_text_begin(ctx, &text);
  append_arity(&text, minimum, maximum);
  omni_text_code(&text, 0); /* two strings in one text */
  uint64_t got_at = text.size;
  omni_text_integer(&text, got, 10);
  omni_text_code(&text, 0);
  omni_check failed = OMNI_FAILED;
  if (!text.failed) {
    const char *name = *who == '\0' ? OMNI_ANONYMOUS : who;
    failed = fail(ctx, OMNI_MESSAGE_ARITY, (blanks){name, NULL, text.bytes, text.bytes + got_at});
  }
  omni_text_end(&text);
  return failed;
}

/* Conditions made in advance are raised many times: each time at a new position. */
static omni_check fail_prepared(omni_context *ctx, omni_borrowed condition) {
  omni_condition_of(condition)->line = omni_condition_of(condition)->column = 0;
  return omni_fail_with(ctx, omni_dup(condition));
}

omni_check omni_fail_memory(omni_context *ctx) {
  /* While the context is being made there is no such condition yet. */
  if (ctx->out_of_memory == OMNI_NOTHING || omni_failed(ctx->out_of_memory))
    return OMNI_FAILED;
  return fail_prepared(ctx, ctx->out_of_memory);
}

omni_check omni_fail_stack(omni_context *ctx) { return fail_prepared(ctx, ctx->stack_overflow); }

/* ---- positions, catching ---- */

void omni_at(omni_context *ctx, int line, int column) {
  if (omni_has_tag(ctx->raised, OMNI_TAG_CONDITION)) {
    omni_condition *condition = omni_condition_of(ctx->raised);
    if (condition->line != 0)
      return;
    condition->line = line;
    condition->column = column;
  } else if (ctx->raised_line == 0) {
    ctx->raised_line = line;
    ctx->raised_column = column;
  }
}

omni_owned omni_catch(omni_context *ctx) {
  omni_owned object = ctx->raised;
  ctx->raised = OMNI_UNBOUND;
  ctx->caught = object;
  ctx->caught_line = ctx->raised_line;
  ctx->caught_column = ctx->raised_column;
  if (object == ctx->out_of_memory || object == ctx->stack_overflow)
    ctx->caught_limit = omni_kind_name(omni_condition_of(object)->kind);
  return object;
}

omni_check omni_reraise(omni_context *ctx, omni_owned v) {
  int same = v == ctx->caught;
  omni_fail_with(ctx, v);
  if (same) {
    ctx->raised_line = ctx->caught_line;
    ctx->raised_column = ctx->caught_column;
  }
  return OMNI_FAILED;
}
