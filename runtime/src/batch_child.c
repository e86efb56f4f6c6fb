/* batch_child.c: the process that runs one program. */
#include "batch.h"
#include "edges.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int omni_batch_path(char path[OMNI_BATCH_PATH_BYTES], const omni_batch_server *server, int index,
                    const char *suffix) {
  int n = snprintf(path, OMNI_BATCH_PATH_BYTES, "%s/%d.%s", server->directory, index, suffix);
  return n > 0 && n < OMNI_BATCH_PATH_BYTES;
}

void omni_batch_child_fail(const char *what) {
  omni_batch_say(STDERR_FILENO, "batch runner: %s: %s\n", what, strerror(errno));
  _exit(OMNI_EXIT_HOST);
}

void omni_batch_child_redirect(int fd, const char *path, int flags) {
  int opened = open(path, flags, 0600);
  if (opened < 0 || dup2(opened, fd) < 0)
    omni_batch_child_fail(path);
  close(opened);
}

/* The program's relative file names mean files in the given directory, or in a new one of its own. */
static void enter_files(const omni_batch_server *server, int index) {
  char own[OMNI_BATCH_PATH_BYTES];
  const char *files = server->files;
  if (files == NULL) {
    files = own;
    omni_batch_path(own, server, index, "files");
    if (mkdir(own, 0700) != 0)
      omni_batch_child_fail(own);
  }
  if (chdir(files) != 0)
    omni_batch_child_fail(files);
}

static void limit(int resource, uint64_t soft, uint64_t hard) {
  struct rlimit wanted = {(rlim_t)soft, (rlim_t)hard};
  if (setrlimit(resource, &wanted) != 0)
    omni_batch_child_fail("setrlimit");
}

uint64_t omni_batch_whole_seconds(double seconds) {
  uint64_t whole = (uint64_t)seconds;
  if ((double)whole < seconds)
    whole++;
  return whole == 0 ? 1 : whole;
}

void omni_batch_child_limit_cpu(uint64_t seconds) {
  /* SIGXCPU at the soft limit; the hard one kills a program that catches it. */
  limit(RLIMIT_CPU, seconds, seconds + 1);
}

void omni_batch_child_limit(const omni_batch_limits *limits, uint64_t file_bytes) {
  limit(RLIMIT_CORE, 0, 0);
  if (file_bytes != 0)
    limit(RLIMIT_FSIZE, file_bytes, file_bytes);
  if (limits->address_space_bytes != 0)
    limit(RLIMIT_AS, limits->address_space_bytes, limits->address_space_bytes);
}

/* Signals as a fresh process has them, whatever the harness that started us ignores. */
static void reset_signals(void) {
  static const int defaults[] = {SIGPIPE, SIGXFSZ, SIGXCPU, SIGINT, SIGTERM, SIGHUP};
  for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
    signal(defaults[i], SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

void omni_batch_child_begin(void) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  reset_signals();
}

omni_host_options omni_batch_host_options(const omni_batch_server *server) {
  omni_host_options options;
  memset(&options, 0, sizeof options);
  options.plants = server->plants;
  options.heap_limit = server->limits.heap_bytes;
  options.stack_bytes = server->limits.stack_bytes;
  return options;
}

void omni_batch_child_run(const omni_batch_server *server, int index) {
  char path[OMNI_BATCH_PATH_BYTES];
  omni_batch_child_begin();
  if (!omni_batch_path(path, server, index, "err"))
    omni_batch_child_fail("directory name");
  omni_batch_child_redirect(STDERR_FILENO, path, O_WRONLY | O_CREAT | O_TRUNC);
  omni_batch_path(path, server, index, "in");
  omni_batch_child_redirect(STDIN_FILENO, access(path, F_OK) == 0 ? path : "/dev/null", O_RDONLY);
  omni_batch_path(path, server, index, "out");
  omni_batch_child_redirect(STDOUT_FILENO, path, O_WRONLY | O_CREAT | O_TRUNC);
  enter_files(server, index);
  omni_batch_path(path, server, index, "outcome");
  omni_batch_child_limit_cpu(omni_batch_whole_seconds(server->limits.cpu_seconds));
  omni_batch_child_limit(&server->limits, server->limits.file_bytes);

  omni_host_options options = omni_batch_host_options(server);
  options.outcome_path = path;
  /* exit(), not _exit(): leak checkers and coverage counters work at exit. */
  omni_edges_begin();
  int status = omni_host_run(server->batch->programs[index], &options);
  if (omni_batch_path(path, server, index, "edges"))
    omni_edges_end(path);
  exit(status);
}
