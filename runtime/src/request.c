/* request.c: see request.h. */
#include "request.h"

#include <errno.h>
#include <unistd.h>

int omni_request_read(char *line, size_t size) {
  size_t used = 0;
  for (;;) {
    char byte;
    ssize_t n = read(STDIN_FILENO, &byte, 1);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return 0;
    if (byte == '\n')
      break;
    if (used + 1 < size)
      line[used++] = byte;
  }
  line[used] = '\0';
  return 1;
}
