/* record.h: what printing has to know of records. */
#ifndef OMNI_RECORD_H
#define OMNI_RECORD_H

#include "value.h"

static inline omni_record_type *omni_record_type_of(omni_value type) {
  return (omni_record_type *)omni_object(type);
}
static inline const omni_symbol *omni_record_type_name(omni_value type) {
  return omni_symbol_of(omni_record_type_of(type)->name);
}

#endif
