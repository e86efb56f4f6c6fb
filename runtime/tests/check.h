/* check.h: the tests' own check, and what they share: a context and results as text. */
#ifndef OMNI_CHECK_H
#define OMNI_CHECK_H

#include "condition.h"
#include "context.h"
#include "omni_literal.h"
#include "print.h"
#include "stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Evaluated in every build, unlike assert. */
#define CHECK(condition) check_that((condition) != 0, #condition, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) check_text((actual), (expected), __FILE__, __LINE__)

static inline void check_that(int holds, const char *text, const char *file, int line) {
  if (holds)
    return;
  fprintf(stderr, "%s:%d: check failed: %s\n", file, line, text);
  exit(1);
}

static inline void check_text(const char *actual, const char *expected, const char *file,
                              int line) {
  if (strcmp(actual, expected) == 0)
    return;
  fprintf(stderr, "%s:%d: check failed:\n  expected %s\n  got      %s\n", file, line, expected,
          actual);
  exit(1);
}

static inline omni_context *open_context(void) {
  omni_context *ctx = omni_context_make();
  CHECK(ctx != NULL);
  omni_stack_limit(ctx, 0);
  return ctx;
}

/* Nothing may be alive when a test ends. */
static inline void close_context(omni_context *ctx) {
  omni_context_clear(ctx);
  omni_heap_report(ctx);
  CHECK(ctx->heap.live_objects == 0);
  CHECK(ctx->heap.live_bytes == 0);
  omni_context_free(ctx);
}

/* What a result is: the value as `write` prints it, or the condition as "KIND: MESSAGE: IRRITANTS".
 * Consumes it. The text is valid until the next call. */
static inline const char *text_of(omni_context *ctx, omni_result result) {
  static char text[4096];
  omni_value v = result;
  if (omni_failed(result)) {
    v = omni_catch(ctx);
    CHECK(v != OMNI_UNBOUND);
  }
  omni_text printed;
  omni_text_begin(ctx, &printed);
  omni_print_value(&printed, OMNI_WRITE, v);
  omni_text_code(&printed, 0);
  CHECK(!printed.failed && printed.size <= sizeof text);
  memcpy(text, printed.bytes, (size_t)printed.size);
  omni_text_end(&printed);
  omni_drop(ctx, v);
  return text;
}

/* The value of a literal. */
static inline omni_value literal(omni_context *ctx, const char *code) {
  omni_literal source = {code, (int)strlen(code)};
  omni_value v;
  CHECK(omni_literal_decode(ctx, &source, &v) == OMNI_DECODED);
  return v;
}

#endif
