/* print.h: values as text. */
#ifndef OMNI_PRINT_H
#define OMNI_PRINT_H

#include "text.h"
#include "value.h"

typedef enum omni_style { OMNI_DISPLAY, OMNI_WRITE } omni_style;

/* Append v as `write` or `display` prints it. */
void omni_print_value(omni_text *text, omni_style style, omni_borrowed v);
/* Whether symbols with this character need no bars for it. */
int omni_is_symbol_code(uint32_t code);
/* A string object: v as `write` prints it. */
omni_result omni_written(omni_context *ctx, omni_borrowed v);

#endif
