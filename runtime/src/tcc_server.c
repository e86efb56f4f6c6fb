/* tcc_server.c: compiles batches in memory with libtcc and runs them.
 *
 *   tcc_server INCLUDE-DIRECTORY [NAME=VALUE]...
 *
 * Requests are `compile DIRECTORY`. Each is served by a forked child, so that a crash of the compiler,
 * or what it leaks, costs one request. The child compiles DIRECTORY/batch.c, finds the omni_batch
 * called `omni_batch_table` and becomes its batch runner, working in DIRECTORY (see batch.c; protocol
 * in runtime/BATCH.md).
 *
 * Linked with libtcc.a and the runtime library; never part of that library. omni_tcc_symbols is
 * generated from the public headers when the server is built. */
#include "omni_host.h"
#include "omni_tcc_symbols.h"
#include "request.h"

#include <errno.h>
#include <libtcc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_BYTES = 4096 };

static void say(const char *format, ...) {
  char line[LINE_BYTES];
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  size_t size = n < (int)sizeof line ? (size_t)n : sizeof line - 1;
  if (write(STDOUT_FILENO, line, size) != (ssize_t)size)
    _exit(OMNI_EXIT_HOST);
}

/* Diagnostics of the compiler go to the file that the client reads after `failed`. */
static void note_diagnostic(void *file, const char *message) { fprintf(file, "%s\n", message); }

/* The batch of the translation unit `path`, or NULL after writing diagnostics. The compiler's state is
 * never freed: the code lives in it, and the process ends with the batch. */
static const omni_batch *compile(const char *path, const char *include, FILE *diagnostics) {
  TCCState *state = tcc_new();
  if (state == NULL)
    return NULL;
  tcc_set_error_func(state, diagnostics, note_diagnostic);
  /* The C library's symbols are not looked up: emitted code calls the runtime and nothing else. */
  tcc_set_options(state, "-nostdlib -w");
  tcc_set_output_type(state, TCC_OUTPUT_MEMORY);
  tcc_add_include_path(state, include);
  for (size_t i = 0; i < omni_tcc_symbol_count; i++)
    tcc_add_symbol(state, omni_tcc_symbols[i].name, omni_tcc_symbols[i].address);
  if (tcc_add_file(state, path) != 0)
    return NULL;
  if (tcc_relocate(state, TCC_RELOCATE_AUTO) != 0)
    return NULL;
  const omni_batch *batch = tcc_get_symbol(state, "omni_batch_table");
  if (batch == NULL)
    fprintf(diagnostics, "%s: omni_batch_table is not defined\n", path);
  return batch;
}

/* In the child: compile, then serve the batch. argv[1] is the include directory, whose place the batch's
 * directory takes in the arguments of the batch runner. Returns the exit status. */
static int serve(char *directory, int argc, char **argv) {
  char unit[LINE_BYTES], diagnostics_path[LINE_BYTES];
  if (snprintf(unit, sizeof unit, "%s/batch.c", directory) >= (int)sizeof unit)
    return OMNI_EXIT_HOST;
  if (snprintf(diagnostics_path, sizeof diagnostics_path, "%s.err", unit) >= (int)sizeof unit)
    return OMNI_EXIT_HOST;
  FILE *diagnostics = fopen(diagnostics_path, "w");
  if (diagnostics == NULL)
    return OMNI_EXIT_HOST;
  const omni_batch *batch = compile(unit, argv[1], diagnostics);
  fclose(diagnostics);
  if (batch == NULL) {
    say("failed\n");
    return OMNI_EXIT_OK;
  }
  argv[1] = directory;
  return omni_batch_serve(batch, argc, argv);
}

static void serve_in_child(char *directory, int argc, char **argv) {
  pid_t pid = fork();
  if (pid < 0) {
    say("closed fork-failed %d\n", errno);
    return;
  }
  if (pid == 0)
    _exit(serve(directory, argc, argv));
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
    continue;
  if (WIFSIGNALED(status))
    say("closed signaled %d\n", WTERMSIG(status));
  else
    say("closed exited %d\n", WEXITSTATUS(status));
}

int main(int argc, char **argv) {
  static const char request[] = "compile ";
  char line[LINE_BYTES];
  if (argc < 2) {
    fprintf(stderr, "usage: %s INCLUDE-DIRECTORY [NAME=VALUE]...\n", argv[0]);
    return OMNI_EXIT_HOST;
  }
  while (omni_request_read(line, sizeof line)) {
    if (strncmp(line, request, sizeof request - 1) != 0) {
      fprintf(stderr, "tcc server: bad request %s\n", line);
      return OMNI_EXIT_HOST;
    }
    serve_in_child(line + sizeof request - 1, argc, argv);
  }
  return OMNI_EXIT_OK;
}
