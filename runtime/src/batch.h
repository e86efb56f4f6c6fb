/* batch.h: the parts of the batch runner (runtime/BATCH.md): batch.c serves requests, batch_wait.c watches
 * and ends the processes that programs run in, batch_child.c is such a process with one program, and
 * batch_company.c one with many.
 *
 * The runner never uses stdio: a child inherits no buffered bytes, neither of its input nor of its
 * output, and what the child prints is its own. Linux only: the runner needs to become the reaper of
 * orphaned grandchildren. */
#ifndef OMNI_BATCH_H
#define OMNI_BATCH_H

#include "omni_host.h"

#include <sys/types.h>

/* What every program of the batch may use. Zero means "no limit" from heap_bytes on. */
typedef struct omni_batch_limits {
  double cpu_seconds;
  double wall_seconds;
  uint64_t heap_bytes;
  uint64_t stack_bytes;
  uint64_t file_bytes;          /* size of any file that the program writes */
  uint64_t address_space_bytes; /* virtual memory; must be 0 under the sanitizers and valgrind */
  uint64_t resident_bytes;      /* physical memory, looked at every OMNI_BATCH_POLL_MILLISECONDS */
} omni_batch_limits;

typedef struct omni_batch_server {
  const omni_batch *batch;
  const char *directory;
  const char *plants;
  const char *files; /* the programs' working directory; NULL: an empty one for each */
  omni_batch_limits limits;
} omni_batch_server;

enum { OMNI_BATCH_PATH_BYTES = 4096, OMNI_BATCH_POLL_MILLISECONDS = 50 };

/* Write a line; a runner that nobody listens to any more ends. */
void omni_batch_say(int fd, const char *format, ...);

/* ---- in a child (batch_child.c) ---- */

/* "DIRECTORY/INDEX.SUFFIX"; 0 if that is too long. */
int omni_batch_path(char path[OMNI_BATCH_PATH_BYTES], const omni_batch_server *server, int index,
                    const char *suffix);
/* Say what failed, with errno, and end the process. */
void omni_batch_child_fail(const char *what);
/* A process group of its own, signals as a fresh process has them, death with the runner. */
void omni_batch_child_begin(void);
/* Open `path` in the place of descriptor `fd`. */
void omni_batch_child_redirect(int fd, const char *path, int flags);
/* Limits that are the same for every process: core files, virtual memory, and files of `file_bytes`
 * (0: any size). */
void omni_batch_child_limit(const omni_batch_limits *limits, uint64_t file_bytes);
/* Let the process have this many whole seconds of CPU time. */
void omni_batch_child_limit_cpu(uint64_t seconds);
/* CPU seconds, rounded up to whole ones, of which there is at least one. */
uint64_t omni_batch_whole_seconds(double seconds);
/* What the limits say to the runtime. */
omni_host_options omni_batch_host_options(const omni_batch_server *server);
/* Run program `index` in this process, which ends with it. */
void omni_batch_child_run(const omni_batch_server *server, int index);

/* ---- watching a child (batch_wait.c) ---- */

typedef enum omni_batch_end {
  OMNI_BATCH_EXITED,
  OMNI_BATCH_SIGNALED,
  OMNI_BATCH_WALL_LIMIT,
  OMNI_BATCH_MEMORY_LIMIT,
  OMNI_BATCH_CPU_LIMIT
} omni_batch_end;

typedef struct omni_batch_verdict {
  omni_batch_end end;
  int code; /* exit status or signal */
} omni_batch_verdict;

/* The protocol's word for an end. */
const char *omni_batch_end_word(omni_batch_end end);
/* Monotonic time in seconds. */
double omni_batch_now(void);
/* CPU time of all children waited for so far. */
long omni_batch_children_milliseconds(void);
/* One look at a child, which is killed if it is beyond `deadline` (omni_batch_now) or its physical memory; then,
 * if it is still alive, a nap until something happens or the next look is due. 1 when it has ended. */
int omni_batch_watch(pid_t pid, double deadline, const omni_batch_limits *limits,
                     omni_batch_verdict *verdict);
/* Kill a child and wait for it. */
omni_batch_verdict omni_batch_kill(pid_t pid, omni_batch_end end);
/* Kill and reap whatever a program has left running: its process group, and everything else that has the
 * runner as its parent. */
void omni_batch_end_leftovers(pid_t group);

/* ---- many programs in one process (batch_company.c) ---- */

/* Serve `together FIRST COUNT`; 0 when there is no memory to share with a child. */
int omni_batch_run_together(const omni_batch_server *server, int first, int count);

#endif
