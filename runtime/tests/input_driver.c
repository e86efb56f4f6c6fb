/* input_driver.c: reads its input to the end with the reader that its argument names, and writes each result
 * as `write` does, on a line. */
#include "check.h"
#include "omni_host.h"
#include "variadic.h"

static omni_result read_line(omni_context *ctx) { return omni_read_line(ctx); }
static omni_result read_char(omni_context *ctx) { return omni_read_char(ctx); }

/* Looks before it reads, and must see the same. */
static omni_result peek_char(omni_context *ctx) {
  omni_result seen = omni_peek_char(ctx), got = omni_read_char(ctx);
  CHECK(seen == got);
  return got;
}

static omni_result read_string(omni_context *ctx) {
  omni_value count = omni_fixnum(3);
  return omni_read_string_n(ctx, 1, &count);
}

static const struct {
  const char *name;
  omni_result (*read)(omni_context *ctx);
} readers[] = {{"read-line", read_line},
               {"read-char", read_char},
               {"peek-char", peek_char},
               {"read-string", read_string}};

static omni_pending run_with(omni_context *ctx, omni_result (*read)(omni_context *)) {
  for (;;) {
    omni_result got = read(ctx);
    if (omni_failed(got) || got == OMNI_EOF)
      return got;
    omni_check printed = omni_print(ctx, got);
    omni_drop(ctx, got);
    if (omni_failed(printed))
      return OMNI_FAILED;
  }
}

/* The program finds the name of the reader in its command line. */
static omni_pending run(omni_context *ctx) {
  for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
    if (strcmp(readers[i].name, ctx->arguments[0]) == 0)
      return run_with(ctx, readers[i].read);
  return OMNI_NOTHING;
}

int main(int argc, char **argv) {
  const omni_program program = {
      "input.omni", (const omni_form[]){run}, 1, NULL, 0, NULL, NULL, 0, NULL, NULL};
  omni_host_options options;
  CHECK(argc == 2);
  omni_host_options_from_environment(&options);
  options.arguments = argv + 1;
  return omni_host_run(&program, &options);
}
