/* batch_company.c: many programs one after the other in one process.
 *
 * Forking a process for each program, and a checker's work at its exit, cost many times what a small
 * program costs. A program that runs in company is looked at closely enough to know whether its own
 * process would have had something to report; the client runs such a doubtful program again alone.
 *
 * The child appends what programs write to files that they share and writes a row for each program
 * that ended. All that it says to the runner is in a page that both see: how far it has come. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "batch.h"
#include "edges.h"

#include "io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif

/* The runner's own descriptors in a child: out of the way of what programs open and close. */
enum { ROWS_FD = 200, RECORDS_FD, FILES_FD };

/* A child whose programs have written more than this ends, and another one goes on. */
enum { MOST_WRITTEN = 256 * 1024 };

enum { ROW_BYTES = 256 };

/* What the runner knows of its child. */
typedef struct progress {
  volatile unsigned changes; /* how often anything below has changed */
  volatile int ended;        /* how many programs have */
  volatile int running;      /* whether one has begun and not ended */
  volatile double cpu;       /* CPU time of the process when the last one began or ended */
} progress;

/* ---- the child ---- */

#ifdef __GNUC__
/* Defined where a sanitizer is linked. */
extern size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));
static size_t allocated_bytes(void) {
  return __sanitizer_get_current_allocated_bytes != NULL ? __sanitizer_get_current_allocated_bytes()
                                                         : 0;
}
#else
static size_t allocated_bytes(void) { return 0; }
#endif

/* Errors that memcheck has reported in this process. */
static unsigned checker_errors(void) {
#ifdef VALGRIND_COUNT_ERRORS
  return (unsigned)VALGRIND_COUNT_ERRORS;
#else
  return 0;
#endif
}

static double cpu_seconds(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t) != 0)
    return 0;
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Open DIRECTORY/FIRST.SUFFIX for appending, as descriptor `fd`. */
static void open_shared(const omni_batch_server *server, int first, const char *suffix, int fd) {
  char path[OMNI_BATCH_PATH_BYTES];
  if (!omni_batch_path(path, server, first, suffix))
    omni_batch_child_fail("directory name");
  omni_batch_child_redirect(fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
}

/* The folder that the programs of this process find empty. */
static DIR *open_files(const omni_batch_server *server, int first) {
  char path[OMNI_BATCH_PATH_BYTES];
  omni_batch_path(path, server, first, "together.files");
  if (mkdir(path, 0700) != 0)
    omni_batch_child_fail(path);
  omni_batch_child_redirect(FILES_FD, path, O_RDONLY | O_DIRECTORY);
  DIR *files = fdopendir(FILES_FD);
  if (files == NULL)
    omni_batch_child_fail(path);
  return files;
}

/* Remove what a program has left in its folder; 0 if something is still there. */
static int empty_files(DIR *files) {
  int is_empty = 1;
  rewinddir(files);
  for (struct dirent *entry; (entry = readdir(files)) != NULL;)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      is_empty &= unlinkat(FILES_FD, entry->d_name, 0) == 0;
  return is_empty;
}

/* Standard input of program `index`. Returns whether it has one that the next program must not see. */
static int open_input(const omni_batch_server *server, int index, int has_other) {
  char path[OMNI_BATCH_PATH_BYTES];
  omni_batch_path(path, server, index, "in");
  int own = access(path, F_OK) == 0;
  if (own || has_other)
    omni_batch_child_redirect(STDIN_FILENO, own ? path : "/dev/null", O_RDONLY);
  return own;
}

/* Run one program and write its row; 0 if the process is in no state to run another. */
static int run_one(const omni_batch_server *server, int index, DIR *files,
                   omni_host_options *options) {
  uint64_t held = 0;
  options->held_bytes = &held;
  double began = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  unsigned errors = checker_errors();
  size_t allocated = allocated_bytes();
  omni_edges_begin();
  int status = omni_host_run(server->batch->programs[index], options);
  char edges[OMNI_BATCH_PATH_BYTES];
  if (omni_batch_path(edges, server, index, "edges"))
    omni_edges_end(edges);
  int is_doubtful = held != 0 || allocated_bytes() > allocated || checker_errors() != errors;
  double seconds = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - began;

  off_t record = lseek(RECORDS_FD, 0, SEEK_CUR), output = lseek(STDOUT_FILENO, 0, SEEK_CUR),
        messages = lseek(STDERR_FILENO, 0, SEEK_CUR);
  if (record < 0 || output < 0 || messages < 0)
    return 0; /* the program has closed what it does not own */
  char row[ROW_BYTES];
  int size = snprintf(row, sizeof row, "%d %d %.6f %d %jd %jd %jd\n", index, status, seconds,
                      is_doubtful, (intmax_t)record, (intmax_t)output, (intmax_t)messages);
  if (omni_write_all(ROWS_FD, row, (uint64_t)size) != 0)
    return 0;
  return (server->files != NULL || (empty_files(files) && fchdir(FILES_FD) == 0)) &&
         record + output + messages <= MOST_WRITTEN;
}

static void note(progress *shared, int ended, int running) {
  shared->ended = ended;
  shared->running = running;
  shared->cpu = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  shared->changes++;
}

/* Run programs from `first` on, at most `count`, in this process, which ends then. */
static void run_child(const omni_batch_server *server, int first, int count, progress *shared) {
  omni_batch_child_begin();
  open_shared(server, first, "together.err", STDERR_FILENO);
  open_shared(server, first, "together.out", STDOUT_FILENO);
  open_shared(server, first, "together.records", RECORDS_FD);
  open_shared(server, first, "together.rows", ROWS_FD);
  DIR *files = NULL;
  if (server->files == NULL) {
    files = open_files(server, first);
    if (fchdir(FILES_FD) != 0)
      omni_batch_child_fail("working directory");
  } else if (chdir(server->files) != 0)
    omni_batch_child_fail(server->files);
  uint64_t file_bytes = server->limits.file_bytes;
  omni_batch_child_limit(&server->limits, file_bytes == 0 ? 0 : file_bytes + MOST_WRITTEN);
  omni_host_options options = omni_batch_host_options(server);
  options.outcome_fd = RECORDS_FD;

  int has_input = 1; /* the runner's own */
  int goes_on = 1;
  for (int ended = 0; ended < count && goes_on; ended++) {
    has_input = open_input(server, first + ended, has_input);
    note(shared, ended, 1);
    goes_on = run_one(server, first + ended, files, &options);
    note(shared, ended + 1, 0);
  }
  if (files != NULL)
    closedir(files);
  exit(OMNI_EXIT_OK); /* leak checkers and coverage counters work at exit */
}

/* ---- the runner ---- */

static int is_out_of_time(const progress *shared, clockid_t clock, double seconds) {
  double before = shared->cpu;
  return cpu_seconds(clock) - before > seconds;
}

/* Watch a child until it ends, or until one of its programs has used up its time. */
static omni_batch_verdict watch(pid_t pid, const omni_batch_limits *limits,
                                const progress *shared) {
  double cpu_limit = (double)omni_batch_whole_seconds(limits->cpu_seconds);
  double deadline = omni_batch_now() + limits->wall_seconds;
  unsigned changes = shared->changes;
  clockid_t clock;
  int has_clock = clock_getcpuclockid(pid, &clock) == 0;
  omni_batch_verdict verdict;
  while (!omni_batch_watch(pid, deadline, limits, &verdict)) {
    if (changes != shared->changes) {
      changes = shared->changes;
      deadline = omni_batch_now() + limits->wall_seconds;
    } else if (has_clock && is_out_of_time(shared, clock, cpu_limit))
      return omni_batch_kill(pid, OMNI_BATCH_CPU_LIMIT);
  }
  return verdict;
}

/* Run programs from `first` on, at most `count`, in one child, and say what came of it. Returns how many
 * need no other child. */
static int run_company(const omni_batch_server *server, int first, int count, progress *shared) {
  memset(shared, 0, sizeof *shared);
  pid_t pid = fork();
  if (pid < 0) {
    omni_batch_say(STDOUT_FILENO, "together %d 0 1 fork-failed %d 0\n", first, errno);
    return 1;
  }
  if (pid == 0)
    run_child(server, first, count, shared);
  setpgid(pid, pid); /* also here: whoever comes first, the group exists before it is killed */
  omni_batch_verdict verdict = watch(pid, &server->limits, shared);
  omni_batch_end_leftovers(pid);
  int ended = shared->ended, running = shared->running != 0;
  if (ended < 0 || ended > count - running || ended + running == 0) { /* overwritten, or no start */
    ended = 0;
    running = 1;
  }
  omni_batch_say(STDOUT_FILENO, "together %d %d %d %s %d %ld\n", first, ended, running,
                 omni_batch_end_word(verdict.end), verdict.code, (long)pid);
  return ended + running;
}

int omni_batch_run_together(const omni_batch_server *server, int first, int count) {
  progress *shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED)
    return 0;
  while (count > 0) {
    int done = run_company(server, first, count, shared);
    first += done;
    count -= done;
  }
  munmap(shared, sizeof *shared);
  return 1;
}
