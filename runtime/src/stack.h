/* stack.h: how much C stack a program may use. */
#ifndef OMNI_STACK_H
#define OMNI_STACK_H

#include "omni.h"

/* What a process gets when nothing says how much. */
#define OMNI_DEFAULT_STACK ((uint64_t)1 << 30)

/* Let the program that the caller starts use `bytes` of C stack (0: all there is), counted from the
 * caller's frame, but never more than the process has. */
void omni_stack_limit(omni_context *ctx, uint64_t bytes);

#endif
