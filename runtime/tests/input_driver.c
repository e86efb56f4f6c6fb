/* input_driver.c: reads lines to the end of its input and writes each as `write` does, on a line. */
#include "check.h"
#include "omni_host.h"

static omni_pending run(omni_context *ctx) {
  for (;;) {
    omni_result line = omni_read_line(ctx);
    if (omni_failed(line) || line == OMNI_EOF)
      return line;
    omni_check printed = omni_print(ctx, line);
    omni_drop(ctx, line);
    if (omni_failed(printed))
      return OMNI_FAILED;
  }
}

int main(void) {
  const omni_program program = {"input.omni", run, NULL, 0, NULL, NULL, 0};
  omni_host_options options;
  omni_host_options_from_environment(&options);
  return omni_host_run(&program, &options);
}
