#include "io.h"

#include "context.h"
#include "port.h"

#include <errno.h>
#include <unistd.h>

int omni_write_all(int fd, const char *bytes, uint64_t size) {
  while (size > 0) {
    ssize_t written = write(fd, bytes, (size_t)size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return errno;
    bytes += written;
    size -= (uint64_t)written;
  }
  return 0;
}

static void begin_port(omni_context *ctx, omni_current which, int fd, char *bytes,
                       uint64_t capacity) {
  omni_port *port = &ctx->io.standard[which];
  port->header = (omni_header){OMNI_IMMORTAL, OMNI_TAG_PORT, 0, 0};
  port->kind = OMNI_PORT_STANDARD;
  port->is_input = which == OMNI_CURRENT_INPUT;
  port->is_textual = port->is_open = 1;
  port->fd = fd;
  port->bytes = bytes;
  port->capacity = capacity;
  ctx->io.current[which] = omni_object_value(port);
}

void omni_io_begin(omni_context *ctx) {
  omni_io *io = &ctx->io;
  begin_port(ctx, OMNI_CURRENT_INPUT, STDIN_FILENO, io->in, sizeof io->in);
  begin_port(ctx, OMNI_CURRENT_OUTPUT, STDOUT_FILENO, io->out, sizeof io->out);
  begin_port(ctx, OMNI_CURRENT_ERROR, STDERR_FILENO, NULL, 0);
}

void omni_io_end(omni_context *ctx) {
  for (int which = 0; which < OMNI_IO_STANDARD; which++) {
    omni_drop(ctx, ctx->io.current[which]);
    ctx->io.current[which] = omni_object_value(&ctx->io.standard[which]);
  }
}

omni_borrowed omni_current_port(omni_context *ctx, omni_current which) {
  return ctx->io.current[which];
}

void omni_io_write(omni_context *ctx, const char *bytes, uint64_t size) {
  omni_port_put(ctx, &ctx->io.standard[OMNI_CURRENT_OUTPUT], bytes, size);
}

void omni_io_settle(omni_context *ctx) {
  if (ctx->io.unwritten != NULL)
    omni_port_drain(ctx, ctx->io.unwritten);
}

void omni_io_flush(omni_context *ctx) {
  omni_io_settle(ctx);
  omni_port_drain(ctx, &ctx->io.standard[OMNI_CURRENT_OUTPUT]);
}
