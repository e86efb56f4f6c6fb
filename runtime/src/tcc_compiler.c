/* tcc_compiler.c: compiles batches with libtcc into images (image.h).
 *
 *   tcc_compiler INCLUDE-DIRECTORY
 *
 * Requests are `compile DIRECTORY`: DIRECTORY/batch.c, which defines the omni_batch called
 * `omni_batch_table`, becomes DIRECTORY/batch.image (protocol in runtime/BATCH.md). Each is served by a
 * forked child, so that a crash of the compiler, or what it leaks, costs one request. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "omni_host.h"

#include "image.h"
#include "io.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <libtcc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

/* The C library's symbols are not looked up: emitted code calls the runtime and nothing else. */
static void add_stubs(TCCState *state) {
#define NAME(name) #name,
  static const char *const names[] = {OMNI_IMAGE_SYMBOLS(NAME)};
#undef NAME
  for (size_t i = 0; i < OMNI_IMAGE_SYMBOL_COUNT; i++)
    tcc_add_symbol(state, names[i], (const void *)(OMNI_STUBS_AT + i * sizeof(omni_stub)));
}

/* Memory where images will be; NULL after writing diagnostics. */
static char *claim(FILE *diagnostics) {
  void *place = mmap((void *)OMNI_IMAGE_AT, OMNI_IMAGE_MOST, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == (void *)OMNI_IMAGE_AT)
    return place;
  fprintf(diagnostics, "the memory that compiled batches are mapped to is taken\n");
  return NULL;
}

/* Compile `unit` into memory at OMNI_IMAGE_AT; the size of the image, 0 after writing diagnostics. The
 * compiler's state is never freed: the process ends soon. */
static size_t compile(const char *unit, const char *include, FILE *diagnostics) {
  TCCState *state = tcc_new();
  char *image = claim(diagnostics);
  if (state == NULL || image == NULL)
    return 0;
  tcc_set_error_func(state, diagnostics, note_diagnostic);
  tcc_set_options(state, "-nostdlib -w");
  tcc_set_output_type(state, TCC_OUTPUT_MEMORY);
  tcc_add_include_path(state, include);
  add_stubs(state);
  if (tcc_add_file(state, unit) != 0)
    return 0;
  int size = tcc_relocate(state, NULL);
  if (size < 0)
    return 0;
  if ((size_t)size > OMNI_IMAGE_MOST - OMNI_IMAGE_HEADER_BYTES) {
    fprintf(diagnostics, "%s: the compiled batch takes %d bytes\n", unit, size);
    return 0;
  }
  if (tcc_relocate(state, image + OMNI_IMAGE_HEADER_BYTES) != 0)
    return 0;
  const void *batch = tcc_get_symbol(state, "omni_batch_table");
  if (batch == NULL) {
    fprintf(diagnostics, "%s: omni_batch_table is not defined\n", unit);
    return 0;
  }
  omni_image_header header = {OMNI_IMAGE_MAGIC, OMNI_IMAGE_SYMBOL_COUNT,
                              OMNI_IMAGE_HEADER_BYTES + (uint64_t)size, (uint64_t)(uintptr_t)batch};
  memcpy(image, &header, sizeof header);
  return (size_t)header.bytes;
}

static int save(const char *path, const char *bytes, size_t size, FILE *diagnostics) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  int error = fd < 0 ? errno : omni_write_all(fd, bytes, size);
  if (fd >= 0 && close(fd) != 0 && error == 0)
    error = errno;
  if (error != 0)
    fprintf(diagnostics, "%s: %s\n", path, strerror(error));
  return error == 0;
}

/* In the child. Returns its exit status. */
static int serve(const char *directory, const char *include) {
  char unit[LINE_BYTES], image[LINE_BYTES], diagnostics_path[LINE_BYTES];
  if (snprintf(unit, sizeof unit, "%s/batch.c", directory) >= (int)sizeof unit ||
      snprintf(image, sizeof image, "%s/batch.image", directory) >= (int)sizeof image ||
      snprintf(diagnostics_path, sizeof diagnostics_path, "%s/batch.c.err", directory) >=
          (int)sizeof diagnostics_path)
    return OMNI_EXIT_HOST;
  FILE *diagnostics = fopen(diagnostics_path, "w");
  if (diagnostics == NULL)
    return OMNI_EXIT_HOST;
  size_t size = compile(unit, include, diagnostics);
  int done = size > 0 && save(image, (const char *)OMNI_IMAGE_AT, size, diagnostics);
  fclose(diagnostics);
  return done ? OMNI_EXIT_OK : OMNI_EXIT_CONDITION;
}

static void serve_in_child(const char *directory, const char *include) {
  pid_t pid = fork();
  if (pid < 0) {
    say("fork-failed %d\n", errno);
    return;
  }
  if (pid == 0)
    _exit(serve(directory, include));
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
    continue;
  if (WIFSIGNALED(status))
    say("signaled %d\n", WTERMSIG(status));
  else if (WEXITSTATUS(status) == OMNI_EXIT_OK)
    say("compiled\n");
  else if (WEXITSTATUS(status) == OMNI_EXIT_CONDITION)
    say("failed\n");
  else
    say("exited %d\n", WEXITSTATUS(status));
}

int main(int argc, char **argv) {
  static const char request[] = "compile ";
  char line[LINE_BYTES];
  if (argc != 2) {
    fprintf(stderr, "usage: %s INCLUDE-DIRECTORY\n", argv[0]);
    return OMNI_EXIT_HOST;
  }
  while (omni_request_read(line, sizeof line)) {
    if (strncmp(line, request, sizeof request - 1) != 0) {
      fprintf(stderr, "tcc compiler: bad request %s\n", line);
      return OMNI_EXIT_HOST;
    }
    serve_in_child(line + sizeof request - 1, argv[1]);
  }
  return OMNI_EXIT_OK;
}
