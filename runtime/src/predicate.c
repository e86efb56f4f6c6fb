/* predicate.c: what type a value has. */
#include "value.h"

omni_immediate omni_number_p(omni_context *ctx, omni_borrowed a) {
  return omni_boolean(omni_integer_p(ctx, a) == OMNI_TRUE || omni_has_tag(a, OMNI_TAG_FLOAT));
}

omni_immediate omni_integer_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_is_fixnum(a) || omni_has_tag(a, OMNI_TAG_INTEGER));
}

omni_immediate omni_float_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_FLOAT));
}

omni_immediate omni_boolean_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(a == OMNI_TRUE || a == OMNI_FALSE);
}

omni_immediate omni_nothing_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(a == OMNI_NOTHING);
}

omni_immediate omni_char_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_is_character(a));
}

omni_immediate omni_string_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_STRING));
}

omni_immediate omni_symbol_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_SYMBOL));
}

omni_immediate omni_pair_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_is_pair(a));
}

omni_immediate omni_null_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(a == OMNI_NIL);
}

omni_immediate omni_vector_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_VECTOR));
}

omni_immediate omni_procedure_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_is_procedure(a));
}

omni_immediate omni_condition_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_CONDITION));
}

omni_immediate omni_error_object_p(omni_context *ctx, omni_borrowed a) {
  return omni_condition_p(ctx, a);
}

omni_immediate omni_eof_object_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(a == OMNI_EOF);
}

omni_immediate omni_not(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(!omni_truthy(a));
}
