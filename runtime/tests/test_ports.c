/* Ports to files: what is in the file when, descriptors, failures. Runs in a folder of its own. */
#include "check.h"
#include "port.h"
#include "string_object.h"
#include "variadic.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { DESCRIPTORS = 64 };

static int open_descriptors(void) {
  int count = 0;
  for (int fd = 0; fd < DESCRIPTORS; fd++)
    count += fcntl(fd, F_GETFD) != -1;
  return count;
}

static omni_value string(omni_context *ctx, const char *text) {
  omni_result result = omni_string_from_utf8(ctx, text, strlen(text));
  CHECK(!omni_failed(result));
  return result;
}

/* One argument, consumed. */
static omni_result with(omni_context *ctx, omni_result (*f)(omni_context *, omni_borrowed),
                        omni_owned argument) {
  omni_result result = f(ctx, argument);
  omni_drop(ctx, argument);
  return result;
}

static omni_result open_output(omni_context *ctx, const char *name) {
  return with(ctx, omni_open_output_file, string(ctx, name));
}

static void write_text(omni_context *ctx, omni_value port, const char *text) {
  const omni_value arguments[] = {string(ctx, text), port};
  CHECK(omni_write_string_n(ctx, 2, arguments) == OMNI_NOTHING);
  omni_drop(ctx, arguments[0]);
}

/* What is in a file, as the system sees it. */
static const char *content_of(const char *name) {
  static char content[256];
  int fd = open(name, O_RDONLY);
  CHECK(fd >= 0);
  ssize_t size = read(fd, content, sizeof content - 1);
  CHECK(size >= 0);
  content[size] = '\0';
  close(fd);
  return content;
}

static void test_a_dropped_port_is_flushed_and_closed(omni_context *ctx) {
  int before = open_descriptors();
  omni_value port = open_output(ctx, "dropped.txt");
  CHECK(open_descriptors() == before + 1);
  write_text(ctx, port, "text");
  CHECK_TEXT(content_of("dropped.txt"), "");
  omni_drop(ctx, port);
  CHECK_TEXT(content_of("dropped.txt"), "text");
  CHECK(open_descriptors() == before && ctx->io.unwritten == NULL);
}

static void test_what_could_see_unwritten_bytes_writes_them(omni_context *ctx) {
  omni_value one = open_output(ctx, "one.txt"), other = open_output(ctx, "other.txt");
  write_text(ctx, one, "1");
  write_text(ctx, other, "2");
  CHECK_TEXT(content_of("one.txt"), "1");
  CHECK_TEXT(content_of("other.txt"), "");
  omni_value in = with(ctx, omni_open_input_file, string(ctx, "other.txt"));
  CHECK_TEXT(content_of("other.txt"), "2");
  write_text(ctx, other, "3");
  CHECK_TEXT(text_of(ctx, omni_read_line_n(ctx, 1, &in)), "\"23\"");
  write_text(ctx, other, "4");
  CHECK(omni_flush_output_port_n(ctx, 1, &other) == OMNI_NOTHING);
  CHECK_TEXT(content_of("other.txt"), "234");
  write_text(ctx, other, "5");
  omni_io_flush(ctx);
  CHECK_TEXT(content_of("other.txt"), "2345");
  omni_drop(ctx, in);
  omni_drop(ctx, one);
  omni_drop(ctx, other);
}

static void test_closing_twice(omni_context *ctx) {
  int before = open_descriptors();
  omni_value port = open_output(ctx, "closed.txt");
  write_text(ctx, port, "text");
  CHECK(omni_close_port(ctx, port) == OMNI_NOTHING);
  CHECK_TEXT(content_of("closed.txt"), "text");
  CHECK(open_descriptors() == before);
  CHECK(omni_close_output_port(ctx, port) == OMNI_NOTHING);
  const omni_value arguments[] = {OMNI_TRUE, port};
  CHECK_TEXT(text_of(ctx, omni_display_n(ctx, 2, arguments)),
             "#<condition file-error: display: the port is closed: #<output-port>>");
  omni_drop(ctx, port);
  CHECK(open_descriptors() == before);
}

/* A device on which every write fails. */
static void test_failing_writes_are_reported(omni_context *ctx) {
  omni_value port = open_output(ctx, "/dev/full");
  write_text(ctx, port, "text");
  CHECK_TEXT(text_of(ctx, omni_flush_output_port_n(ctx, 1, &port)),
             "#<condition file-error: flush-output-port: cannot write to the file: "
             "#<output-port>>");
  write_text(ctx, port, "text");
  CHECK_TEXT(text_of(ctx, omni_close_port(ctx, port)),
             "#<condition file-error: close-port: cannot write to the file: #<output-port>>");
  omni_drop(ctx, port);
  CHECK(ctx->io.file_error == 0);
  port = open_output(ctx, "/dev/full");
  write_text(ctx, port, "text");
  omni_drop(ctx, port);
  CHECK(ctx->io.file_error == ENOSPC);
  ctx->io.file_error = 0;
}

static void test_failing_reads_are_reported(omni_context *ctx) {
  omni_value port = with(ctx, omni_open_input_file, string(ctx, "/proc/self/mem"));
  CHECK_TEXT(text_of(ctx, omni_read_n(ctx, 1, &port)),
             "#<condition file-error: read: cannot read from the file: #<input-port>>");
  omni_drop(ctx, port);
  CHECK_TEXT(text_of(ctx, with(ctx, omni_open_input_file, string(ctx, "."))),
             "#<condition file-error: open-input-file: cannot open the file: \".\">");
}

static void test_current_ports(omni_context *ctx) {
  omni_value port = omni_open_output_string(ctx), index = omni_fixnum(OMNI_CURRENT_OUTPUT);
  omni_value before = omni_set_current_port(ctx, index, port);
  CHECK(omni_display(ctx, OMNI_TRUE) == OMNI_NOTHING);
  CHECK_TEXT(text_of(ctx, omni_get_output_string(ctx, port)), "\"#t\"");
  omni_drop(ctx, omni_set_current_port(ctx, index, before));
  CHECK_TEXT(text_of(ctx, omni_set_current_port(ctx, omni_fixnum(OMNI_CURRENT_INPUT), port)),
             "#<condition type-error: %set-current-port!: expected an input port: "
             "#<output-port>>");
  CHECK_TEXT(text_of(ctx, omni_set_current_port(ctx, omni_fixnum(3), port)),
             "#<condition index-out-of-range: %set-current-port!: index out of range: 3>");
  omni_drop(ctx, omni_set_current_port(ctx, index, port)); /* stays current to the end */
  omni_drop(ctx, port);
  omni_drop(ctx, before);
}

#ifdef OMNI_DEBUG
/* Every allocation of opening a file can fail; the descriptor is not lost. */
static void test_opening_without_memory(omni_context *ctx) {
  int before = open_descriptors();
  omni_value name = string(ctx, "memory.txt");
  for (uint64_t n = 1;; n++) {
    uint64_t bytes = ctx->heap.live_bytes;
    omni_heap_arm(ctx, n);
    omni_result port = omni_open_output_file(ctx, name);
    int over = n > ctx->heap.requests;
    omni_heap_arm(ctx, 0);
    CHECK(over == !omni_failed(port));
    omni_drop(ctx, over ? port : omni_catch(ctx));
    CHECK(ctx->heap.live_bytes == bytes && open_descriptors() == before);
    if (over)
      break;
  }
  omni_drop(ctx, name);
}
#endif

int main(void) {
  omni_context *ctx = open_context();
  test_a_dropped_port_is_flushed_and_closed(ctx);
  test_what_could_see_unwritten_bytes_writes_them(ctx);
  test_closing_twice(ctx);
  test_failing_writes_are_reported(ctx);
  test_failing_reads_are_reported(ctx);
#ifdef OMNI_DEBUG
  test_opening_without_memory(ctx);
#endif
  test_current_ports(ctx);
  close_context(ctx);
  return 0;
}
