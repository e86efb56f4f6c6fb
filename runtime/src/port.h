/* port.h: ports. Both kinds of ports work on bytes; textual ones carry UTF-8. */
#ifndef OMNI_PORT_H
#define OMNI_PORT_H

#include "io.h"
#include "value.h"

/* ---- ports as arguments ---- */

typedef enum omni_port_type {
  OMNI_ANY_PORT,
  OMNI_INPUT_PORT,
  OMNI_OUTPUT_PORT,
  OMNI_TEXTUAL_INPUT_PORT,
  OMNI_BINARY_INPUT_PORT,
  OMNI_TEXTUAL_OUTPUT_PORT,
  OMNI_BINARY_OUTPUT_PORT,
  OMNI_STRING_OUTPUT_PORT,
  OMNI_BYTEVECTOR_OUTPUT_PORT
} omni_port_type;

/* 1, or 0 after raising a type-error in the name of `who`. */
int omni_want_port(omni_context *ctx, const char *who, omni_borrowed v, omni_port_type type);
/* The open port that a call uses: argv[index], or the current one if there are fewer arguments. NULL after
 * raising: for a wrong type, then for a closed port. */
omni_port *omni_port_of_call(omni_context *ctx, const char *who, int argc,
                             const omni_borrowed *argv, int index, omni_port_type type);

/* ---- making and closing ---- */

/* An open port with a buffer of `capacity` bytes, or none for 0. A file descriptor that is given, for a
 * file, is consumed, also on failure. */
omni_result omni_port_make(omni_context *ctx, omni_port_type type, omni_port_kind kind, int fd,
                           uint64_t capacity);
/* Close an open port, which flushes it; a closed one stays as it is. */
void omni_port_close(omni_context *ctx, omni_port *port);
/* What a dying port still has to do. */
void omni_port_end(omni_context *ctx, omni_port *port);

/* ---- output ---- */

/* Append to what an output port holds, and let go what it cannot hold. 0 after raising out-of-memory;
 * what goes wrong with a file is recorded in the port. */
int omni_port_put(omni_context *ctx, omni_port *port, const char *bytes, uint64_t size);
/* Bring all bytes to where they belong. */
void omni_port_drain(omni_context *ctx, omni_port *port);
/* OMNI_NOTHING, or the failure for an error that is recorded in a port to a file. */
omni_check omni_port_report(omni_context *ctx, const char *who, omni_port *port);

/* ---- input ---- */

typedef enum omni_input { OMNI_INPUT_FAILED = -1, OMNI_INPUT_ENDED, OMNI_INPUT_READY } omni_input;

/* Have at least one byte at hand, if there is one. */
omni_input omni_port_fill(omni_context *ctx, const char *who, omni_port *port);
/* The next character, which stays, and its size in bytes if there is one. */
omni_input omni_port_peek(omni_context *ctx, const char *who, omni_port *port, uint32_t *code,
                          uint64_t *size);

#endif
