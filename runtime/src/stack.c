/* stack.c: the limit on recursion is the C stack. */
#include "stack.h"

#include "condition.h"
#include "context.h"
#include "omni_host.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Kept free for what runs after a successful check (the deepest path through the runtime, the C
 * library and a sanitizer), and for what lies above the frame that the limit is counted from. */
#define RESERVE ((uint64_t)512 * 1024)

/* Tells a process that it has been executed again already. */
#define RAISED_VARIABLE "OMNI_STACK_RAISED"

#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_TSAN 1
#endif
#endif

/* ThreadSanitizer keeps a stack of its own of 65,536 frames and dies when that overflows. No frame of
 * instrumented code that calls others is smaller than this many bytes: a return address, a frame
 * pointer, and the context and one more word saved. */
#ifdef UNDER_TSAN
#define MOST_BYTES ((uint64_t)65536 * 32)
#else
#define MOST_BYTES UINT64_MAX
#endif

/* An address in the frame of the caller. A local variable may live elsewhere: AddressSanitizer can move
 * those to the heap. */
#if defined(__GNUC__)
#define FRAME_ADDRESS ((uintptr_t)__builtin_frame_address(0))
#else
static uintptr_t local_address(void) {
  volatile char local = 0;
  return (uintptr_t)&local;
}
#define FRAME_ADDRESS local_address()
#endif

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

void omni_stack_limit(omni_context *ctx, uint64_t bytes) {
  struct rlimit limit;
  uint64_t available = OMNI_DEFAULT_STACK;
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    available = (uint64_t)limit.rlim_cur;
  else if (bytes != 0)
    available = bytes;
  if (bytes != 0)
    available = least(available, bytes);
  available = least(available, MOST_BYTES);
  uint64_t usable = available > 2 * RESERVE ? available - RESERVE : available / 2;
  ctx->stack_limit = FRAME_ADDRESS - (uintptr_t)usable;
  /* Of what a program asks for, the part of the continuation that has moved to the heap may take as much
   * again. */
  ctx->control.depth_limit = bytes != 0 ? bytes : OMNI_DEFAULT_STACK;
}

omni_check omni_stack_check(omni_context *ctx) {
  return FRAME_ADDRESS < ctx->stack_limit ? omni_fail_stack(ctx) : OMNI_NOTHING;
}

/* A program executed again by valgrind's client would run without valgrind. */
static int under_valgrind(void) {
  const char *preloaded = getenv("LD_PRELOAD");
  return preloaded != NULL && strstr(preloaded, "vgpreload") != NULL;
}

void omni_host_ensure_stack(uint64_t bytes, char **argv) {
  struct rlimit limit;
  if (getenv(RAISED_VARIABLE) != NULL || under_valgrind())
    return;
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return;
  rlim_t wanted = (rlim_t)bytes;
  if (limit.rlim_max != RLIM_INFINITY && wanted > limit.rlim_max)
    wanted = limit.rlim_max;
  if (limit.rlim_cur >= wanted)
    return;
  limit.rlim_cur = wanted;
  /* The kernel lays out the address space by the limit at the time of exec. If that fails, the program
   * makes do with the stack it has. */
  if (setrlimit(RLIMIT_STACK, &limit) == 0 && setenv(RAISED_VARIABLE, "1", 1) == 0)
    execv("/proc/self/exe", argv);
}
