#include "io.h"

#include "arguments.h"
#include "context.h"
#include "print.h"
#include "text.h"

#include <errno.h>
#include <string.h>
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

/* ---- output ---- */

static void put(omni_io *io, const char *bytes, uint64_t size) {
  if (io->out_error == 0)
    io->out_error = omni_write_all(STDOUT_FILENO, bytes, size);
}

void omni_io_flush(omni_context *ctx) {
  put(&ctx->io, ctx->io.out, ctx->io.out_size);
  ctx->io.out_size = 0;
}

void omni_io_write(omni_context *ctx, const char *bytes, uint64_t size) {
  omni_io *io = &ctx->io;
  if (size > OMNI_IO_BUFFER - io->out_size)
    omni_io_flush(ctx);
  if (size > OMNI_IO_BUFFER) {
    put(io, bytes, size);
    return;
  }
  if (size > 0)
    memcpy(io->out + io->out_size, bytes, (size_t)size);
  io->out_size += (size_t)size;
}

/* Make the whole text first: a value that cannot be printed for lack of memory is not begun. */
static omni_check print(omni_context *ctx, omni_style style, omni_borrowed v, const char *end) {
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_print_value(&text, style, v);
  omni_text_string(&text, end);
  omni_check result = text.failed ? OMNI_FAILED : OMNI_NOTHING;
  if (!text.failed)
    omni_io_write(ctx, text.bytes, text.size);
  omni_text_end(&text);
  return result;
}

omni_check omni_display(omni_context *ctx, omni_borrowed a) {
  return print(ctx, OMNI_DISPLAY, a, "");
}

omni_check omni_write(omni_context *ctx, omni_borrowed a) { return print(ctx, OMNI_WRITE, a, ""); }

omni_check omni_write_shared(omni_context *ctx, omni_borrowed a) {
  return print(ctx, OMNI_WRITE_SHARED, a, "");
}

omni_check omni_write_simple(omni_context *ctx, omni_borrowed a) {
  return print(ctx, OMNI_WRITE_SIMPLE, a, "");
}

omni_check omni_print(omni_context *ctx, omni_borrowed a) {
  return print(ctx, OMNI_WRITE, a, "\n");
}

omni_immediate omni_newline(omni_context *ctx) {
  omni_io_write(ctx, "\n", 1);
  return OMNI_NOTHING;
}

omni_check omni_write_string(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "write-string", a, OMNI_TAG_STRING))
    return OMNI_FAILED;
  return print(ctx, OMNI_DISPLAY, a, "");
}

omni_check omni_write_char(omni_context *ctx, omni_borrowed a) {
  uint32_t code;
  if (!omni_want_character(ctx, "write-char", a, &code))
    return OMNI_FAILED;
  return print(ctx, OMNI_DISPLAY, a, "");
}

/* ---- input ---- */

/* Refill the empty buffer; 0 at the end of the input. */
static int fill(omni_context *ctx) {
  omni_io *io = &ctx->io;
  omni_io_flush(ctx); /* whoever answers wants to see the question */
  io->in_at = io->in_size = 0;
  while (!io->in_ended) {
    ssize_t n = read(STDIN_FILENO, io->in, OMNI_IO_BUFFER);
    if (n < 0 && errno == EINTR)
      continue;
    if (n > 0) {
      io->in_size = (size_t)n;
      return 1;
    }
    io->in_ended = 1; /* an unreadable input ends here, too */
  }
  return 0;
}

omni_result omni_read_line(omni_context *ctx) {
  omni_io *io = &ctx->io;
  omni_text line;
  if (io->in_at == io->in_size && !fill(ctx))
    return OMNI_EOF;
  omni_text_begin(ctx, &line);
  do {
    char *start = io->in + io->in_at;
    size_t size = io->in_size - io->in_at;
    char *newline = memchr(start, '\n', size);
    if (newline != NULL)
      size = (size_t)(newline - start);
    omni_text_bytes(&line, start, size);
    io->in_at += size;
    if (newline == NULL)
      continue;
    io->in_at++;
    break;
  } while (fill(ctx));
  omni_result result = omni_text_to_string(&line);
  omni_text_end(&line);
  return result;
}

omni_owned omni_eof_object(omni_context *ctx) {
  (void)ctx;
  return OMNI_EOF;
}
