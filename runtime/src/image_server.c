/* image_server.c: runs batches that were compiled into images (image.h) with the runtime it is linked with.
 *
 *   image_server [NAME=VALUE]...
 *
 * Requests are `load IMAGE` and, on the next line, a DIRECTORY: the image is mapped and served by the batch
 * runner, working in DIRECTORY (see batch.c; protocol in runtime/BATCH.md). */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "omni_host.h"

#include "batch.h"
#include "image.h"
#include "omni_primitives.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_BYTES = 4096 };

static const size_t stub_bytes = OMNI_IMAGE_AT - OMNI_STUBS_AT;

/* Memory for stubs and images, as long as nothing else can have it; 0 if something has. */
static int claim(void) {
  size_t size = stub_bytes + OMNI_IMAGE_MOST;
  void *place = mmap((void *)OMNI_STUBS_AT, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return place == (void *)OMNI_STUBS_AT;
}

static int fill_stubs(void) {
#define ADDRESS(name) (uint64_t)(uintptr_t)name,
  static const uint64_t addresses[] = {OMNI_IMAGE_SYMBOLS(ADDRESS)};
#undef ADDRESS
  omni_stub *stubs = (omni_stub *)OMNI_STUBS_AT;
  if (mprotect(stubs, stub_bytes, PROT_READ | PROT_WRITE) != 0)
    return 0;
  for (size_t i = 0; i < OMNI_IMAGE_SYMBOL_COUNT; i++) {
    static const unsigned char jump[8] = {0xff, 0x25, 2, 0, 0, 0, 0x90, 0x90};
    memcpy(stubs[i].jump, jump, sizeof jump);
    stubs[i].address = addresses[i];
  }
  return mprotect(stubs, stub_bytes, PROT_READ | PROT_EXEC) == 0;
}

/* Map the image in the place of the one before; what is wrong with it, or NULL. */
static const char *load(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) != 0)
    return strerror(errno);
  size_t size = (size_t)status.st_size;
  if (size < OMNI_IMAGE_HEADER_BYTES || size > OMNI_IMAGE_MOST) {
    close(fd);
    return "not an image";
  }
  void *mapped = mmap((void *)OMNI_IMAGE_AT, size, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_FIXED, fd, 0);
  int error = errno;
  close(fd);
  if (mapped == MAP_FAILED)
    return strerror(error);
  const omni_image_header *header = mapped;
  if (strcmp(header->magic, OMNI_IMAGE_MAGIC) != 0 || header->bytes != size ||
      header->symbols != OMNI_IMAGE_SYMBOL_COUNT)
    return "not an image for this server";
  return NULL;
}

int main(int argc, char **argv) {
  static const char request[] = "load ";
  char line[LINE_BYTES], directory[LINE_BYTES];
  if (!claim() || !fill_stubs()) {
    fprintf(stderr, "image server: the memory that compiled batches are mapped to is taken\n");
    return OMNI_EXIT_HOST;
  }
  /* The directory comes first in the arguments of the batch runner. */
  char **arguments = calloc((size_t)argc + 2, sizeof *arguments);
  if (arguments == NULL)
    return OMNI_EXIT_HOST;
  arguments[0] = argv[0];
  arguments[1] = directory;
  memcpy(arguments + 2, argv + 1, (size_t)argc * sizeof *arguments);
  int status = OMNI_EXIT_OK;
  while (status == OMNI_EXIT_OK && omni_request_read(line, sizeof line)) {
    if (strncmp(line, request, sizeof request - 1) != 0 ||
        !omni_request_read(directory, sizeof directory)) {
      fprintf(stderr, "image server: bad request %s\n", line);
      status = OMNI_EXIT_HOST;
      break;
    }
    const char *problem = load(line + sizeof request - 1);
    if (problem != NULL) {
      omni_batch_say(STDOUT_FILENO, "failed %s\n", problem);
      continue;
    }
    const omni_image_header *header = (const omni_image_header *)OMNI_IMAGE_AT;
    status = omni_batch_serve((const omni_batch *)(uintptr_t)header->batch, argc + 1, arguments);
  }
  free(arguments);
  return status;
}
