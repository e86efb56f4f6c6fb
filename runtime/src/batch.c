/* batch.c: the batch runner. Serves requests for the programs of one translation unit, each run in a
 * forked child with limits, so that a program that hangs, crashes or eats memory costs its own verdict
 * and nothing else. The protocol is described in runtime/BATCH.md. */
#include "batch.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { LINE_BYTES = 256 };

void omni_batch_say(int fd, const char *format, ...) {
  char line[LINE_BYTES];
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  const char *bytes = line;
  size_t size = n < (int)sizeof line ? (size_t)n : sizeof line - 1;
  while (size > 0) {
    ssize_t written = write(fd, bytes, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      _exit(OMNI_EXIT_HOST);
    bytes += written;
    size -= (size_t)written;
  }
}

/* ---- requests ---- */

static void run_program(const omni_batch_server *server, int index) {
  long before = omni_batch_children_milliseconds();
  pid_t pid = fork();
  if (pid < 0) {
    omni_batch_say(STDOUT_FILENO, "%d fork-failed %d 0 0\n", index, errno);
    return;
  }
  if (pid == 0)
    omni_batch_child_run(server, index);
  setpgid(pid, pid); /* also here: whoever comes first, the group exists before it is killed */
  double deadline = omni_batch_now() + server->limits.wall_seconds;
  omni_batch_verdict verdict;
  while (!omni_batch_watch(pid, deadline, &server->limits, &verdict))
    continue;
  long milliseconds = omni_batch_children_milliseconds() - before;
  omni_batch_end_leftovers(pid);
  omni_batch_say(STDOUT_FILENO, "%d %s %d %ld %ld\n", index, omni_batch_end_word(verdict.end),
                 verdict.code, (long)pid, milliseconds);
}

/* Let `fd` be `other` for a while; what it was, to be given to restore(). */
static int replace(int fd, int other) {
  int before = dup(fd);
  return before >= 0 && dup2(other, fd) >= 0 ? before : -1;
}

static int restore(int fd, int before) {
  int restored = before >= 0 && dup2(before, fd) >= 0;
  close(before);
  return restored;
}

/* Run a trusted program in this process, without input and with its output thrown away. Under an
 * instrumenting simulator such as valgrind children inherit the translations of the code that the parent
 * has run. */
static int warm_up(const omni_batch_server *server, int index) {
  int nowhere = open("/dev/null", O_RDWR);
  int input = replace(STDIN_FILENO, nowhere), output = replace(STDOUT_FILENO, nowhere),
      errors = replace(STDERR_FILENO, nowhere);
  omni_host_options options = omni_batch_host_options(server);
  options.outcome_path = "/dev/null";
  int status = omni_host_run(server->batch->programs[index], &options);
  int restored = restore(STDIN_FILENO, input) && restore(STDOUT_FILENO, output) &&
                 restore(STDERR_FILENO, errors);
  close(nowhere);
  omni_batch_say(STDOUT_FILENO, "%d warm %d\n", index, status);
  return restored;
}

/* NAME=VALUE arguments; returns 0 for one that is not known. */
static int parse_option(omni_batch_server *server, const char *argument) {
  const char *equals = strchr(argument, '=');
  if (equals == NULL)
    return 0;
  size_t size = (size_t)(equals - argument);
  const char *value = equals + 1;
  struct {
    const char *name;
    uint64_t *number;
    double *seconds;
  } options[] = {
      {"cpu-seconds", NULL, &server->limits.cpu_seconds},
      {"wall-seconds", NULL, &server->limits.wall_seconds},
      {"heap-bytes", &server->limits.heap_bytes, NULL},
      {"stack-bytes", &server->limits.stack_bytes, NULL},
      {"file-bytes", &server->limits.file_bytes, NULL},
      {"address-space-bytes", &server->limits.address_space_bytes, NULL},
      {"resident-bytes", &server->limits.resident_bytes, NULL},
  };
  if (size == strlen("plants") && strncmp(argument, "plants", size) == 0) {
    server->plants = value;
    return 1;
  }
  if (size == strlen("files") && strncmp(argument, "files", size) == 0) {
    server->files = value;
    return 1;
  }
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    if (strlen(options[i].name) != size || strncmp(options[i].name, argument, size) != 0)
      continue;
    char *end;
    if (options[i].seconds != NULL)
      *options[i].seconds = strtod(value, &end);
    else
      *options[i].number = strtoull(value, &end, 10);
    return end != value && *end == '\0';
  }
  return 0;
}

/* Serve one request; 0 if it is none, or cannot be served. */
static int obey(const omni_batch_server *server, const char *line) {
  char verb[16];
  int first, count = 1;
  int words = sscanf(line, "%15s %d %d", verb, &first, &count);
  if (words < 2 || first < 0 || count < 1 || first >= server->batch->count ||
      count > server->batch->count - first)
    return 0;
  if (words == 3)
    return strcmp(verb, "together") == 0 && omni_batch_run_together(server, first, count);
  if (strcmp(verb, "warm") == 0)
    return warm_up(server, first);
  if (strcmp(verb, "run") != 0)
    return 0;
  run_program(server, first);
  return 1;
}

int omni_batch_serve(const omni_batch *batch, int argc, char **argv) {
  omni_batch_server server = {batch, NULL, NULL, NULL, {10.0, 60.0, 0, 0, 0, 0, 0}};
  if (argc < 2) {
    omni_batch_say(STDERR_FILENO, "usage: %s DIRECTORY [NAME=VALUE]...\n",
                   argc > 0 ? argv[0] : "batch");
    return OMNI_EXIT_HOST;
  }
  server.directory = argv[1];
  for (int i = 2; i < argc; i++) {
    if (parse_option(&server, argv[i]))
      continue;
    omni_batch_say(STDERR_FILENO, "batch runner: bad option %s\n", argv[i]);
    return OMNI_EXIT_HOST;
  }
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  omni_batch_say(STDOUT_FILENO, "ready %d\n", batch->count);
  char line[LINE_BYTES];
  while (omni_request_read(line, sizeof line) && strcmp(line, "done") != 0) {
    if (obey(&server, line))
      continue;
    omni_batch_say(STDERR_FILENO, "batch runner: bad request %s\n", line);
    return OMNI_EXIT_HOST;
  }
  return OMNI_EXIT_OK;
}
