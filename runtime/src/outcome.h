/* outcome.h: saying how a program ended: the outcome record (described in runtime/README.md) and the
 * line on stderr. */
#ifndef OMNI_OUTCOME_H
#define OMNI_OUTCOME_H

#include "omni.h"
#include "omni_host.h"

#include <stdio.h>

/* The texts are made while the program's values are still alive. */
typedef struct omni_outcome {
  FILE *record_stream;
  FILE *line_stream;
  char *record; /* the record but for its last lines */
  size_t record_size;
  char *line; /* for stderr; empty if the program gave a value or called exit */
  size_t line_size;
  int exited; /* whether it called exit, and with which status */
  int exit_status;
} omni_outcome;

/* Describe the value, and write it to stdout if `print`. 0 if memory ran out, which has been raised. */
int omni_outcome_of_value(omni_context *ctx, omni_outcome *outcome, omni_borrowed v, int print);
/* Describe what has been raised; `file` is the program's. 0 when that is impossible. */
int omni_outcome_of_failure(omni_context *ctx, omni_outcome *outcome, const char *file);
/* Write the line, and the record with its last lines where the options say; `ctx` has been cleared. 0 after
 * saying why not. */
int omni_outcome_write(const omni_context *ctx, const omni_outcome *outcome,
                       const omni_host_options *options);
void omni_outcome_free(omni_outcome *outcome);

#endif
