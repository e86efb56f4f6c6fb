/* plant.h: faults planted on purpose. With them the harness proves that its engines see what they exist for, and
 * measures how well it tells bugs apart. Only builds with OMNI_PLANTS contain any of this; such a build has the
 * faults that are selected by name (omni_host_options.plants), and is correct without. In all other builds
 * omni_planted is a constant. */
#ifndef OMNI_PLANT_H
#define OMNI_PLANT_H

#include "omni.h"

/* What each does is in the table of omnitest/plants.py, with a program that shows it. */
#define OMNI_PLANT_LIST(X)                                                                         \
  X(LEAK, "leak")                                                                                  \
  X(USE_AFTER_FREE, "use-after-free")                                                              \
  X(DOUBLE_FREE, "double-free")                                                                    \
  X(OUT_OF_BOUNDS, "out-of-bounds")                                                                \
  X(UNDEFINED_SHIFT, "undefined-shift")                                                            \
  X(DATA_RACE, "data-race")                                                                        \
  X(WRONG_ERROR_KIND, "wrong-error-kind")                                                          \
  X(CYCLE_SKIP, "cycle-skip")                                                                      \
  X(APPEND_ERROR_LEAK, "append-error-leak")                                                        \
  X(RECORD_SET_LEAK, "record-set-leak")                                                            \
  X(GENERATOR_RESULT_LEAK, "generator-result-leak")                                                \
  X(VECTOR_FILL_NO_DUP, "vector-fill-no-dup")                                                      \
  X(VECTOR_APPEND_NO_DUP, "vector-append-no-dup")                                                  \
  X(HASH_REPLACE_EXTRA_DROP, "hash-replace-extra-drop")                                            \
  X(HASH_KEYS_AFTER_GROWTH, "hash-keys-after-growth")                                              \
  X(HASH_INDEX_UNINITIALISED, "hash-index-uninitialised")                                          \
  X(STRING_REF_LIMIT, "string-ref-limit")                                                          \
  X(SUBSTRING_START, "substring-start")                                                            \
  X(BYTEVECTOR_APPEND_SHORT, "bytevector-append-short")                                            \
  X(EQUAL_BYTEVECTORS, "equal-bytevectors")                                                        \
  X(VECTOR_COPY_OVERLAP, "vector-copy-overlap")                                                    \
  X(MODULO_NEGATIVE, "modulo-negative")                                                            \
  X(SQUARE_BOUNDARY, "square-boundary")                                                            \
  X(ROUND_HALF_UP, "round-half-up")                                                                \
  X(NEGATIVE_RADIX_TEXT, "negative-radix-text")                                                    \
  X(LARGE_FLOAT_TEXT, "large-float-text")                                                          \
  X(MEMBER_LAST, "member-last")                                                                    \
  X(LOST_WIND, "lost-wind")                                                                        \
  X(PROMISE_FORGETS, "promise-forgets")

typedef enum omni_plant {
#define OMNI_PLANT_ENUM(symbol, name) OMNI_PLANT_##symbol,
  OMNI_PLANT_LIST(OMNI_PLANT_ENUM)
#undef OMNI_PLANT_ENUM
      OMNI_PLANT_COUNT /* at most 64: contexts keep a set of bits */
} omni_plant;

/* The set of the faults with these names, separated by commas (NULL: none); 0 and `unknown` if this build has no
 * fault with the name that starts there. */
int omni_plants_named(const char *names, uint64_t *plants, const char **unknown);

#ifdef OMNI_PLANTS
int omni_planted(const omni_context *ctx, omni_plant plant);
#else
#define omni_planted(ctx, plant) (0 && (ctx) != NULL)
#endif

/* Defined in builds with OMNI_PLANTS only; others have no call left. */
void omni_plant_use_after_free(void);
void omni_plant_double_free(void);
void omni_plant_out_of_bounds(uint32_t *codes, uint64_t length, uint32_t fill);
int64_t omni_plant_shift(int64_t n, int64_t places);
void omni_plant_data_race(void);

#endif
