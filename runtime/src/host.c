/* host.c: running a program from its literals to its outcome. */
#include "omni_host.h"

#include "context.h"
#include "control.h"
#include "io.h"
#include "omni_literal.h"
#include "outcome.h"
#include "plant.h"
#include "stack.h"
#include "top_level.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- options ---- */

static uint64_t number_from(const char *variable) {
  const char *text = getenv(variable);
  if (text == NULL || *text == '\0')
    return 0;
  char *end;
  errno = 0;
  unsigned long long n = strtoull(text, &end, 10);
  if (*end == '\0' && errno == 0 && *text != '-')
    return n;
  fprintf(stderr, "omni: %s: not a number: %s\n", variable, text);
  exit(OMNI_EXIT_HOST);
}

static const char *text_from(const char *variable) {
  const char *text = getenv(variable);
  return text == NULL || *text == '\0' ? NULL : text;
}

void omni_host_options_from_environment(omni_host_options *options) {
  memset(options, 0, sizeof *options);
  options->outcome_path = text_from("OMNI_OUTCOME");
  options->plants = text_from("OMNI_PLANT");
  options->heap_limit = number_from("OMNI_HEAP_LIMIT");
  options->stack_bytes = number_from("OMNI_STACK");
  options->fail_allocation = number_from("OMNI_FAIL_ALLOC");
  options->print_value = number_from("OMNI_PRINT") != 0;
}

/* ---- a program's literals and globals ---- */

static omni_global *global_of(const omni_program *program, int i) {
  return &program->globals[program->global_entries == NULL ? i : program->global_entries[i]];
}

static int literal_entry(const omni_program *program, int i) {
  return program->literal_entries == NULL ? i : program->literal_entries[i];
}

static omni_decoding build_literals(omni_context *ctx, const omni_program *program) {
  omni_decoding result = OMNI_DECODED;
  for (int i = 0; i < program->literal_count; i++)
    program->literal_values[literal_entry(program, i)] = OMNI_NOTHING;
  for (int i = 0; i < program->literal_count && result == OMNI_DECODED; i++) {
    int entry = literal_entry(program, i);
    result = omni_literal_decode(ctx, &program->literals[entry], &program->literal_values[entry]);
  }
  return result;
}

/* Leaves the program as it was before, so that it can run again. */
static void release_program(omni_context *ctx, const omni_program *program) {
  for (int i = 0; i < program->global_count; i++) {
    omni_global *global = global_of(program, i);
    omni_drop(ctx, global->value);
    global->value = OMNI_UNBOUND;
  }
  for (int i = 0; i < program->literal_count; i++) {
    omni_value *literal = &program->literal_values[literal_entry(program, i)];
    omni_drop(ctx, *literal);
    *literal = OMNI_NOTHING;
  }
}

/* ---- running ---- */

static int complain(const char *file, const char *what) {
  fprintf(stderr, "omni: %s: %s\n", file, what);
  return OMNI_EXIT_HOST;
}

/* Describe the end of the program; consumes the result. Gives the exit status. */
static int describe(omni_context *ctx, const omni_program *program,
                    const omni_host_options *options, omni_result result, omni_outcome *outcome) {
  int wanted = options->outcome_path != NULL || options->outcome_fd != 0 || options->print_value;
  int described = !omni_failed(result) &&
                  (!wanted || omni_outcome_of_value(ctx, outcome, result, options->print_value));
  omni_drop(ctx, result);
  if (described)
    return OMNI_EXIT_OK;
  if (ctx->raised != OMNI_UNBOUND && omni_outcome_of_failure(ctx, outcome, program->file))
    return OMNI_EXIT_CONDITION;
  return complain(program->file, "no memory to describe how the program ended");
}

static int run_in(omni_context *ctx, const omni_program *program, const omni_host_options *options,
                  omni_outcome *outcome) {
  omni_decoding decoding = build_literals(ctx, program);
  omni_result result = OMNI_FAILED;
  if (decoding == OMNI_DECODED)
    result = omni_drive(ctx, omni_top_level(ctx));
  int status = decoding == OMNI_MALFORMED ? complain(program->file, "malformed literal")
                                          : describe(ctx, program, options, result, outcome);
  omni_io_flush(ctx);
  int output_error = ctx->io.standard[OMNI_CURRENT_OUTPUT].error;
  if (output_error != 0)
    status = complain("standard output", strerror(output_error));
  release_program(ctx, program);
  omni_context_clear(ctx);
  if (ctx->io.file_error != 0)
    status = complain("a file that was not closed", strerror(ctx->io.file_error));
  return status;
}

int omni_host_run(const omni_program *program, const omni_host_options *options) {
  uint64_t plants;
  const char *unknown;
  if (!omni_plants_named(options->plants, &plants, &unknown))
    return complain(unknown, "no such fault in this runtime");
  omni_context *ctx = omni_context_make();
  if (ctx == NULL)
    return complain(program->file, "no memory to start");
  ctx->heap.limit = options->heap_limit;
  ctx->plants = plants;
  ctx->program = program->file;
  ctx->forms = program->forms;
  ctx->form_count = program->form_count;
  ctx->arguments = options->arguments;
  omni_heap_arm(ctx, options->fail_allocation);
  omni_stack_limit(ctx, options->stack_bytes);

  omni_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  int status = run_in(ctx, program, options, &outcome);
  if (status != OMNI_EXIT_HOST && !omni_outcome_write(ctx, &outcome, options))
    status = OMNI_EXIT_HOST;
  else if (status == OMNI_EXIT_CONDITION && outcome.exited && options->keep_exit_status)
    status = outcome.exit_status;
  omni_outcome_free(&outcome);
  omni_heap_report(ctx);
  if (options->held_bytes != NULL)
    *options->held_bytes = ctx->heap.live_bytes;
  omni_context_free(ctx);
  return status;
}
