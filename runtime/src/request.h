/* request.h: lines of the protocol between the harness and the processes that run programs. */
#ifndef OMNI_REQUEST_H
#define OMNI_REQUEST_H

#include <stddef.h>

/* Read a line from standard input without its newline, cut to size - 1 bytes; 0 at the end of the input.
 * One byte at a time: the process that serves before or after this one reads from the same pipe. */
int omni_request_read(char *line, size_t size);

#endif
