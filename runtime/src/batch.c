/* batch.c: the batch runner. Serves requests for the programs of one translation unit, each run in a
 * forked child with limits, so that a program that hangs, crashes or eats memory costs its own verdict
 * and nothing else. The protocol is described in runtime/BATCH.md. Linux only: it needs to become the
 * reaper of orphaned grandchildren.
 *
 * The parent never uses stdio: a child inherits no buffered bytes, neither of its input nor of its
 * output, and what the child prints is its own. */
#include "edges.h"
#include "omni_host.h"
#include "request.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What every program of the batch may use. Zero means "no limit" for the last three. */
typedef struct batch_limits {
  double cpu_seconds;
  double wall_seconds;
  uint64_t heap_bytes;
  uint64_t stack_bytes;
  uint64_t file_bytes;          /* size of any file that the program writes */
  uint64_t address_space_bytes; /* virtual memory; must be 0 under the sanitizers and valgrind */
  uint64_t resident_bytes;      /* physical memory, looked at every POLL_MILLISECONDS */
} batch_limits;

typedef struct batch_server {
  const omni_batch *batch;
  const char *directory;
  const char *plant;
  const char *files; /* the programs' working directory; NULL: an empty one for each */
  batch_limits limits;
} batch_server;

/* How a child ended. */
typedef enum child_end {
  CHILD_EXITED,
  CHILD_SIGNALED,
  CHILD_WALL_LIMIT,
  CHILD_MEMORY_LIMIT
} child_end;

typedef struct child_verdict {
  child_end end;
  int code; /* exit status or signal */
  long cpu_milliseconds;
} child_verdict;

enum { LINE_BYTES = 256, PATH_BYTES = 4096, POLL_MILLISECONDS = 50, ESCAPEE_POLL_MILLISECONDS = 5 };

/* ---- the two pipes ---- */

static void write_all(int fd, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t n = write(fd, bytes, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      _exit(OMNI_EXIT_HOST); /* nobody is listening any more */
    bytes += n;
    size -= (size_t)n;
  }
}

static void say(int fd, const char *format, ...) {
  char line[LINE_BYTES];
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  write_all(fd, line, n < (int)sizeof line ? (size_t)n : sizeof line - 1);
}

/* ---- the child ---- */

static int path_of(char path[PATH_BYTES], const batch_server *server, int index,
                   const char *suffix) {
  int n = snprintf(path, PATH_BYTES, "%s/%d.%s", server->directory, index, suffix);
  return n > 0 && n < PATH_BYTES;
}

static void fail_child(const char *what) {
  say(STDERR_FILENO, "batch runner: %s: %s\n", what, strerror(errno));
  _exit(OMNI_EXIT_HOST);
}

static void redirect(int fd, const char *path, int flags) {
  int opened = open(path, flags, 0600);
  if (opened < 0 || dup2(opened, fd) < 0)
    fail_child(path);
  close(opened);
}

/* The program's relative file names mean files in the given directory, or in a new one of its own. */
static void enter_files(const batch_server *server, int index) {
  char own[PATH_BYTES];
  const char *files = server->files;
  if (files == NULL) {
    files = own;
    path_of(own, server, index, "files");
    if (mkdir(own, 0700) != 0)
      fail_child(own);
  }
  if (chdir(files) != 0)
    fail_child(files);
}

static void limit(int resource, uint64_t soft, uint64_t hard) {
  struct rlimit wanted = {(rlim_t)soft, (rlim_t)hard};
  if (setrlimit(resource, &wanted) != 0)
    fail_child("setrlimit");
}

static void limit_child(const batch_limits *limits) {
  uint64_t seconds = (uint64_t)limits->cpu_seconds;
  if ((double)seconds < limits->cpu_seconds)
    seconds++;
  if (seconds == 0)
    seconds = 1;
  /* SIGXCPU at the soft limit; the hard one kills a program that catches it. */
  limit(RLIMIT_CPU, seconds, seconds + 1);
  limit(RLIMIT_CORE, 0, 0);
  if (limits->file_bytes != 0)
    limit(RLIMIT_FSIZE, limits->file_bytes, limits->file_bytes);
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

static void run_child(const batch_server *server, int index) {
  char path[PATH_BYTES];
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  reset_signals();
  if (!path_of(path, server, index, "err"))
    fail_child("directory name");
  redirect(STDERR_FILENO, path, O_WRONLY | O_CREAT | O_TRUNC);
  path_of(path, server, index, "in");
  redirect(STDIN_FILENO, access(path, F_OK) == 0 ? path : "/dev/null", O_RDONLY);
  path_of(path, server, index, "out");
  redirect(STDOUT_FILENO, path, O_WRONLY | O_CREAT | O_TRUNC);
  enter_files(server, index);
  path_of(path, server, index, "outcome");
  limit_child(&server->limits);

  omni_host_options options;
  memset(&options, 0, sizeof options);
  options.outcome_path = path;
  options.plant = server->plant;
  options.heap_limit = server->limits.heap_bytes;
  options.stack_bytes = server->limits.stack_bytes;
  omni_edges_begin();
  int status = omni_host_run(server->batch->programs[index], &options);
  if (path_of(path, server, index, "edges"))
    omni_edges_end(path);
  /* exit(), not _exit(): leak checkers and coverage counters work at exit. */
  exit(status);
}

/* ---- the parent: waiting ---- */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Sleep until a child changes state or `seconds` have passed. SIGCHLD is blocked, so that one that
 * arrives early is kept. */
static void wait_for_child(double seconds) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
  sigtimedwait(&child, NULL, &t);
}

/* CPU time of all children waited for so far. */
static long children_milliseconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static uint64_t resident_bytes(pid_t pid) {
  char name[64], text[128];
  snprintf(name, sizeof name, "/proc/%ld/statm", (long)pid);
  int fd = open(name, O_RDONLY);
  if (fd < 0)
    return 0;
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  if (n <= 0)
    return 0;
  text[n] = '\0';
  uint64_t total, resident;
  if (sscanf(text, "%" SCNu64 " %" SCNu64, &total, &resident) != 2)
    return 0;
  return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static child_verdict kill_child(pid_t pid, child_end end) {
  child_verdict verdict = {end, SIGKILL, 0};
  kill(-pid, SIGKILL);
  kill(pid, SIGKILL);
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
    continue;
  return verdict;
}

static child_verdict wait_verdict(pid_t pid, const batch_limits *limits) {
  double deadline = now() + limits->wall_seconds;
  for (;;) {
    int status;
    pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid) {
      child_verdict verdict = {WIFSIGNALED(status) ? CHILD_SIGNALED : CHILD_EXITED,
                               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), 0};
      return verdict;
    }
    double left = deadline - now();
    if (left <= 0)
      return kill_child(pid, CHILD_WALL_LIMIT);
    if (limits->resident_bytes != 0 && resident_bytes(pid) > limits->resident_bytes)
      return kill_child(pid, CHILD_MEMORY_LIMIT);
    wait_for_child(left < POLL_MILLISECONDS * 1e-3 ? left : POLL_MILLISECONDS * 1e-3);
  }
}

/* ---- the parent: what a program leaves behind ---- */

/* The parent of process `name`, a decimal directory name in /proc; 0 when it is gone. */
static long parent_of(const char *name) {
  char path[64], text[512];
  if (snprintf(path, sizeof path, "/proc/%s/stat", name) >= (int)sizeof path)
    return 0;
  int fd = open(path, O_RDONLY);
  if (fd < 0)
    return 0;
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  if (n <= 0)
    return 0;
  text[n] = '\0';
  const char *after_name = strrchr(text, ')'); /* the name may hold anything but this comes last */
  long parent = 0;
  if (after_name == NULL || sscanf(after_name, ") %*c %ld", &parent) != 1)
    return 0;
  return parent;
}

static void kill_children(void) {
  DIR *processes = opendir("/proc");
  if (processes == NULL)
    return;
  long self = (long)getpid();
  for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
    if (isdigit((unsigned char)entry->d_name[0]) && parent_of(entry->d_name) == self)
      kill((pid_t)atol(entry->d_name), SIGKILL);
  }
  closedir(processes);
}

/* Kill and reap whatever a program has left running: its process group, and processes that moved to
 * another group or session. Those become our children when their parents die (we are the subreaper),
 * so the loop ends when there are no children left. */
static void end_leftovers(pid_t group) {
  kill(-group, SIGKILL);
  for (;;) {
    pid_t ended = waitpid(-1, NULL, WNOHANG);
    if (ended > 0 || (ended < 0 && errno == EINTR))
      continue;
    if (ended < 0)
      return;
    kill_children();
    wait_for_child(ESCAPEE_POLL_MILLISECONDS * 1e-3);
  }
}

/* ---- requests ---- */

static void run_program(const batch_server *server, int index) {
  static const char *const words[] = {"exited", "signaled", "wall-limit", "memory-limit"};
  long before = children_milliseconds();
  pid_t pid = fork();
  if (pid < 0) {
    say(STDOUT_FILENO, "%d fork-failed %d 0 0\n", index, errno);
    return;
  }
  if (pid == 0)
    run_child(server, index);
  setpgid(pid, pid); /* also here: whoever comes first, the group exists before it is killed */
  child_verdict verdict = wait_verdict(pid, &server->limits);
  verdict.cpu_milliseconds = children_milliseconds() - before;
  end_leftovers(pid);
  say(STDOUT_FILENO, "%d %s %d %ld %ld\n", index, words[verdict.end], verdict.code, (long)pid,
      verdict.cpu_milliseconds);
}

/* Run a trusted program in this process, its output thrown away. Under an instrumenting simulator such
 * as valgrind children inherit the translations of the code that the parent has run. */
static int warm_up(const batch_server *server, int index) {
  int output = dup(STDOUT_FILENO), nowhere = open("/dev/null", O_WRONLY);
  if (output < 0 || nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
    return 0;
  omni_host_options options = {0};
  options.outcome_path = "/dev/null";
  options.stack_bytes = server->limits.stack_bytes;
  int status = omni_host_run(server->batch->programs[index], &options);
  int restored = dup2(output, STDOUT_FILENO) >= 0;
  close(output);
  close(nowhere);
  say(STDOUT_FILENO, "%d warm %d\n", index, status);
  return restored;
}

/* NAME=VALUE arguments; returns 0 for one that is not known. */
static int parse_option(batch_server *server, const char *argument) {
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
  if (size == strlen("plant") && strncmp(argument, "plant", size) == 0) {
    server->plant = value;
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

int omni_batch_serve(const omni_batch *batch, int argc, char **argv) {
  batch_server server = {batch, NULL, NULL, NULL, {10.0, 60.0, 0, 0, 0, 0, 0}};
  if (argc < 2) {
    say(STDERR_FILENO, "usage: %s DIRECTORY [NAME=VALUE]...\n", argc > 0 ? argv[0] : "batch");
    return OMNI_EXIT_HOST;
  }
  server.directory = argv[1];
  for (int i = 2; i < argc; i++) {
    if (parse_option(&server, argv[i]))
      continue;
    say(STDERR_FILENO, "batch runner: bad option %s\n", argv[i]);
    return OMNI_EXIT_HOST;
  }
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  say(STDOUT_FILENO, "ready %d\n", batch->count);
  char line[LINE_BYTES];
  while (omni_request_read(line, sizeof line) && strcmp(line, "done") != 0) {
    char verb[5];
    int index;
    int known = sscanf(line, "%4s %d", verb, &index) == 2 && index >= 0 && index < batch->count;
    if (known && strcmp(verb, "run") == 0)
      run_program(&server, index);
    else if (!known || strcmp(verb, "warm") != 0 || !warm_up(&server, index)) {
      say(STDERR_FILENO, "batch runner: bad request %s\n", line);
      return OMNI_EXIT_HOST;
    }
  }
  return OMNI_EXIT_OK;
}
