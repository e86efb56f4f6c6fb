/* port.c: making, closing and looking at ports; string and bytevector ports. */
#include "port.h"

#include "arguments.h"
#include "bytevector.h"
#include "condition.h"
#include "context.h"
#include "heap.h"
#include "string_object.h"
#include "text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* ---- types ---- */

enum { EITHER = -1 };

static const struct port_type {
  const char *what;
  int is_input;
  int is_textual;
  int keeps; /* what is written */
} types[] = {
    [OMNI_ANY_PORT] = {OMNI_WHAT_PORT, EITHER, EITHER, 0},
    [OMNI_INPUT_PORT] = {OMNI_WHAT_INPUT_PORT, 1, EITHER, 0},
    [OMNI_OUTPUT_PORT] = {OMNI_WHAT_OUTPUT_PORT, 0, EITHER, 0},
    [OMNI_TEXTUAL_INPUT_PORT] = {OMNI_WHAT_TEXTUAL_INPUT_PORT, 1, 1, 0},
    [OMNI_BINARY_INPUT_PORT] = {OMNI_WHAT_BINARY_INPUT_PORT, 1, 0, 0},
    [OMNI_TEXTUAL_OUTPUT_PORT] = {OMNI_WHAT_TEXTUAL_OUTPUT_PORT, 0, 1, 0},
    [OMNI_BINARY_OUTPUT_PORT] = {OMNI_WHAT_BINARY_OUTPUT_PORT, 0, 0, 0},
    [OMNI_STRING_OUTPUT_PORT] = {OMNI_WHAT_STRING_OUTPUT_PORT, 0, 1, 1},
    [OMNI_BYTEVECTOR_OUTPUT_PORT] = {OMNI_WHAT_BYTEVECTOR_OUTPUT_PORT, 0, 0, 1},
};

static int is_port(omni_borrowed v, omni_port_type wanted) {
  const struct port_type *type = &types[wanted];
  if (!omni_has_tag(v, OMNI_TAG_PORT))
    return 0;
  const omni_port *port = omni_port_of(v);
  return (type->is_input == EITHER || type->is_input == port->is_input) &&
         (type->is_textual == EITHER || type->is_textual == port->is_textual) &&
         (!type->keeps || port->kind == OMNI_PORT_MEMORY);
}

int omni_want_port(omni_context *ctx, const char *who, omni_borrowed v, omni_port_type type) {
  if (is_port(v, type))
    return 1;
  omni_fail_type(ctx, who, types[type].what, v);
  return 0;
}

omni_port *omni_port_of_call(omni_context *ctx, const char *who, int argc,
                             const omni_borrowed *argv, int index, omni_port_type type) {
  omni_current which = types[type].is_input ? OMNI_CURRENT_INPUT : OMNI_CURRENT_OUTPUT;
  omni_value v = argc > index ? argv[index] : omni_current_port(ctx, which);
  if (!omni_want_port(ctx, who, v, type))
    return NULL;
  if (omni_port_of(v)->is_open)
    return omni_port_of(v);
  omni_fail_closed(ctx, who, v);
  return NULL;
}

/* ---- making and closing ---- */

omni_result omni_port_make(omni_context *ctx, omni_port_type type, omni_port_kind kind, int fd,
                           uint64_t capacity) {
  omni_port *port = omni_object_allocate(ctx, OMNI_TAG_PORT, sizeof *port);
  char *bytes = NULL;
  if (port != NULL && capacity > 0)
    bytes = omni_storage_allocate(ctx, capacity);
  if (port == NULL || (bytes == NULL && capacity > 0)) {
    if (port != NULL)
      omni_object_free(ctx, &port->header, sizeof *port);
    if (kind == OMNI_PORT_FILE)
      close(fd);
    return OMNI_FAILED;
  }
  port->kind = (uint8_t)kind;
  port->is_input = types[type].is_input == 1;
  port->is_textual = types[type].is_textual == 1;
  port->is_open = 1;
  port->has_ended = 0;
  port->folds_case = 0;
  port->fd = fd;
  port->error = 0;
  port->bytes = bytes;
  port->capacity = capacity;
  port->size = port->at = 0;
  return omni_object_value(port);
}

static void free_buffer(omni_context *ctx, omni_port *port) {
  if (port->kind != OMNI_PORT_STANDARD) {
    omni_storage_free(ctx, port->bytes, port->capacity);
    port->bytes = NULL;
    port->capacity = 0;
  }
  port->size = port->at = 0;
}

void omni_port_close(omni_context *ctx, omni_port *port) {
  if (!port->is_open)
    return;
  if (!port->is_input)
    omni_port_drain(ctx, port);
  port->is_open = 0;
  if (port->kind == OMNI_PORT_FILE && close(port->fd) != 0 && errno != EINTR && port->error == 0)
    port->error = errno;
  if (port->is_input || port->kind == OMNI_PORT_FILE)
    free_buffer(ctx, port);
}

void omni_port_end(omni_context *ctx, omni_port *port) {
  omni_port_close(ctx, port);
  if (ctx->io.file_error == 0)
    ctx->io.file_error = port->error;
  free_buffer(ctx, port);
}

static omni_check close_argument(omni_context *ctx, const char *who, omni_borrowed v,
                                 omni_port_type type) {
  if (!omni_want_port(ctx, who, v, type))
    return OMNI_FAILED;
  omni_port_close(ctx, omni_port_of(v));
  return omni_port_report(ctx, who, omni_port_of(v));
}

omni_check omni_close_port(omni_context *ctx, omni_borrowed a) {
  return close_argument(ctx, "close-port", a, OMNI_ANY_PORT);
}
omni_check omni_close_input_port(omni_context *ctx, omni_borrowed a) {
  return close_argument(ctx, "close-input-port", a, OMNI_INPUT_PORT);
}
omni_check omni_close_output_port(omni_context *ctx, omni_borrowed a) {
  return close_argument(ctx, "close-output-port", a, OMNI_OUTPUT_PORT);
}

/* ---- looking at ports ---- */

omni_immediate omni_port_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(is_port(a, OMNI_ANY_PORT));
}
omni_immediate omni_input_port_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(is_port(a, OMNI_INPUT_PORT));
}
omni_immediate omni_output_port_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(is_port(a, OMNI_OUTPUT_PORT));
}
omni_immediate omni_textual_port_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(is_port(a, OMNI_ANY_PORT) && omni_port_of(a)->is_textual);
}
omni_immediate omni_binary_port_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(is_port(a, OMNI_ANY_PORT) && !omni_port_of(a)->is_textual);
}

static omni_check is_open(omni_context *ctx, const char *who, omni_borrowed v,
                          omni_port_type type) {
  if (!omni_want_port(ctx, who, v, type))
    return OMNI_FAILED;
  return omni_boolean(omni_port_of(v)->is_open);
}

omni_check omni_input_port_open_p(omni_context *ctx, omni_borrowed a) {
  return is_open(ctx, "input-port-open?", a, OMNI_INPUT_PORT);
}
omni_check omni_output_port_open_p(omni_context *ctx, omni_borrowed a) {
  return is_open(ctx, "output-port-open?", a, OMNI_OUTPUT_PORT);
}

/* ---- current ports ---- */

omni_owned omni_current_input_port(omni_context *ctx) {
  return omni_dup(omni_current_port(ctx, OMNI_CURRENT_INPUT));
}
omni_owned omni_current_output_port(omni_context *ctx) {
  return omni_dup(omni_current_port(ctx, OMNI_CURRENT_OUTPUT));
}
omni_owned omni_current_error_port(omni_context *ctx) {
  return omni_dup(omni_current_port(ctx, OMNI_CURRENT_ERROR));
}

omni_result omni_set_current_port(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  uint64_t which;
  if (!omni_want_index(ctx, "%set-current-port!", a, &which) ||
      !omni_want_port(ctx, "%set-current-port!", b, OMNI_ANY_PORT))
    return OMNI_FAILED;
  if (which >= OMNI_IO_STANDARD)
    return omni_fail_index(ctx, "%set-current-port!", a);
  if (!omni_want_port(ctx, "%set-current-port!", b,
                      which == OMNI_CURRENT_INPUT ? OMNI_INPUT_PORT : OMNI_OUTPUT_PORT))
    return OMNI_FAILED;
  omni_value before = ctx->io.current[which];
  ctx->io.current[which] = omni_dup(b);
  return before;
}

/* ---- strings and bytevectors ---- */

/* A port to read these bytes from. */
static omni_result open_input(omni_context *ctx, omni_port_type type, const void *bytes,
                              uint64_t size) {
  omni_result result = omni_port_make(ctx, type, OMNI_PORT_MEMORY, -1, size);
  if (!omni_failed(result) && size > 0) {
    memcpy(omni_port_of(result)->bytes, bytes, (size_t)size);
    omni_port_of(result)->size = size;
  }
  return result;
}

omni_result omni_open_input_string(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "open-input-string", a, OMNI_TAG_STRING))
    return OMNI_FAILED;
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_text_codes(&text, omni_string_of(a)->codes, omni_string_of(a)->length);
  omni_result result = OMNI_FAILED;
  if (!text.failed)
    result = open_input(ctx, OMNI_TEXTUAL_INPUT_PORT, text.bytes, text.size);
  omni_text_end(&text);
  return result;
}

omni_result omni_open_input_bytevector(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "open-input-bytevector", a, OMNI_TAG_BYTEVECTOR))
    return OMNI_FAILED;
  const omni_bytevector *bytevector = omni_bytevector_of(a);
  return open_input(ctx, OMNI_BINARY_INPUT_PORT, bytevector->bytes, bytevector->length);
}

omni_result omni_open_output_string(omni_context *ctx) {
  return omni_port_make(ctx, OMNI_TEXTUAL_OUTPUT_PORT, OMNI_PORT_MEMORY, -1, 0);
}

omni_result omni_open_output_bytevector(omni_context *ctx) {
  return omni_port_make(ctx, OMNI_BINARY_OUTPUT_PORT, OMNI_PORT_MEMORY, -1, 0);
}

omni_result omni_get_output_string(omni_context *ctx, omni_borrowed a) {
  if (!omni_want_port(ctx, "get-output-string", a, OMNI_STRING_OUTPUT_PORT))
    return OMNI_FAILED;
  return omni_string_from_utf8(ctx, omni_port_of(a)->bytes, omni_port_of(a)->size);
}

omni_result omni_get_output_bytevector(omni_context *ctx, omni_borrowed a) {
  if (!omni_want_port(ctx, "get-output-bytevector", a, OMNI_BYTEVECTOR_OUTPUT_PORT))
    return OMNI_FAILED;
  return omni_bytevector_from(ctx, omni_port_of(a)->bytes, omni_port_of(a)->size);
}
