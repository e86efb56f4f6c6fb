/* generator.h: what generators need from the driver. */
#ifndef OMNI_GENERATOR_H
#define OMNI_GENERATOR_H

#include "value.h"

/* Change the state; `rest` replaces what the generator would have done next. */
void omni_generator_set(omni_context *ctx, omni_borrowed generator, omni_generator_state state,
                        omni_owned rest);
/* In the driver: a generator's thunk has returned. */
omni_pending omni_generator_returned(omni_context *ctx, omni_owned value);

#endif
