/* control.h: the driver, and calls of the values that stand for control. */
#ifndef OMNI_CONTROL_H
#define OMNI_CONTROL_H

#include "omni.h"

/* Run a program to its end: takes what its outermost function returned, and goes on as long as anything is
 * suspended. It is called with nothing else of the program in the C stack, and never by itself. */
omni_result omni_drive(omni_context *ctx, omni_pending p);

/* Call a continuation with owned arguments; everything is consumed but the array. */
omni_pending omni_continuation_call(omni_context *ctx, omni_owned k, int argc,
                                    const omni_value *argv);
/* The value of a parameter, which is consumed. */
omni_owned omni_parameter_call(omni_context *ctx, omni_owned parameter);
/* A multiple-values object of borrowed values; one value is itself. */
omni_result omni_values_make(omni_context *ctx, int count, const omni_borrowed *values);

#endif
