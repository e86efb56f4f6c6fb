/* Running programs: outcome records, exit statuses, limits, conditions and their positions. */
#include "check.h"
#include "omni_host.h"
#include "variadic.h"

#include <unistd.h>

static char record_path[] = "/tmp/omni-test-outcome-XXXXXX";

/* Run a program; its outcome record. */
static const char *outcome_of(const omni_program *program, omni_host_options options, int status) {
  static char text[4096];
  options.outcome_path = record_path;
  CHECK(omni_host_run(program, &options) == status);
  FILE *file = fopen(record_path, "r");
  CHECK(file != NULL);
  size_t size = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[size] = '\0';
  return text;
}

/* The program's own part of a record: all but how much there was to do. */
static void check_outcome(const omni_program *program, omni_host_options options, int status,
                          const char *expected) {
  const char *text = outcome_of(program, options, status);
  const char *allocations = strstr(text, "allocations ");
  CHECK(allocations != NULL && strncmp(strchr(allocations, '\n'), "\ncycles ", 8) == 0);
  const char *cycles = strchr(allocations, '\n') + 1;
  CHECK(strcmp(strchr(cycles, '\n'), "\ncomplete\n") == 0);
  CHECK(strlen(expected) == (size_t)(allocations - text));
  CHECK(strncmp(text, expected, strlen(expected)) == 0);
}

static const omni_literal literals[] = {{"i1;s3:a\xCE\xBB"
                                         "El2;",
                                         13},
                                        {"y3:boo", 6}};
static omni_value literal_values[2];
static omni_global globals[] = {{OMNI_UNBOUND, "kept"}};

/* A program of forms that stay where they are. */
static omni_program program_of(const omni_form *forms, int count) {
  omni_program program = {"test.omni", forms,          count, globals, 1,
                          literals,    literal_values, 2,     NULL,    NULL};
  return program;
}

static const omni_host_options plain;

/* ---- programs ---- */

static omni_pending run_literal(omni_context *ctx) {
  omni_global_define(ctx, &globals[0], omni_literal_get(ctx, literal_values, 0));
  return omni_global_get(ctx, &globals[0]);
}

static omni_pending run_error(omni_context *ctx) {
  omni_value symbol = omni_literal_get(ctx, literal_values, 1);
  omni_result result = omni_car(ctx, symbol);
  omni_at(ctx, 3, 14);
  omni_at(ctx, 1, 1); /* the first position stays */
  omni_drop(ctx, symbol);
  return result;
}

static omni_pending run_raise(omni_context *ctx) {
  omni_result result = omni_raise(ctx, omni_literal_get(ctx, literal_values, 0));
  omni_at(ctx, 7, 2);
  omni_value caught = omni_catch(ctx);
  CHECK(!omni_failed(caught) && omni_failed(result));
  return omni_reraise(ctx, caught);
}

/* Where LeakSanitizer finds what run_leak leaves: the record has to tell, not the sanitizer. */
static volatile omni_value left_over;

static omni_pending run_leak(omni_context *ctx) {
  left_over = omni_box_make(ctx, omni_cons(ctx, OMNI_NIL, OMNI_NIL));
  return OMNI_NOTHING;
}

/* Recursion that only ends where the stack does. */
static omni_result recurse(omni_context *ctx, int depth) {
  if (omni_failed(omni_stack_check(ctx)))
    return OMNI_FAILED;
  omni_result result = recurse(ctx, depth + 1);
  omni_at(ctx, depth, 1);
  return result;
}

static omni_pending run_deep(omni_context *ctx) { return recurse(ctx, 1); }

static omni_pending run_hungry(omni_context *ctx) {
  omni_value list = OMNI_NIL;
  while (!omni_failed(list))
    list = omni_cons(ctx, OMNI_NIL, list);
  return list;
}

/* A value that fits, but not its text. */
static omni_pending run_endless(omni_context *ctx) {
  omni_value pair = omni_cons(ctx, OMNI_TRUE, OMNI_NIL);
  omni_set_cdr_x(ctx, pair, omni_dup(pair));
  omni_check written = omni_write_simple(ctx, pair);
  omni_set_cdr_x(ctx, pair, OMNI_NIL);
  omni_drop(ctx, pair);
  return written;
}

/* Caught and raised again: the prepared condition has a position per raise. */
static omni_pending run_caught(omni_context *ctx) {
  omni_value list = run_hungry(ctx);
  omni_at(ctx, 1, 1);
  CHECK(omni_failed(list));
  omni_value condition = omni_catch(ctx);
  omni_result kind = omni_condition_kind(ctx, condition);
  omni_drop(ctx, condition);
  return kind;
}

/* (exit 3) */
static omni_pending run_exit(omni_context *ctx) {
  const omni_value three = omni_fixnum(3);
  return omni_exit_n(ctx, 1, &three);
}

/* ---- tests ---- */

static void test_values(void) {
  omni_program program = program_of((const omni_form[]){run_literal}, 1);
  const char *expected = "omni-outcome 1\nend value\nvalue 9\n(1 \"a\xCE\xBB\")\nlive 0\n";
  check_outcome(&program, plain, OMNI_EXIT_OK, expected);
  check_outcome(&program, plain, OMNI_EXIT_OK, expected); /* it can run again */
  /* A program that shares its tables leaves the entries of others alone. */
  static const int entries[] = {0};
  literal_values[1] = OMNI_TRUE;
  program.global_entries = program.literal_entries = entries;
  program.literal_count = 1;
  check_outcome(&program, plain, OMNI_EXIT_OK, expected);
  CHECK(literal_values[1] == OMNI_TRUE && literal_values[0] == OMNI_NOTHING);
}

static void test_conditions(void) {
  omni_program error = program_of((const omni_form[]){run_error}, 1),
               raised = program_of((const omni_form[]){run_raise}, 1);
  check_outcome(&error, plain, OMNI_EXIT_CONDITION,
                "omni-outcome 1\nend condition\nkind type-error\nmessage 20\n"
                "car: expected a pair\nirritant 3\nboo\nposition 3 14\nlive 0\n");
  check_outcome(&raised, plain, OMNI_EXIT_CONDITION,
                "omni-outcome 1\nend condition\nkind raised\nmessage 15\nuncaught object\n"
                "irritant 9\n(1 \"a\xCE\xBB\")\nposition 7 2\nlive 0\n");
}

/* The record says the same for every host; the status of a process is the program's if the host wants. */
static void test_exit(void) {
  static const char record[] = "omni-outcome 1\nend condition\nkind exit\nmessage 4\nexit\n"
                               "irritant 1\n3\nposition 0 0\nlive 0\n";
  omni_program program = program_of((const omni_form[]){run_exit}, 1);
  omni_host_options own = plain;
  own.keep_exit_status = 1;
  check_outcome(&program, plain, OMNI_EXIT_CONDITION, record);
  check_outcome(&program, own, 3, record);
}

static void test_leak(void) {
  omni_program program = program_of((const omni_form[]){run_leak}, 1);
  check_outcome(&program, plain, OMNI_EXIT_OK,
                "omni-outcome 1\nend value\nvalue 7\nnothing\nlive 2\n");
}

static void test_limits(void) {
  static const char memory[] = "omni-outcome 1\nend condition\nkind out-of-memory\nmessage 20\n"
                               "memory limit reached\nposition 0 0\nlive 0\n";
  omni_host_options small = plain;
  small.heap_limit = 100000;
  omni_program hungry = program_of((const omni_form[]){run_hungry}, 1),
               endless = program_of((const omni_form[]){run_endless}, 1);
  check_outcome(&hungry, small, OMNI_EXIT_CONDITION, memory);
  check_outcome(&endless, small, OMNI_EXIT_CONDITION, memory);
  omni_program caught = program_of((const omni_form[]){run_caught}, 1);
  check_outcome(
      &caught, small, OMNI_EXIT_OK,
      "omni-outcome 1\nend value\nvalue 13\nout-of-memory\ncaught out-of-memory\nlive 0\n");

  omni_program deep = program_of((const omni_form[]){run_deep}, 1);
  small.stack_bytes = 2 << 20;
  const char *text = outcome_of(&deep, small, OMNI_EXIT_CONDITION);
  CHECK(strstr(text, "kind stack-overflow\nmessage 21\nrecursion is too deep\nposition ") != NULL);
  int depth = atoi(strstr(text, "position ") + strlen("position "));
  CHECK(depth > 1000);
}

#ifdef OMNI_DEBUG
static omni_pending run_string(omni_context *ctx) {
  return omni_string_append(ctx, ctx->out_of_memory, OMNI_NIL);
}

/* Whatever allocation fails, the program ends with out-of-memory and nothing is left. */
static void test_allocation_failure(void) {
  const omni_form runs[] = {run_literal, run_error, run_raise, run_string};
  for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
    omni_program program = program_of(&runs[i], 1);
    omni_host_options options = plain;
    for (int failed = 1; failed;) {
      options.fail_allocation++;
      int status = runs[i] == run_literal ? OMNI_EXIT_OK : OMNI_EXIT_CONDITION;
      options.outcome_path = record_path;
      int got = omni_host_run(&program, &options);
      FILE *file = fopen(record_path, "r");
      char text[1024];
      text[fread(text, 1, sizeof text - 1, file)] = '\0';
      fclose(file);
      failed = strstr(text, "kind out-of-memory\n") != NULL;
      CHECK(got == (failed ? OMNI_EXIT_CONDITION : status));
      CHECK(strstr(text, "live 0\n") != NULL && strstr(text, "complete\n") != NULL);
    }
    CHECK(options.fail_allocation > 3);
  }
}
#endif

static omni_pending run_add(omni_context *ctx) {
  omni_value sum = omni_fixnum(1);
  if (globals[0].value != OMNI_UNBOUND)
    sum = omni_add(ctx, globals[0].value, omni_fixnum(1));
  omni_global_define(ctx, &globals[0], sum);
  return sum;
}

static void test_forms(void) {
  omni_program none = program_of(NULL, 0);
  check_outcome(&none, plain, OMNI_EXIT_OK,
                "omni-outcome 1\nend value\nvalue 7\nnothing\nlive 0\n");
  const omni_form three[] = {run_add, run_add, run_add};
  omni_program program = program_of(three, 3);
  check_outcome(&program, plain, OMNI_EXIT_OK, "omni-outcome 1\nend value\nvalue 1\n3\nlive 0\n");
  const omni_form failing[] = {run_error, run_raise, run_literal};
  omni_program error = program_of(failing, 3), alone = program_of(failing, 1);
  static char expected[4096];
  const char *text = outcome_of(&alone, plain, OMNI_EXIT_CONDITION);
  memcpy(expected, text, (size_t)(strstr(text, "allocations ") - text));
  check_outcome(&error, plain, OMNI_EXIT_CONDITION, expected);
}

static void test_host_failures(void) {
  static const omni_literal wrong[] = {{"?", 1}};
  const omni_form forms[] = {run_literal};
  omni_program program = {"wrong.omni", forms, 1, globals, 1, wrong, literal_values, 1, NULL, NULL};
  omni_host_options options = plain;
  CHECK(omni_host_run(&program, &options) == OMNI_EXIT_HOST);
  omni_program good = program_of((const omni_form[]){run_literal}, 1);
  options.plants = "no-such-fault";
  CHECK(omni_host_run(&good, &options) == OMNI_EXIT_HOST);
  options.plants = NULL;
  options.outcome_path = "/nonexistent/outcome";
  CHECK(omni_host_run(&good, &options) == OMNI_EXIT_HOST);
}

int main(void) {
  int fd = mkstemp(record_path);
  CHECK(fd >= 0);
  close(fd);
  test_values();
  test_forms();
  test_conditions();
  test_exit();
  test_leak();
  test_limits();
#ifdef OMNI_DEBUG
  test_allocation_failure();
#endif
  test_host_failures();
  unlink(record_path);
  return 0;
}
