/* image.h: compiled batches as files that are mapped to memory and run.
 *
 * An image is what libtcc makes of a batch's translation unit, relocated to a fixed address. It calls the
 * runtime through stubs at another fixed address, one for each function of OMNI_IMAGE_SYMBOLS (generated
 * from the public headers). So one compilation serves runtimes built in any way: each server fills the
 * stubs with the addresses of its own functions, maps the image and runs it, without any linking. */
#ifndef OMNI_IMAGE_H
#define OMNI_IMAGE_H

#include "omni_image_symbols.h"

#include <stdint.h>

#ifndef __x86_64__
#error "images need stubs and addresses for this machine"
#endif

/* In the first 2 GB, where mappings are rare, references between the parts of an image are short, and
 * AddressSanitizer, ThreadSanitizer and valgrind all let programs have memory. */
#define OMNI_STUBS_AT ((uintptr_t)0x20000000)
#define OMNI_IMAGE_AT ((uintptr_t)0x20100000)
#define OMNI_IMAGE_MOST ((size_t)64 << 20)

/* jmp *2(%rip), padding, the address. */
typedef struct omni_stub {
  unsigned char jump[8];
  uint64_t address;
} omni_stub;

#define OMNI_IMAGE_MAGIC "omni-image 1"

/* The first bytes of an image. */
typedef struct omni_image_header {
  char magic[16];
  uint64_t symbols; /* how many stubs it knows */
  uint64_t bytes;   /* its size, this header included */
  uint64_t batch;   /* address of its omni_batch */
} omni_image_header;

/* What of an image comes before the code: the header, and nothing else in its page. */
enum { OMNI_IMAGE_HEADER_BYTES = 4096 };

#define OMNI_IMAGE_COUNT_ONE(name) +1
enum { OMNI_IMAGE_SYMBOL_COUNT = 0 OMNI_IMAGE_SYMBOLS(OMNI_IMAGE_COUNT_ONE) };

#endif
