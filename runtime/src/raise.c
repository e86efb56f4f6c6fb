/* raise.c: error, raise, assert, and what a condition tells. */
#include "arguments.h"
#include "condition.h"
#include "list.h"
#include "print.h"
#include "procedure.h"
#include "string_object.h"
#include "symbol.h"
#include "text.h"
#include "variadic.h"

#include <string.h>

/* Raise a condition as `error` does: argv[0] gives the message, the others are irritants. A string may
 * change afterwards, the message does not. */
static omni_check raise_user(omni_context *ctx, omni_kind kind, int argc,
                             const omni_borrowed *argv) {
  omni_result message = omni_has_tag(argv[0], OMNI_TAG_STRING)
                            ? omni_string_from_codes(ctx, omni_string_of(argv[0])->codes,
                                                     omni_string_of(argv[0])->length)
                            : omni_written(ctx, argv[0]);
  omni_result irritants =
      omni_failed(message) ? OMNI_FAILED : omni_list_from(ctx, argc - 1, argv + 1);
  return omni_fail_with(ctx, omni_condition_make_from(ctx, kind, message, irritants));
}

omni_result omni_error_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return raise_user(ctx, OMNI_KIND_USER_ERROR, argc, argv);
}

omni_result omni_assert_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  if (omni_truthy(argv[0]))
    return OMNI_NOTHING;
  if (argc > 1)
    return raise_user(ctx, OMNI_KIND_ASSERTION_FAILED, argc - 1, argv + 1);
  return omni_fail_with(ctx, omni_condition_make(ctx, OMNI_MESSAGE_ASSERTION));
}

omni_check omni_raise(omni_context *ctx, omni_owned a) { return omni_fail_with(ctx, a); }

/* ---- for the prelude and for what special forms expand to ---- */

/* A string as C text; the caller ends it. */
static void c_text(omni_context *ctx, omni_text *text, omni_borrowed string) {
  omni_text_begin(ctx, text);
  omni_text_codes(text, omni_string_of(string)->codes, omni_string_of(string)->length);
  omni_text_code(text, 0);
}

omni_check omni_raise_type(omni_context *ctx, omni_borrowed who, omni_borrowed what,
                           omni_borrowed c) {
  if (!omni_want(ctx, "%raise-type", who, OMNI_TAG_STRING) ||
      !omni_want(ctx, "%raise-type", what, OMNI_TAG_STRING))
    return OMNI_FAILED;
  omni_text who_text, what_text;
  c_text(ctx, &who_text, who);
  c_text(ctx, &what_text, what);
  if (!who_text.failed && !what_text.failed)
    omni_fail_type(ctx, who_text.bytes, what_text.bytes, c);
  omni_text_end(&who_text);
  omni_text_end(&what_text);
  return OMNI_FAILED;
}

typedef omni_check failure(omni_context *ctx, const char *who, omni_borrowed irritant);

static omni_check raise_about(omni_context *ctx, const char *primitive, failure *fail,
                              omni_borrowed who, omni_borrowed irritant) {
  if (!omni_want(ctx, primitive, who, OMNI_TAG_STRING))
    return OMNI_FAILED;
  omni_text who_text;
  c_text(ctx, &who_text, who);
  if (!who_text.failed)
    fail(ctx, who_text.bytes, irritant);
  omni_text_end(&who_text);
  return OMNI_FAILED;
}

omni_check omni_raise_index(omni_context *ctx, omni_borrowed who, omni_borrowed b) {
  return raise_about(ctx, "%raise-index", omni_fail_index, who, b);
}

omni_check omni_raise_key(omni_context *ctx, omni_borrowed who, omni_borrowed b) {
  return raise_about(ctx, "%raise-key", omni_fail_key, who, b);
}

static omni_check fail_division(omni_context *ctx, const char *who, omni_borrowed irritant) {
  (void)irritant;
  return omni_fail_division(ctx, who);
}

omni_check omni_raise_division(omni_context *ctx, omni_borrowed who) {
  return raise_about(ctx, "%raise-division", fail_division, who, OMNI_NOTHING);
}

static omni_check fail_overflow(omni_context *ctx, const char *who, omni_borrowed irritant) {
  (void)irritant;
  return omni_fail_overflow(ctx, who);
}

omni_check omni_raise_overflow(omni_context *ctx, omni_borrowed who) {
  return raise_about(ctx, "%raise-overflow", fail_overflow, who, OMNI_NOTHING);
}

omni_check omni_raise_match(omni_context *ctx, omni_borrowed a) { return omni_fail_match(ctx, a); }

omni_check omni_raise_no_clause(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  uint64_t got;
  if (!omni_want_procedure(ctx, "%raise-no-clause", a) ||
      !omni_want_index(ctx, "%raise-no-clause", b, &got))
    return OMNI_FAILED;
  return omni_fail_no_clause(ctx, omni_procedure_name(a), got);
}

/* ---- conditions as data: fresh copies, so that no program can change a condition ---- */

omni_result omni_error_object_message(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "error-object-message", a, OMNI_TAG_CONDITION))
    return OMNI_FAILED;
  const omni_string *message = omni_string_of(omni_condition_of(a)->fields[OMNI_CONDITION_MESSAGE]);
  return omni_string_from_codes(ctx, message->codes, message->length);
}

omni_result omni_error_object_irritants(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "error-object-irritants", a, OMNI_TAG_CONDITION))
    return OMNI_FAILED;
  return omni_list_copy(ctx, omni_condition_of(a)->fields[OMNI_CONDITION_IRRITANTS]);
}

static omni_immediate is_condition_of(omni_borrowed a, omni_kind kind) {
  return omni_boolean(omni_has_tag(a, OMNI_TAG_CONDITION) && omni_condition_of(a)->kind == kind);
}

omni_immediate omni_read_error_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return is_condition_of(a, OMNI_KIND_READ_ERROR);
}

omni_immediate omni_file_error_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return is_condition_of(a, OMNI_KIND_FILE_ERROR);
}

omni_result omni_condition_kind(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "condition-kind", a, OMNI_TAG_CONDITION))
    return OMNI_FAILED;
  const char *name = omni_kind_name(omni_condition_of(a)->kind);
  return omni_symbol_from_utf8(ctx, name, strlen(name));
}
