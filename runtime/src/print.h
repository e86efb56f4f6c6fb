/* print.h: values as text. */
#ifndef OMNI_PRINT_H
#define OMNI_PRINT_H

#include "text.h"
#include "value.h"

/* The ways of printing a value; each is the name of a primitive. */
typedef enum omni_style {
  OMNI_DISPLAY,      /* strings, characters and symbols raw; labels as OMNI_WRITE */
  OMNI_WRITE,        /* what reads back as the same value, where possible; labels for cycles only */
  OMNI_WRITE_SHARED, /* labels for all objects that come up more than once */
  OMNI_WRITE_SIMPLE  /* no labels: there is no end to cyclic data */
} omni_style;

/* Append v. */
void omni_print_value(omni_text *text, omni_style style, omni_borrowed v);
/* Whether symbols with this character need no bars for it. */
int omni_is_symbol_code(uint32_t code);
/* A string object: v as `write` prints it. */
omni_result omni_written(omni_context *ctx, omni_borrowed v);

#endif
