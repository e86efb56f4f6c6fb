/* suspension.h: how what runs in the C stack gives way to the driver, and what the driver then does.
 *
 * A control procedure leaves an action and its operands in the context and fails. The compiled frames on
 * the way out become heap frames (omni_suspend), innermost first. When the driver (control.c) is reached,
 * the C stack holds nothing else, the continuation is complete, and the action may replace it. */
#ifndef OMNI_SUSPENSION_H
#define OMNI_SUSPENSION_H

#include "continuation.h"

/* Runs in the driver. What it returns, or the call it leaves pending, continues in the continuation that it
 * leaves as the current one. */
typedef omni_pending omni_action(omni_context *ctx, omni_owned a, omni_owned b, omni_owned c);

/* The continuation as it is taken off the C stack: what comes next goes to where the pointers point. */
typedef struct omni_capture {
  omni_value frames;
  omni_value marks; /* of guarded frames */
  omni_value *end_of_frames;
  omni_value *end_of_marks;
  omni_frame *last; /* the frame made last */
  uint64_t depth;
  uint32_t frame_count;
  uint32_t mark_count;
} omni_capture;

typedef struct omni_control {
  omni_kont kont;       /* the continuation of what the C stack holds */
  uint64_t depth_limit; /* on its bytes; 0: none */

  int suspending;
  omni_action *action; /* with its operands, while suspending */
  omni_value operands[3];
  omni_capture capture;
  /* How many frames the last suspension took off the C stack. */
  uint32_t captured;

  omni_frame *resumed; /* owned: the frame that is being continued */
  omni_value delivered;

  /* Belong to the raised object: whether a handler may answer it, and what omni_raise_again needs (the
   * latter owned). */
  int raised_continuable;
  omni_value raised_context;
} omni_control;

void omni_control_begin(omni_context *ctx);
/* Release whatever is left. */
void omni_control_clear(omni_context *ctx);

/* Another object has been raised: forget what belonged to the last one. */
void omni_control_raised(omni_context *ctx);

/* Give way to the driver. Always fails. */
omni_pending omni_leave(omni_context *ctx, omni_action *action, omni_owned a, omni_owned b,
                        omni_owned c);
/* Whether the failure under way is a suspension, not an error. */
int omni_suspending(omni_context *ctx);
/* In the driver: complete the continuation and act. */
omni_pending omni_act(omni_context *ctx);
/* In the driver: continue a frame with a value or OMNI_FAILED. */
omni_pending omni_frame_resume(omni_context *ctx, omni_owned frame, omni_value delivered);

#endif
