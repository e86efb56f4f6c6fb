/* datum_source.h: the characters of data that are read from a port. Functions that give an int give 1, or 0
 * after raising. */
#ifndef OMNI_DATUM_SOURCE_H
#define OMNI_DATUM_SOURCE_H

#include "port.h"
#include "text.h"

typedef struct omni_datum_source {
  omni_context *ctx;
  omni_port *port;
} omni_datum_source;

/* Comes after the last character. */
#define OMNI_NO_CODE UINT32_MAX

/* The next character, which stays / is read. */
int omni_datum_peek(omni_datum_source *s, uint32_t *code);
int omni_datum_next(omni_datum_source *s, uint32_t *code);
/* The next character, which must be there. */
int omni_datum_needed(omni_datum_source *s, uint32_t *code);
/* Read `wanted` if it comes next. */
int omni_datum_skip(omni_datum_source *s, uint32_t wanted, int *skipped);

/* The string of what was begun in `text` / of `start`, and what follows up to a delimiter. */
omni_result omni_datum_token(omni_datum_source *s, omni_text *text);
omni_result omni_datum_token_from(omni_datum_source *s, uint32_t start);
/* The text of a string or symbol up to the character `end`, which is read, too. */
int omni_datum_quoted(omni_datum_source *s, omni_text *text, uint32_t end);

/* Raise a read-error; give 0. `what` is one of OMNI_READ_... */
int omni_datum_fail(omni_context *ctx, const char *what);
int omni_datum_fail_about(omni_context *ctx, const char *what, omni_borrowed irritant);

#endif
