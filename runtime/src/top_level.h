/* top_level.h: the forms of a program, one after the other. */
#ifndef OMNI_TOP_LEVEL_H
#define OMNI_TOP_LEVEL_H

#include "omni.h"

/* Run the forms of the context's program; the value is that of the last one. Called by the driver's caller,
 * with nothing of the program in the C stack. A form that suspends leaves a frame for those after it. */
omni_pending omni_top_level(omni_context *ctx);

#endif
