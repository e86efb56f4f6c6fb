/* port_file.c: ports to files, and files by name. */
#include "arguments.h"
#include "condition.h"
#include "context.h"
#include "port.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- names ---- */

/* The name of a file as C text, which the caller ends. 0 if no file can have the name or memory ran out;
 * `text` tells. */
static int path_of(omni_context *ctx, omni_text *text, omni_borrowed name) {
  const omni_string *string = omni_string_of(name);
  omni_text_begin(ctx, text);
  omni_text_codes(text, string->codes, string->length);
  omni_text_code(text, 0);
  return !text->failed &&
         memchr(text->bytes, '\0', (size_t)text->size) == text->bytes + (text->size - 1);
}

/* ---- opening ---- */

/* A file descriptor, or -1 with errno set. */
static int open_path(const char *path, int is_input) {
  int fd = is_input ? open(path, O_RDONLY | O_CLOEXEC)
                    : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  struct stat status;
  if (fd < 0 || !is_input || (fstat(fd, &status) == 0 && !S_ISDIR(status.st_mode)))
    return fd;
  close(fd);
  errno = EISDIR;
  return -1;
}

/* Files are a resource: how many can be open at once is the system's affair. */
static int is_exhausted(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM; }

static omni_result open_file(omni_context *ctx, const char *who, omni_borrowed name,
                             omni_port_type type) {
  int is_input = type == OMNI_TEXTUAL_INPUT_PORT || type == OMNI_BINARY_INPUT_PORT;
  if (!omni_want(ctx, who, name, OMNI_TAG_STRING))
    return OMNI_FAILED;
  omni_text path;
  omni_io_settle(ctx);
  errno = ENOENT;
  int fd = path_of(ctx, &path, name) ? open_path(path.bytes, is_input) : -1;
  int error = errno, failed = path.failed;
  omni_text_end(&path);
  if (fd >= 0)
    return omni_port_make(ctx, type, OMNI_PORT_FILE, fd, OMNI_IO_BUFFER);
  if (failed)
    return OMNI_FAILED;
  return is_exhausted(error) ? omni_fail_memory(ctx)
                             : omni_fail_file(ctx, who, OMNI_FILE_OPEN, name);
}

omni_result omni_open_input_file(omni_context *ctx, omni_borrowed a) {
  return open_file(ctx, "open-input-file", a, OMNI_TEXTUAL_INPUT_PORT);
}
omni_result omni_open_binary_input_file(omni_context *ctx, omni_borrowed a) {
  return open_file(ctx, "open-binary-input-file", a, OMNI_BINARY_INPUT_PORT);
}
omni_result omni_open_output_file(omni_context *ctx, omni_borrowed a) {
  return open_file(ctx, "open-output-file", a, OMNI_TEXTUAL_OUTPUT_PORT);
}
omni_result omni_open_binary_output_file(omni_context *ctx, omni_borrowed a) {
  return open_file(ctx, "open-binary-output-file", a, OMNI_BINARY_OUTPUT_PORT);
}

/* ---- files by name ---- */

omni_check omni_file_exists_p(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "file-exists?", a, OMNI_TAG_STRING))
    return OMNI_FAILED;
  omni_text path;
  struct stat status;
  int exists = path_of(ctx, &path, a) && stat(path.bytes, &status) == 0;
  int failed = path.failed;
  omni_text_end(&path);
  return failed ? OMNI_FAILED : omni_boolean(exists);
}

omni_check omni_delete_file(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "delete-file", a, OMNI_TAG_STRING))
    return OMNI_FAILED;
  omni_text path;
  int deleted = path_of(ctx, &path, a) && unlink(path.bytes) == 0;
  int failed = path.failed;
  omni_text_end(&path);
  if (failed)
    return OMNI_FAILED;
  return deleted ? OMNI_NOTHING : omni_fail_file(ctx, "delete-file", OMNI_FILE_DELETE, a);
}
