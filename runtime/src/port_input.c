/* port_input.c: reading from ports. */
#include "arguments.h"
#include "bytevector.h"
#include "condition.h"
#include "context.h"
#include "datum_reader.h"
#include "port.h"
#include "text.h"
#include "utf8.h"
#include "variadic.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* ---- bytes and characters ---- */

/* Get more bytes behind those at hand, of which there are less than a character. */
static omni_input more(omni_context *ctx, const char *who, omni_port *port) {
  if (port->kind == OMNI_PORT_MEMORY || port->has_ended)
    return OMNI_INPUT_ENDED;
  if (port->kind == OMNI_PORT_STANDARD)
    omni_io_flush(ctx); /* whoever answers wants to see the question */
  else
    omni_io_settle(ctx);
  memmove(port->bytes, port->bytes + port->at, (size_t)(port->size - port->at));
  port->size -= port->at;
  port->at = 0;
  ssize_t n;
  do
    n = read(port->fd, port->bytes + port->size, OMNI_IO_CHUNK);
  while (n < 0 && errno == EINTR);
  if (n > 0) {
    port->size += (uint64_t)n;
    return OMNI_INPUT_READY;
  }
  if (n == 0 || port->kind == OMNI_PORT_STANDARD) {
    /* The end of a standard input is final; one that cannot be read ends there, too. */
    port->has_ended = port->kind == OMNI_PORT_STANDARD;
    return OMNI_INPUT_ENDED;
  }
  omni_fail_file(ctx, who, OMNI_FILE_INPUT, omni_object_value(port));
  return OMNI_INPUT_FAILED;
}

omni_input omni_port_fill(omni_context *ctx, const char *who, omni_port *port) {
  return port->at < port->size ? OMNI_INPUT_READY : more(ctx, who, port);
}

omni_input omni_port_peek(omni_context *ctx, const char *who, omni_port *port, uint32_t *code,
                          uint64_t *size) {
  omni_input state = omni_port_fill(ctx, who, port);
  if (state != OMNI_INPUT_READY)
    return state;
  while (omni_utf8_is_unfinished(port->bytes + port->at, port->size - port->at)) {
    state = more(ctx, who, port);
    if (state == OMNI_INPUT_FAILED)
      return state;
    if (state == OMNI_INPUT_ENDED)
      break;
  }
  *size = omni_utf8_decode(port->bytes + port->at, port->size - port->at, code);
  return OMNI_INPUT_READY;
}

/* What a reader gives that has found nothing. */
static omni_result nothing_read(omni_input state) {
  return state == OMNI_INPUT_ENDED ? OMNI_EOF : OMNI_FAILED;
}

/* ---- textual input ---- */

static omni_result next_char(omni_context *ctx, const char *who, int argc,
                             const omni_borrowed *argv, int consume) {
  omni_port *port = omni_port_of_call(ctx, who, argc, argv, 0, OMNI_TEXTUAL_INPUT_PORT);
  uint32_t code;
  uint64_t size;
  if (port == NULL)
    return OMNI_FAILED;
  omni_input state = omni_port_peek(ctx, who, port, &code, &size);
  if (state != OMNI_INPUT_READY)
    return nothing_read(state);
  if (consume)
    port->at += size;
  return omni_character(code);
}

omni_result omni_read_char(omni_context *ctx) { return next_char(ctx, "read-char", 0, NULL, 1); }
omni_result omni_read_char_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return next_char(ctx, "read-char", argc, argv, 1);
}
omni_result omni_peek_char(omni_context *ctx) { return next_char(ctx, "peek-char", 0, NULL, 0); }
omni_result omni_peek_char_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return next_char(ctx, "peek-char", argc, argv, 0);
}

/* Move the bytes up to the next newline, which goes, too, from the port to the text. */
static omni_input take_line(omni_context *ctx, omni_port *port, omni_text *line) {
  omni_input state;
  while ((state = omni_port_fill(ctx, "read-line", port)) == OMNI_INPUT_READY) {
    const char *start = port->bytes + port->at;
    uint64_t size = port->size - port->at;
    const char *newline = memchr(start, '\n', (size_t)size);
    if (newline != NULL)
      size = (uint64_t)(newline - start);
    omni_text_bytes(line, start, size);
    port->at += size;
    if (newline == NULL)
      continue;
    port->at++;
    break;
  }
  return state;
}

omni_result omni_read_line(omni_context *ctx) { return omni_read_line_n(ctx, 0, NULL); }

omni_result omni_read_line_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_port *port = omni_port_of_call(ctx, "read-line", argc, argv, 0, OMNI_TEXTUAL_INPUT_PORT);
  if (port == NULL)
    return OMNI_FAILED;
  omni_text line;
  omni_text_begin(ctx, &line);
  omni_input state = take_line(ctx, port, &line);
  omni_result result;
  if (state == OMNI_INPUT_FAILED || (state == OMNI_INPUT_ENDED && line.size == 0 && !line.failed))
    result = nothing_read(state);
  else
    result = omni_text_to_string(&line);
  omni_text_end(&line);
  return result;
}

omni_result omni_read_string_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  static const char who[] = "read-string";
  uint64_t count, taken = 0, size;
  uint32_t code;
  if (!omni_want_index(ctx, who, argv[0], &count))
    return OMNI_FAILED;
  omni_port *port = omni_port_of_call(ctx, who, argc, argv, 1, OMNI_TEXTUAL_INPUT_PORT);
  if (port == NULL)
    return OMNI_FAILED;
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_input state = OMNI_INPUT_READY;
  while (taken < count && !text.failed &&
         (state = omni_port_peek(ctx, who, port, &code, &size)) == OMNI_INPUT_READY) {
    omni_text_code(&text, code);
    port->at += size;
    taken++;
  }
  omni_result result;
  if (state == OMNI_INPUT_FAILED || (state == OMNI_INPUT_ENDED && taken == 0))
    result = nothing_read(state);
  else
    result = omni_text_to_string(&text);
  omni_text_end(&text);
  return result;
}

omni_result omni_read_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_port *port = omni_port_of_call(ctx, "read", argc, argv, 0, OMNI_TEXTUAL_INPUT_PORT);
  return port == NULL ? OMNI_FAILED : omni_datum_read(ctx, port);
}

omni_owned omni_eof_object(omni_context *ctx) {
  (void)ctx;
  return OMNI_EOF;
}

/* ---- binary input ---- */

static omni_result next_byte(omni_context *ctx, const char *who, int argc,
                             const omni_borrowed *argv, int consume) {
  omni_port *port = omni_port_of_call(ctx, who, argc, argv, 0, OMNI_BINARY_INPUT_PORT);
  if (port == NULL)
    return OMNI_FAILED;
  omni_input state = omni_port_fill(ctx, who, port);
  if (state != OMNI_INPUT_READY)
    return nothing_read(state);
  uint8_t byte = (uint8_t)port->bytes[port->at];
  if (consume)
    port->at++;
  return omni_fixnum(byte);
}

omni_result omni_read_u8_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return next_byte(ctx, "read-u8", argc, argv, 1);
}
omni_result omni_peek_u8_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return next_byte(ctx, "peek-u8", argc, argv, 0);
}

/* The bytes at hand, of which up to `count` > 0 are taken: their number. 0 when there are no more. */
static uint64_t take_bytes(omni_context *ctx, const char *who, omni_port *port, uint64_t count,
                           const char **bytes, omni_input *state) {
  *state = omni_port_fill(ctx, who, port);
  if (*state != OMNI_INPUT_READY)
    return 0;
  uint64_t size = port->size - port->at;
  if (size > count)
    size = count;
  *bytes = port->bytes + port->at;
  port->at += size;
  return size;
}

omni_result omni_read_bytevector_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  static const char who[] = "read-bytevector";
  uint64_t count, size;
  if (!omni_want_index(ctx, who, argv[0], &count))
    return OMNI_FAILED;
  omni_port *port = omni_port_of_call(ctx, who, argc, argv, 1, OMNI_BINARY_INPUT_PORT);
  if (port == NULL)
    return OMNI_FAILED;
  omni_text taken;
  omni_text_begin(ctx, &taken);
  omni_input state = OMNI_INPUT_READY;
  const char *bytes;
  while (taken.size < count && !taken.failed &&
         (size = take_bytes(ctx, who, port, count - taken.size, &bytes, &state)) > 0)
    omni_text_bytes(&taken, bytes, size);
  omni_result result = OMNI_FAILED;
  if (state == OMNI_INPUT_FAILED || (state == OMNI_INPUT_ENDED && taken.size == 0))
    result = nothing_read(state);
  else if (!taken.failed)
    result = omni_bytevector_from(ctx, taken.bytes, taken.size);
  omni_text_end(&taken);
  return result;
}

omni_result omni_read_bytevector_x_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  static const char who[] = "read-bytevector!";
  omni_range range;
  uint64_t bound;
  if (!omni_want(ctx, who, argv[0], OMNI_TAG_BYTEVECTOR))
    return OMNI_FAILED;
  if (argc > 1 && !omni_want_port(ctx, who, argv[1], OMNI_BINARY_INPUT_PORT))
    return OMNI_FAILED;
  for (int i = 2; i < argc; i++)
    if (!omni_want_index(ctx, who, argv[i], &bound))
      return OMNI_FAILED;
  omni_port *port = omni_port_of_call(ctx, who, argc, argv, 1, OMNI_BINARY_INPUT_PORT);
  if (port == NULL)
    return OMNI_FAILED;
  if (omni_object(argv[0])->immutable)
    return omni_fail_immutable(ctx, who, argv[0]);
  omni_bytevector *target = omni_bytevector_of(argv[0]);
  if (!omni_want_range(ctx, who, argc - 1, argv + 1, target->length, &range))
    return OMNI_FAILED;
  uint64_t at = range.start, size;
  omni_input state = OMNI_INPUT_READY;
  const char *bytes;
  while (at < range.end &&
         (size = take_bytes(ctx, who, port, range.end - at, &bytes, &state)) > 0) {
    memcpy(target->bytes + at, bytes, (size_t)size);
    at += size;
  }
  if (state == OMNI_INPUT_FAILED || (state == OMNI_INPUT_ENDED && at == range.start))
    return nothing_read(state);
  return omni_integer(ctx, (int64_t)(at - range.start));
}

/* ---- whether reading would wait ---- */

static omni_result ready(omni_context *ctx, const char *who, int argc, const omni_borrowed *argv,
                         omni_port_type type) {
  const omni_port *port = omni_port_of_call(ctx, who, argc, argv, 0, type);
  if (port == NULL)
    return OMNI_FAILED;
  if (port->at < port->size || port->kind == OMNI_PORT_MEMORY || port->has_ended)
    return OMNI_TRUE;
  struct pollfd wanted = {port->fd, POLLIN, 0};
  return omni_boolean(poll(&wanted, 1, 0) != 0);
}

omni_result omni_char_ready_p_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return ready(ctx, "char-ready?", argc, argv, OMNI_TEXTUAL_INPUT_PORT);
}
omni_result omni_u8_ready_p_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return ready(ctx, "u8-ready?", argc, argv, OMNI_BINARY_INPUT_PORT);
}
