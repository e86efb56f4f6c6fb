#include "outcome.h"

#include "condition.h"
#include "context.h"
#include "io.h"
#include "print.h"
#include "utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Streams take their memory from outside of the program's limit: describing how a program ran out of
 * memory needs some. */
static int begin(omni_outcome *outcome) {
  memset(outcome, 0, sizeof *outcome);
  outcome->record_stream = open_memstream(&outcome->record, &outcome->record_size);
  outcome->line_stream = open_memstream(&outcome->line, &outcome->line_size);
  if (outcome->record_stream == NULL || outcome->line_stream == NULL)
    return 0;
  fputs("omni-outcome 1\n", outcome->record_stream);
  return 1;
}

/* Close the streams, which completes the texts. */
static int finish(omni_outcome *outcome) {
  int closed = fclose(outcome->record_stream) == 0;
  closed &= fclose(outcome->line_stream) == 0;
  outcome->record_stream = outcome->line_stream = NULL;
  return closed;
}

void omni_outcome_free(omni_outcome *outcome) {
  if (outcome->record_stream != NULL)
    fclose(outcome->record_stream);
  if (outcome->line_stream != NULL)
    fclose(outcome->line_stream);
  free(outcome->record);
  free(outcome->line);
  memset(outcome, 0, sizeof *outcome);
}

static void record_bytes(omni_outcome *outcome, const char *key, const char *bytes, uint64_t size) {
  fprintf(outcome->record_stream, "%s %" PRIu64 "\n", key, size);
  if (size > 0)
    fwrite(bytes, 1, (size_t)size, outcome->record_stream);
  fputc('\n', outcome->record_stream);
}

int omni_outcome_of_value(omni_context *ctx, omni_outcome *outcome, omni_borrowed v, int print) {
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_print_value(&text, OMNI_WRITE, v);
  int done = !text.failed && begin(outcome);
  if (done) {
    fputs("end value\n", outcome->record_stream);
    record_bytes(outcome, "value", text.bytes, text.size);
    if (print) {
      omni_io_write(ctx, text.bytes, text.size);
      omni_io_write(ctx, "\n", 1);
    }
    done = finish(outcome);
  }
  omni_text_end(&text);
  return done;
}

/* ---- conditions ---- */

static void put_codes(FILE *stream, const omni_string *string) {
  char bytes[OMNI_UTF8_MAX];
  for (uint64_t i = 0; i < string->length; i++)
    fwrite(bytes, 1, (size_t)omni_utf8_encode(string->codes[i], bytes), stream);
}

static uint64_t utf8_size(const omni_string *string) {
  char bytes[OMNI_UTF8_MAX];
  uint64_t size = 0;
  for (uint64_t i = 0; i < string->length; i++)
    size += (uint64_t)omni_utf8_encode(string->codes[i], bytes);
  return size;
}

/* 0 if memory ran out. */
static int put_irritants(omni_context *ctx, omni_outcome *outcome, omni_value list) {
  for (; list != OMNI_NIL; list = omni_cdr_of(list)) {
    omni_text text;
    omni_text_begin(ctx, &text);
    omni_print_value(&text, OMNI_WRITE, omni_car_of(list));
    if (!text.failed) {
      record_bytes(outcome, "irritant", text.bytes, text.size);
      fputc(' ', outcome->line_stream);
      fwrite(text.bytes, 1, (size_t)text.size, outcome->line_stream);
    }
    int failed = text.failed;
    omni_text_end(&text);
    if (failed)
      return 0;
  }
  return 1;
}

static int put_condition(omni_context *ctx, omni_outcome *outcome, const char *file,
                         const omni_condition *condition) {
  const omni_string *message = omni_string_of(condition->fields[OMNI_CONDITION_MESSAGE]);
  omni_value irritants = condition->fields[OMNI_CONDITION_IRRITANTS];
  const char *kind = omni_kind_name(condition->kind);

  fprintf(outcome->record_stream, "end condition\nkind %s\nmessage %" PRIu64 "\n", kind,
          utf8_size(message));
  put_codes(outcome->record_stream, message);
  fputc('\n', outcome->record_stream);

  fputs(file, outcome->line_stream);
  if (condition->line != 0)
    fprintf(outcome->line_stream, ":%d:%d", (int)condition->line, (int)condition->column);
  fprintf(outcome->line_stream, ": error: %s: ", kind);
  put_codes(outcome->line_stream, message);
  if (omni_condition_has_colon(condition))
    fputc(':', outcome->line_stream);

  int done = put_irritants(ctx, outcome, irritants);
  fprintf(outcome->record_stream, "position %d %d\n", (int)condition->line, (int)condition->column);
  fputc('\n', outcome->line_stream);
  return done;
}

/* An owned condition that stands for what has been raised, which is cleared. Fails after raising
 * out-of-memory. */
static omni_result take_condition(omni_context *ctx) {
  int line = ctx->raised_line, column = ctx->raised_column;
  const char *caught = ctx->caught_limit;
  omni_value raised = omni_catch(ctx);
  ctx->caught_limit = caught; /* it was the host that caught this one, not the program */
  if (omni_has_tag(raised, OMNI_TAG_CONDITION))
    return raised;
  omni_result condition = omni_condition_about(ctx, OMNI_MESSAGE_RAISED, raised);
  omni_drop(ctx, raised);
  if (omni_failed(condition))
    return OMNI_FAILED;
  omni_condition_of(condition)->line = line;
  omni_condition_of(condition)->column = column;
  return condition;
}

static int describe_failure(omni_context *ctx, omni_outcome *outcome, const char *file) {
  omni_result condition = take_condition(ctx);
  if (omni_failed(condition))
    return 0;
  int done = begin(outcome) && put_condition(ctx, outcome, file, omni_condition_of(condition)) &&
             finish(outcome);
  if (done && omni_condition_of(condition)->kind == OMNI_KIND_EXIT) {
    omni_value irritants = omni_condition_of(condition)->fields[OMNI_CONDITION_IRRITANTS];
    outcome->exited = 1;
    outcome->exit_status = (int)omni_fixnum_value(omni_car_of(irritants));
    outcome->line_size = 0;
  }
  omni_drop(ctx, condition);
  if (!done)
    omni_outcome_free(outcome);
  return done;
}

int omni_outcome_of_failure(omni_context *ctx, omni_outcome *outcome, const char *file) {
  if (describe_failure(ctx, outcome, file))
    return 1;
  /* Describing ran out of memory, which is the program's outcome then. It has no irritants. */
  return ctx->raised != OMNI_UNBOUND && describe_failure(ctx, outcome, file);
}

/* ---- writing ---- */

static int write_record(const omni_outcome *outcome, const char *last, int size, int fd) {
  int error = omni_write_all(fd, outcome->record, outcome->record_size);
  return error == 0 ? omni_write_all(fd, last, (uint64_t)size) : error;
}

/* The same to the file `path`. */
static int save_record(const omni_outcome *outcome, const char *last, int size, const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0)
    return errno;
  int error = write_record(outcome, last, size, fd);
  if (close(fd) != 0 && error == 0)
    error = errno;
  return error;
}

int omni_outcome_write(const omni_context *ctx, const omni_outcome *outcome,
                       const omni_host_options *options) {
  const char *path = options->outcome_path;
  const char *caught = ctx->caught_limit;
  const omni_cycle_work *work = &ctx->cycles.work;
  char last[320];
  if (outcome->line_size > 0)
    fwrite(outcome->line, 1, outcome->line_size, stderr);
  if (path == NULL && options->outcome_fd == 0)
    return 1;
  int size =
      snprintf(last, sizeof last,
               "%s%s%slive %" PRIu64 "\nallocations %" PRIu64 "\ncycles %" PRIu64 " %" PRIu64
               " %" PRIu64 " %" PRIu64 " %" PRIu64 "\ncomplete\n",
               caught != NULL ? "caught " : "", caught != NULL ? caught : "",
               caught != NULL ? "\n" : "", ctx->heap.live_objects, ctx->heap.allocations,
               work->collections, work->candidates, work->visited, work->freed, work->longest);
  int error = path != NULL ? save_record(outcome, last, size, path)
                           : write_record(outcome, last, size, options->outcome_fd);
  if (error != 0)
    fprintf(stderr, "omni: %s: %s\n", path != NULL ? path : "outcome record", strerror(error));
  return error == 0;
}
