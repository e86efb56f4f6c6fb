/* omni_host.h: running a compiled program from a host: the stand-alone main, the batch runner and the
 * JIT server. Not for emitted code. The outcome record is described in runtime/README.md. */
#ifndef OMNI_HOST_H
#define OMNI_HOST_H

#include "omni.h"

/* Exit statuses of a program's process. */
enum { OMNI_EXIT_OK = 0, OMNI_EXIT_CONDITION = 70, OMNI_EXIT_HOST = 71 };

typedef struct omni_host_options {
  const char *outcome_path; /* the file that becomes the outcome record; NULL: none */
  int outcome_fd;           /* without a path: an open file that it is written to; 0: no record */
  const char *plants;   /* planted faults, separated by commas; only builds with OMNI_PLANTS obey */
  uint64_t heap_limit;  /* bytes of live objects before out-of-memory is raised; 0: none */
  uint64_t stack_bytes; /* C stack that the program may use; 0: what the process has */
  uint64_t fail_allocation; /* OMNI_DEBUG builds: let the n-th allocation fail; 0: never */
  char *const *arguments;   /* of the program, up to a NULL; NULL: none */
  int print_value;          /* write the final value and a newline to stdout */
  int keep_exit_status;     /* after (exit n), give n instead of OMNI_EXIT_CONDITION */
  uint64_t *held_bytes;     /* receives what the program's objects and working storage still take
                               after everything has been released; NULL: nobody asks */
} omni_host_options;

/* Options from OMNI_OUTCOME, OMNI_PLANT, OMNI_HEAP_LIMIT, OMNI_STACK, OMNI_FAIL_ALLOC, OMNI_PRINT. */
void omni_host_options_from_environment(omni_host_options *options);

/* Run a program to its end: builds its literals, evaluates it, writes the outcome, releases everything
 * and gives the exit status. An uncaught condition is written to stderr as
 * "FILE:LINE:COLUMN: error: KIND: MESSAGE: IRRITANTS"; nothing is after (exit n), which ends a program
 * with the pseudo-condition of the kind `exit`. Does not call exit() itself. */
int omni_host_run(const omni_program *program, const omni_host_options *options);

/* Make sure the process has `bytes` of C stack for its main thread, executing itself again with a
 * raised limit if need be (argv as given to main). Returns when there is nothing more to do. */
void omni_host_ensure_stack(uint64_t bytes, char **argv);

/* The programs of a batch: emitted after the programs of one translation unit. */
typedef struct omni_batch {
  const omni_program *const *programs;
  int count;
} omni_batch;

/* Serve requests for programs of a batch; see runtime/BATCH.md. Returns the exit status. */
int omni_batch_serve(const omni_batch *batch, int argc, char **argv);

#endif
