/* parameter.c: parameters, whose bindings are marks. */
#include "arguments.h"
#include "context.h"
#include "control.h"
#include "heap.h"
#include "variadic.h"

omni_result omni_make_parameter(omni_context *ctx, omni_owned a, omni_owned b) {
  omni_parameter *parameter = NULL;
  if (omni_want_procedure(ctx, "%make-parameter", b))
    parameter = omni_object_allocate(ctx, OMNI_TAG_PARAMETER, sizeof *parameter);
  if (parameter == NULL) {
    omni_drop(ctx, a);
    omni_drop(ctx, b);
    return OMNI_FAILED;
  }
  parameter->fields[OMNI_PARAMETER_VALUE] = a;
  parameter->fields[OMNI_PARAMETER_CONVERTER] = b;
  return omni_object_value(parameter);
}

omni_immediate omni_parameter_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_PARAMETER));
}

omni_result omni_parameter_converter(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "%parameter-converter", a, OMNI_TAG_PARAMETER))
    return OMNI_FAILED;
  return omni_dup(omni_parameter_of(a)->fields[OMNI_PARAMETER_CONVERTER]);
}

/* The innermost value of a parameter. Borrowed. */
static omni_value value_of(const omni_context *ctx, omni_borrowed parameter) {
  const omni_mark *mark = omni_mark_find(ctx->control.kont.marks, OMNI_MARK_PARAMETERS);
  while (mark != NULL) {
    for (omni_value b = mark->fields[OMNI_MARK_A]; b != OMNI_NIL; b = omni_cdr_of(b))
      if (omni_car_of(omni_car_of(b)) == parameter)
        return omni_cdr_of(omni_car_of(b));
    mark = omni_mark_find(mark->fields[OMNI_MARK_NEXT], OMNI_MARK_PARAMETERS);
  }
  return omni_parameter_of(parameter)->fields[OMNI_PARAMETER_VALUE];
}

omni_owned omni_parameter_call(omni_context *ctx, omni_owned parameter) {
  omni_value value = omni_dup(value_of(ctx, parameter));
  omni_drop(ctx, parameter);
  return value;
}

static omni_pending call_with_parameters(omni_context *ctx, omni_owned bindings, omni_owned thunk,
                                         omni_owned unused) {
  (void)unused;
  if (omni_mark_push(ctx, OMNI_MARK_PARAMETERS, bindings, OMNI_NIL))
    return omni_tail0(ctx, thunk);
  omni_drop(ctx, thunk);
  return OMNI_FAILED;
}

omni_pending omni_call_with_parameters_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  static const char who[] = "%call-with-parameters";
  uint64_t length;
  (void)argc;
  if (!omni_want_list(ctx, who, argv[0], &length) || !omni_want_procedure(ctx, who, argv[1]) ||
      !omni_kont_may_grow(ctx))
    return OMNI_FAILED;
  return omni_leave(ctx, call_with_parameters, omni_dup(argv[0]), omni_dup(argv[1]), OMNI_NOTHING);
}
