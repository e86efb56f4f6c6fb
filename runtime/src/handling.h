/* handling.h: errors that reach the driver, and raised objects that may be answered. */
#ifndef OMNI_HANDLING_H
#define OMNI_HANDLING_H

#include "continuation.h"

/* In the driver: what has been raised goes to the innermost active handler. `*handled` is 0 if there is
 * none: the program ends with it. */
omni_pending omni_handle(omni_context *ctx, int *handled);
/* In the driver: a handler has returned. */
omni_pending omni_handler_returned(omni_context *ctx, omni_owned value);

/* Ends of jumps (winding.h). */
omni_pending omni_arrive_at_guard(omni_context *ctx, omni_owned object, omni_owned context,
                                  omni_owned frame, omni_immediate position);
omni_pending omni_arrive_raising(omni_context *ctx, omni_owned object, omni_owned context);

/* Where the object that has been raised was raised, as one fixnum. */
omni_immediate omni_raised_position(const omni_context *ctx);

#endif
