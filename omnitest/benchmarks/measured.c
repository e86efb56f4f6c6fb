/* Runs the program that its arguments name and reports to standard error, as its last line: exit status (or 128 and the
 * number of the signal), CPU time in microseconds, greatest resident memory in kilobytes.
 *
 * A process inherits the greatest resident memory of what it was forked from, so a large parent cannot measure a small
 * program; this one is small. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not POSIX, but on every system that has waitpid; declared by no header under _POSIX_C_SOURCE. */
pid_t wait4(pid_t process, int *status, int options, struct rusage *usage);

static long long microseconds(struct timeval time) {
  return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int count, char **arguments) {
  struct rusage usage;
  int status;
  pid_t process;

  if (count < 2)
    return 2;
  process = fork();
  if (process == 0) {
    execv(arguments[1], arguments + 1);
    _exit(127);
  }
  if (process < 0 || wait4(process, &status, 0, &usage) != process)
    return 1;
  fprintf(stderr, "%d %lld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss);
  return 0;
}
