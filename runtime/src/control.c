/* control.c: the driver. Placeholder: replaced before anything uses it. */
#include "condition.h"
#include "variadic.h"

#define TODO(name)                                                                                 \
  omni_pending name(omni_context *ctx, int argc, const omni_borrowed *argv) {                      \
    (void)argc;                                                                                    \
    (void)argv;                                                                                    \
    return omni_fail_memory(ctx);                                                                  \
  }
TODO(omni_call_cc_long_n)
TODO(omni_call_cc_n)
TODO(omni_dynamic_wind_n)
TODO(omni_with_exception_handler_n)
TODO(omni_raise_continuable_n)
TODO(omni_call_with_prompt_n)
TODO(omni_control_n)
TODO(omni_call_with_parameters_n)
TODO(omni_yield_n)
TODO(omni_generator_next_x_n)
TODO(omni_generator_close_x_n)
TODO(omni_exit_n)
TODO(omni_emergency_exit_n)
TODO(omni_values_n)
omni_result omni_make_generator(omni_context *ctx, omni_borrowed a) {
  (void)a;
  return omni_fail_memory(ctx);
}
omni_immediate omni_generator_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  (void)a;
  return OMNI_FALSE;
}
omni_check omni_generator_done_p(omni_context *ctx, omni_borrowed a) {
  (void)a;
  return omni_fail_memory(ctx);
}
omni_result omni_make_parameter(omni_context *ctx, omni_owned a, omni_owned b) {
  omni_drop(ctx, a);
  omni_drop(ctx, b);
  return omni_fail_memory(ctx);
}
omni_immediate omni_parameter_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  (void)a;
  return OMNI_FALSE;
}
omni_result omni_parameter_converter(omni_context *ctx, omni_borrowed a) {
  (void)a;
  return omni_fail_memory(ctx);
}
omni_result omni_values_to_list(omni_context *ctx, omni_borrowed a) {
  (void)a;
  return omni_fail_memory(ctx);
}
int omni_suspending(omni_context *ctx) {
  (void)ctx;
  return 0;
}
omni_check omni_suspend(omni_context *ctx, omni_resume resume, int state, int slots, int guarded) {
  (void)resume;
  (void)state;
  (void)slots;
  (void)guarded;
  return omni_fail_memory(ctx);
}
void omni_save(omni_context *ctx, int index, omni_owned v) {
  (void)index;
  omni_drop(ctx, v);
}
omni_owned omni_restore(omni_context *ctx, int index) {
  (void)ctx;
  (void)index;
  return OMNI_NOTHING;
}
omni_immediate omni_restore_immediate(omni_context *ctx, int index) {
  (void)ctx;
  (void)index;
  return OMNI_NOTHING;
}
omni_result omni_resumed(omni_context *ctx) { return omni_fail_memory(ctx); }
omni_owned omni_caught_context(omni_context *ctx) {
  (void)ctx;
  return OMNI_NOTHING;
}
omni_result omni_raise_again(omni_context *ctx, omni_owned object, omni_owned context) {
  omni_drop(ctx, context);
  return omni_reraise(ctx, object);
}
