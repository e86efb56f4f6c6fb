/* procedure.h: what is known of a procedure value. */
#ifndef OMNI_PROCEDURE_H
#define OMNI_PROCEDURE_H

#include "primitive.h"

static inline const omni_code *omni_code_of(omni_value member) {
  return ((const omni_procedure *)omni_object(member))->code;
}
static inline const omni_primitive_object *omni_primitive_of(omni_value primitive) {
  return (const omni_primitive_object *)omni_object(primitive);
}
/* "" when anonymous. */
const char *omni_procedure_name(omni_borrowed procedure);

#endif
