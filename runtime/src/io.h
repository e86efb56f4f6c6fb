/* io.h: standard input and output. Output is buffered in the context, so that a process that forks
 * never writes anything twice; it is flushed before input is read and when the program ends. */
#ifndef OMNI_IO_H
#define OMNI_IO_H

#include "omni.h"

enum { OMNI_IO_BUFFER = 8192 };

typedef struct omni_io {
  char out[OMNI_IO_BUFFER];
  size_t out_size;
  int out_error; /* the first errno of a failed write, or 0 */
  char in[OMNI_IO_BUFFER];
  size_t in_size;
  size_t in_at;
  int in_ended;
} omni_io;

void omni_io_write(omni_context *ctx, const char *bytes, uint64_t size);
void omni_io_flush(omni_context *ctx);

/* Write all bytes to a file descriptor; 0 or an errno. */
int omni_write_all(int fd, const char *bytes, uint64_t size);

#endif
