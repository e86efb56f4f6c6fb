/* edges.c: counts the edges that clang has instrumented (see edges.h). Clang calls back without a context, so the
 * counters are the one thing in the runtime that is global. Edges are numbered as the objects are linked:
 * the numbers are the same in every process of one build. */
#include "edges.h"

#ifdef OMNI_EDGES

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define UNCOUNTED __attribute__((no_sanitize("coverage")))

enum { EDGES = 1 << 15 };

static uint8_t counts[EDGES];
static uint32_t known;

void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop);
void __sanitizer_cov_trace_pc_guard(uint32_t *guard);

UNCOUNTED void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop) {
  if (start == stop || *start != 0)
    return; /* called again for the same object */
  for (uint32_t *guard = start; guard < stop; guard++)
    *guard = known + 1 < EDGES ? ++known : 0;
}

UNCOUNTED void __sanitizer_cov_trace_pc_guard(uint32_t *guard) {
  uint8_t *count = &counts[*guard];
  if (*count != UINT8_MAX)
    ++*count;
}

/* Counts in classes, as AFL has them: a loop that runs once more is nothing new, one that runs twice as often is. */
UNCOUNTED static uint32_t class_of(uint8_t count) {
  static const uint8_t least[] = {1, 2, 3, 4, 8, 16, 32, 128};
  uint32_t class = sizeof least - 1;
  while (count < least[class])
    class--;
  return class;
}

UNCOUNTED void omni_edges_begin(void) { memset(counts, 0, sizeof counts); }

UNCOUNTED void omni_edges_end(const char *path) {
  static uint32_t words[EDGES];
  size_t taken = 0;
  for (uint32_t edge = 1; edge <= known; edge++) {
    if (counts[edge] != 0)
      words[taken++] = edge * 8 + class_of(counts[edge]);
  }
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0)
    return;
  if (write(fd, words, taken * sizeof *words) != (ssize_t)(taken * sizeof *words))
    unlink(path);
  close(fd);
}

#endif
