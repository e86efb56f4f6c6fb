/* system.c: what surrounds a program: the clock, its command line, its environment. */
#include "arguments.h"
#include "context.h"
#include "list.h"
#include "string_object.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

extern char **environ;

enum { JIFFIES_PER_SECOND = 1000000000 };

static omni_result string_of(omni_context *ctx, const char *text) {
  return omni_string_from_utf8(ctx, text, strlen(text));
}

/* Add an owned value, or the failure to make one. */
static void add(omni_list_builder *list, omni_result v) {
  if (!omni_failed(v)) {
    omni_list_add(list, v);
    return;
  }
  omni_drop(list->ctx, list->head);
  list->head = OMNI_FAILED;
}

/* ---- clock ---- */

omni_result omni_current_jiffy(omni_context *ctx) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return omni_integer(ctx, (int64_t)now.tv_sec * JIFFIES_PER_SECOND + now.tv_nsec);
}

omni_owned omni_jiffies_per_second(omni_context *ctx) {
  (void)ctx;
  return omni_fixnum(JIFFIES_PER_SECOND);
}

omni_result omni_current_second(omni_context *ctx) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return omni_float(ctx, (double)now.tv_sec + (double)now.tv_nsec / JIFFIES_PER_SECOND);
}

/* ---- command line and environment ---- */

omni_result omni_command_line(omni_context *ctx) {
  omni_list_builder list;
  omni_list_begin(ctx, &list);
  add(&list, string_of(ctx, ctx->program));
  for (char *const *argument = ctx->arguments; argument != NULL && *argument != NULL; argument++)
    add(&list, string_of(ctx, *argument));
  return omni_list_end(&list, OMNI_NIL);
}

omni_result omni_get_environment_variable(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "get-environment-variable", a, OMNI_TAG_STRING))
    return OMNI_FAILED;
  omni_text name;
  omni_text_begin(ctx, &name);
  omni_text_codes(&name, omni_string_of(a)->codes, omni_string_of(a)->length);
  omni_text_code(&name, 0);
  omni_result result = name.failed ? OMNI_FAILED : OMNI_FALSE;
  /* No variable has a name with = or a NUL in it, whatever getenv finds. */
  if (!name.failed && strlen(name.bytes) == name.size - 1 && strchr(name.bytes, '=') == NULL) {
    const char *value = getenv(name.bytes);
    if (value != NULL)
      result = string_of(ctx, value);
  }
  omni_text_end(&name);
  return result;
}

/* (NAME . VALUE) for one entry of the environment. */
static omni_result variable_of(omni_context *ctx, const char *entry) {
  size_t size = strcspn(entry, "=");
  omni_result name = omni_string_from_utf8(ctx, entry, size);
  if (omni_failed(name))
    return OMNI_FAILED;
  omni_result value = string_of(ctx, entry[size] == '=' ? entry + size + 1 : "");
  if (omni_failed(value)) {
    omni_drop(ctx, name);
    return OMNI_FAILED;
  }
  return omni_cons(ctx, name, value);
}

omni_result omni_get_environment_variables(omni_context *ctx) {
  omni_list_builder list;
  omni_list_begin(ctx, &list);
  for (char **entry = environ; *entry != NULL; entry++)
    add(&list, variable_of(ctx, *entry));
  return omni_list_end(&list, OMNI_NIL);
}
