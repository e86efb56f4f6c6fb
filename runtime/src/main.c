/* main.c: the main function of a program compiled on its own. */
#include "omni_host.h"

#include "stack.h"

extern const omni_program omni_program_main;

int main(int argc, char **argv) {
  omni_host_options options;
  omni_host_options_from_environment(&options);
  options.keep_exit_status = 1;
  options.arguments = argc > 0 ? argv + 1 : NULL;
  if (options.stack_bytes == 0)
    options.stack_bytes = OMNI_DEFAULT_STACK;
  omni_host_ensure_stack(options.stack_bytes, argv);
  return omni_host_run(&omni_program_main, &options);
}
