/* io.h: the standard ports, and the ports that are current.
 *
 * Standard output is buffered in the context, so that a process that forks never writes anything twice;
 * it is flushed before input is read and when the program ends. The error port has no buffer. */
#ifndef OMNI_IO_H
#define OMNI_IO_H

#include "value.h"

enum {
  OMNI_IO_CHUNK = 8192,               /* bytes read at once */
  OMNI_IO_BUFFER = OMNI_IO_CHUNK + 4, /* room for a chunk behind an unfinished character */
  OMNI_IO_STANDARD = 3
};

typedef enum omni_current {
  OMNI_CURRENT_INPUT,
  OMNI_CURRENT_OUTPUT,
  OMNI_CURRENT_ERROR
} omni_current;

typedef struct omni_io {
  char in[OMNI_IO_BUFFER];
  char out[OMNI_IO_BUFFER];
  omni_port standard[OMNI_IO_STANDARD]; /* indexed by omni_current; never released */
  omni_value current[OMNI_IO_STANDARD]; /* owned */
  /* The only port to a file that may hold bytes which are not in the file; NULL if none does. Whatever
   * could see the difference writes them first (omni_io_settle). Not counted as a reference. */
  omni_port *unwritten;
  int file_error; /* the errno of a write for a port that was dropped, or 0 */
} omni_io;

void omni_io_begin(omni_context *ctx);
void omni_io_end(omni_context *ctx);

/* The port that is used where a call names none. */
omni_borrowed omni_current_port(omni_context *ctx, omni_current which);

/* Write to the standard output. */
void omni_io_write(omni_context *ctx, const char *bytes, uint64_t size);
/* Bring the bytes of the unwritten port into its file. */
void omni_io_settle(omni_context *ctx);
/* The same, and flush the standard output. */
void omni_io_flush(omni_context *ctx);

/* Write all bytes to a file descriptor; 0 or an errno. */
int omni_write_all(int fd, const char *bytes, uint64_t size);

#endif
