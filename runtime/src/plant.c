#include "plant.h"

#include "context.h"

#ifndef OMNI_PLANTS

omni_plant omni_plant_named(const char *name) {
  return name == NULL ? OMNI_PLANT_NONE : OMNI_PLANT_COUNT;
}

#else

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_BYTES = 32, RACE_STEPS = 1000 };

omni_plant omni_plant_named(const char *name) {
  static const char *const names[OMNI_PLANT_COUNT] = {NULL,
                                                      "leak",
                                                      "use-after-free",
                                                      "double-free",
                                                      "out-of-bounds",
                                                      "undefined-shift",
                                                      "data-race",
                                                      "wrong-error-kind",
                                                      "cycle-skip"};
  if (name == NULL)
    return OMNI_PLANT_NONE;
  unsigned plant = OMNI_PLANT_NONE + 1;
  while (plant < OMNI_PLANT_COUNT && strcmp(names[plant], name) != 0)
    plant++;
  return (omni_plant)plant;
}

int omni_planted(const omni_context *ctx, omni_plant plant) { return ctx->plant == plant; }

/* Pointers are volatile so that compilers neither see the fault nor remove it. */
void omni_plant_use_after_free(void) {
  char *volatile buffer = malloc(BUFFER_BYTES);
  if (buffer == NULL)
    return;
  memset(buffer, 1, BUFFER_BYTES);
  free(buffer);
  volatile char seen = *buffer;
  (void)seen;
}

void omni_plant_double_free(void) {
  char *volatile buffer = malloc(BUFFER_BYTES);
  free(buffer);
  free(buffer);
}

void omni_plant_out_of_bounds(uint32_t *codes, uint64_t length, uint32_t fill) {
  uint32_t *volatile out = codes;
  out[length] = fill;
}

int64_t omni_plant_shift(int64_t n, int64_t places) {
  return places >= 0 ? n << places : n >> -places;
}

static void *count(void *counter) {
  for (int i = 0; i < RACE_STEPS; i++)
    ++*(volatile long *)counter;
  return NULL;
}

void omni_plant_data_race(void) {
  long counter = 0;
  pthread_t threads[2];
  int started = 0;
  while (started < 2 && pthread_create(&threads[started], NULL, count, &counter) == 0)
    started++;
  for (int i = 0; i < started; i++)
    pthread_join(threads[i], NULL);
}

#endif
