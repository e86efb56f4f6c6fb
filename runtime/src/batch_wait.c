/* batch_wait.c: watching the processes that programs run in, and ending what they leave behind. */
#include "batch.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ESCAPEE_POLL_MILLISECONDS = 5 };

const char *omni_batch_end_word(omni_batch_end end) {
  static const char *const words[] = {"exited", "signaled", "wall-limit", "memory-limit",
                                      "cpu-limit"};
  return words[end];
}

double omni_batch_now(void) {
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

long omni_batch_children_milliseconds(void) {
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

omni_batch_verdict omni_batch_kill(pid_t pid, omni_batch_end end) {
  omni_batch_verdict verdict = {end, SIGKILL};
  kill(-pid, SIGKILL);
  kill(pid, SIGKILL);
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
    continue;
  return verdict;
}

int omni_batch_watch(pid_t pid, double deadline, const omni_batch_limits *limits,
                     omni_batch_verdict *verdict) {
  int status;
  if (waitpid(pid, &status, WNOHANG) == pid) {
    verdict->end = WIFSIGNALED(status) ? OMNI_BATCH_SIGNALED : OMNI_BATCH_EXITED;
    verdict->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return 1;
  }
  double left = deadline - omni_batch_now();
  if (left <= 0) {
    *verdict = omni_batch_kill(pid, OMNI_BATCH_WALL_LIMIT);
    return 1;
  }
  if (limits->resident_bytes != 0 && resident_bytes(pid) > limits->resident_bytes) {
    *verdict = omni_batch_kill(pid, OMNI_BATCH_MEMORY_LIMIT);
    return 1;
  }
  wait_for_child(left < OMNI_BATCH_POLL_MILLISECONDS * 1e-3 ? left
                                                            : OMNI_BATCH_POLL_MILLISECONDS * 1e-3);
  return 0;
}

/* ---- what a program leaves behind ---- */

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

/* Processes that moved to another group or session become our children when their parents die (we are
 * the subreaper), so the loop ends when there are no children left. */
void omni_batch_end_leftovers(pid_t group) {
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
