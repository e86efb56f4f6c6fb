/* port_output.c: writing to ports. */
#include "arguments.h"
#include "condition.h"
#include "context.h"
#include "heap.h"
#include "port.h"
#include "print.h"
#include "text.h"
#include "utf8.h"
#include "variadic.h"

#include <string.h>

enum { FIRST_CAPACITY = 64 };

/* ---- bytes ---- */

/* Make room for `size` more bytes in a port that keeps them; 0 after raising out-of-memory. */
static int grow(omni_context *ctx, omni_port *port, uint64_t size) {
  if (size <= port->capacity - port->size)
    return 1;
  uint64_t capacity = port->capacity == 0 ? FIRST_CAPACITY : port->capacity * 2;
  if (capacity - port->size < size)
    capacity = port->size + size;
  char *bytes = omni_storage_grow(ctx, port->bytes, port->capacity, capacity);
  if (bytes == NULL)
    return 0;
  port->bytes = bytes;
  port->capacity = capacity;
  return 1;
}

static void send(omni_port *port, const char *bytes, uint64_t size) {
  if (port->error == 0)
    port->error = omni_write_all(port->fd, bytes, size);
}

void omni_port_drain(omni_context *ctx, omni_port *port) {
  if (port->kind == OMNI_PORT_MEMORY)
    return;
  send(port, port->bytes, port->size);
  port->size = 0;
  if (ctx->io.unwritten == port)
    ctx->io.unwritten = NULL;
}

/* What was written elsewhere before must not arrive after what is written here. */
static void settle_others(omni_context *ctx, const omni_port *port) {
  if (port->kind == OMNI_PORT_FILE && ctx->io.unwritten != port)
    omni_io_settle(ctx);
  if (port == &ctx->io.standard[OMNI_CURRENT_ERROR])
    omni_io_flush(ctx);
}

int omni_port_put(omni_context *ctx, omni_port *port, const char *bytes, uint64_t size) {
  if (size == 0)
    return 1;
  if (port->kind == OMNI_PORT_MEMORY && !grow(ctx, port, size))
    return 0;
  settle_others(ctx, port);
  if (size > port->capacity - port->size)
    omni_port_drain(ctx, port);
  if (size > port->capacity) {
    send(port, bytes, size);
    return 1;
  }
  memcpy(port->bytes + port->size, bytes, (size_t)size);
  port->size += size;
  if (port->kind == OMNI_PORT_FILE)
    ctx->io.unwritten = port;
  return 1;
}

omni_check omni_port_report(omni_context *ctx, const char *who, omni_port *port) {
  if (port->kind != OMNI_PORT_FILE || port->error == 0)
    return OMNI_NOTHING;
  port->error = 0;
  return omni_fail_file(ctx, who, OMNI_FILE_OUTPUT, omni_object_value(port));
}

static omni_check write_bytes(omni_context *ctx, const char *who, omni_port *port,
                              const void *bytes, uint64_t size) {
  if (!omni_port_put(ctx, port, bytes, size))
    return OMNI_FAILED;
  return omni_port_report(ctx, who, port);
}

/* ---- values ---- */

/* Write argv[0] to the port in argv[1]. The whole text is made first: a value that cannot be printed for
 * lack of memory is not begun. */
static omni_check print(omni_context *ctx, const char *who, omni_style style, const char *end,
                        int argc, const omni_borrowed *argv) {
  omni_port *port = omni_port_of_call(ctx, who, argc, argv, 1, OMNI_TEXTUAL_OUTPUT_PORT);
  if (port == NULL)
    return OMNI_FAILED;
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_print_value(&text, style, argv[0]);
  omni_text_string(&text, end);
  omni_check result =
      text.failed ? OMNI_FAILED : write_bytes(ctx, who, port, text.bytes, text.size);
  omni_text_end(&text);
  return result;
}

omni_check omni_display(omni_context *ctx, omni_borrowed a) { return omni_display_n(ctx, 1, &a); }
omni_result omni_display_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return print(ctx, "display", OMNI_DISPLAY, "", argc, argv);
}
omni_check omni_write(omni_context *ctx, omni_borrowed a) { return omni_write_n(ctx, 1, &a); }
omni_result omni_write_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return print(ctx, "write", OMNI_WRITE, "", argc, argv);
}
omni_check omni_write_shared(omni_context *ctx, omni_borrowed a) {
  return omni_write_shared_n(ctx, 1, &a);
}
omni_result omni_write_shared_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return print(ctx, "write-shared", OMNI_WRITE_SHARED, "", argc, argv);
}
omni_check omni_write_simple(omni_context *ctx, omni_borrowed a) {
  return omni_write_simple_n(ctx, 1, &a);
}
omni_result omni_write_simple_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return print(ctx, "write-simple", OMNI_WRITE_SIMPLE, "", argc, argv);
}
omni_check omni_print(omni_context *ctx, omni_borrowed a) { return omni_print_n(ctx, 1, &a); }
omni_result omni_print_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return print(ctx, "print", OMNI_WRITE, "\n", argc, argv);
}

/* ---- characters and strings ---- */

omni_check omni_newline(omni_context *ctx) { return omni_newline_n(ctx, 0, NULL); }

omni_result omni_newline_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_port *port = omni_port_of_call(ctx, "newline", argc, argv, 0, OMNI_TEXTUAL_OUTPUT_PORT);
  return port == NULL ? OMNI_FAILED : write_bytes(ctx, "newline", port, "\n", 1);
}

omni_check omni_write_char(omni_context *ctx, omni_borrowed a) {
  return omni_write_char_n(ctx, 1, &a);
}

omni_result omni_write_char_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint32_t code;
  char bytes[OMNI_UTF8_MAX];
  if (!omni_want_character(ctx, "write-char", argv[0], &code))
    return OMNI_FAILED;
  omni_port *port = omni_port_of_call(ctx, "write-char", argc, argv, 1, OMNI_TEXTUAL_OUTPUT_PORT);
  if (port == NULL)
    return OMNI_FAILED;
  return write_bytes(ctx, "write-char", port, bytes, (uint64_t)omni_utf8_encode(code, bytes));
}

/* The port in argv[1], before the bounds of a range, and their types. NULL after raising. */
static omni_port *port_before_range(omni_context *ctx, const char *who, int argc,
                                    const omni_borrowed *argv, omni_port_type type) {
  uint64_t bound;
  if (argc > 1 && !omni_want_port(ctx, who, argv[1], type))
    return NULL;
  for (int i = 2; i < argc; i++)
    if (!omni_want_index(ctx, who, argv[i], &bound))
      return NULL;
  return omni_port_of_call(ctx, who, argc, argv, 1, type);
}

omni_check omni_write_string(omni_context *ctx, omni_borrowed a) {
  return omni_write_string_n(ctx, 1, &a);
}

omni_result omni_write_string_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  static const char who[] = "write-string";
  omni_range range;
  if (!omni_want(ctx, who, argv[0], OMNI_TAG_STRING))
    return OMNI_FAILED;
  omni_port *port = port_before_range(ctx, who, argc, argv, OMNI_TEXTUAL_OUTPUT_PORT);
  const omni_string *string = omni_string_of(argv[0]);
  if (port == NULL || !omni_want_range(ctx, who, argc - 1, argv + 1, string->length, &range))
    return OMNI_FAILED;
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_text_codes(&text, string->codes + range.start, range.end - range.start);
  omni_check result =
      text.failed ? OMNI_FAILED : write_bytes(ctx, who, port, text.bytes, text.size);
  omni_text_end(&text);
  return result;
}

/* ---- bytes ---- */

omni_result omni_write_u8_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint8_t byte;
  if (!omni_want_byte(ctx, "write-u8", argv[0], &byte))
    return OMNI_FAILED;
  omni_port *port = omni_port_of_call(ctx, "write-u8", argc, argv, 1, OMNI_BINARY_OUTPUT_PORT);
  return port == NULL ? OMNI_FAILED : write_bytes(ctx, "write-u8", port, &byte, 1);
}

omni_result omni_write_bytevector_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  static const char who[] = "write-bytevector";
  omni_range range;
  if (!omni_want(ctx, who, argv[0], OMNI_TAG_BYTEVECTOR))
    return OMNI_FAILED;
  omni_port *port = port_before_range(ctx, who, argc, argv, OMNI_BINARY_OUTPUT_PORT);
  const omni_bytevector *source = omni_bytevector_of(argv[0]);
  if (port == NULL || !omni_want_range(ctx, who, argc - 1, argv + 1, source->length, &range))
    return OMNI_FAILED;
  return write_bytes(ctx, who, port, source->bytes + range.start, range.end - range.start);
}

omni_result omni_flush_output_port_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  static const char who[] = "flush-output-port";
  omni_port *port = omni_port_of_call(ctx, who, argc, argv, 0, OMNI_OUTPUT_PORT);
  if (port == NULL)
    return OMNI_FAILED;
  omni_port_drain(ctx, port);
  return omni_port_report(ctx, who, port);
}
