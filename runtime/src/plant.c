#include "plant.h"

#include "context.h"

#ifndef OMNI_PLANTS

int omni_plants_named(const char *names, uint64_t *plants, const char **unknown) {
  *plants = 0;
  *unknown = names;
  return names == NULL;
}

#else

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_BYTES = 32, RACE_STEPS = 1000 };

/* The number of the fault with the name in `size` bytes, OMNI_PLANT_COUNT if there is none. */
static unsigned plant_named(const char *name, size_t size) {
#define OMNI_PLANT_NAME(symbol, name) name,
  static const char *const names[OMNI_PLANT_COUNT] = {OMNI_PLANT_LIST(OMNI_PLANT_NAME)};
#undef OMNI_PLANT_NAME
  unsigned plant = 0;
  while (plant < OMNI_PLANT_COUNT &&
         (strlen(names[plant]) != size || memcmp(names[plant], name, size) != 0))
    plant++;
  return plant;
}

int omni_plants_named(const char *names, uint64_t *plants, const char **unknown) {
  *plants = 0;
  while (names != NULL) {
    const char *comma = strchr(names, ',');
    unsigned plant = plant_named(names, comma == NULL ? strlen(names) : (size_t)(comma - names));
    if (plant == OMNI_PLANT_COUNT) {
      *unknown = names;
      return 0;
    }
    *plants |= UINT64_C(1) << plant;
    names = comma == NULL ? NULL : comma + 1;
  }
  return 1;
}

int omni_planted(const omni_context *ctx, omni_plant plant) {
  return (int)(ctx->plants >> plant & 1);
}

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
