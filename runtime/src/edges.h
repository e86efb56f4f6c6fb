/* edges.h: which edges of the runtime's control flow a program takes. Only the flavour `edges`, which defines
 * OMNI_EDGES and is compiled with -fsanitize-coverage=trace-pc-guard, counts any; in others these do nothing. */
#ifndef OMNI_EDGES_H
#define OMNI_EDGES_H

#ifdef OMNI_EDGES

/* Begin to count for the next program of this process. */
void omni_edges_begin(void);

/* Write what was counted since to the file `path`, one native 32-bit word for each edge taken: eight times the
 * number of the edge, plus the class of its count (see edges.c). A file that cannot be written stays away. */
void omni_edges_end(const char *path);

#else

static inline void omni_edges_begin(void) {}
static inline void omni_edges_end(const char *path) { (void)path; }

#endif

#endif
