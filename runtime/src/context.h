/* context.h: the state of one running program. Everything mutable in the runtime hangs off it. */
#ifndef OMNI_CONTEXT_H
#define OMNI_CONTEXT_H

#include "cycles.h"
#include "heap.h"
#include "io.h"
#include "suspension.h"
#include "symbol.h"
#include "value.h"

/* A call that the receiver of OMNI_TAIL has to make. */
typedef struct omni_pending_call {
  omni_value callee; /* owned */
  int argc;
  omni_value args[OMNI_MAX_PARAMS]; /* owned, when argc <= OMNI_MAX_PARAMS */
  omni_value *many;                 /* else: storage of argc owned words */
} omni_pending_call;

struct omni_context {
  omni_heap heap;
  omni_cycles cycles;

  /* The failure on its way: the raised object, OMNI_UNBOUND when there is none. */
  omni_value raised; /* owned */
  int raised_line;   /* of a raised object that is not a condition; 0: not recorded */
  int raised_column;

  /* The object that omni_catch gave last and its position, for omni_reraise of objects that hold no
   * position themselves. Compared only, never followed. */
  omni_value caught;
  int caught_line;
  int caught_column;
  /* The kind of the last resource condition that the program caught, NULL if none: what it did then
   * depends on where the limit is. */
  const char *caught_limit;

  /* Made in advance, because they are raised when nothing can be allocated. Owned. */
  omni_value out_of_memory;
  omni_value stack_overflow;

  omni_control control; /* continuations and handlers */

  omni_pending_call pending;
  uintptr_t stack_limit; /* the lowest address at which omni_stack_check is content */
  omni_symbol_table symbols;
  omni_io io;
  const omni_form *forms; /* of the program, and how many */
  int form_count;
  const char *program;    /* its name, the first part of its command line */
  char *const *arguments; /* the others, up to a NULL; NULL if there are none */
  uint64_t plants; /* set of the planted faults to obey; only read by builds with OMNI_PLANTS */
};

/* A context without limits; NULL when there is no memory for it. */
omni_context *omni_context_make(void);
/* Release what the context owns. Objects that are still counted as live afterwards are leaks. */
void omni_context_clear(omni_context *ctx);
/* Free a cleared context. */
void omni_context_free(omni_context *ctx);

#endif
