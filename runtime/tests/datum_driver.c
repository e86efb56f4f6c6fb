/* datum_driver.c: reads the data of texts, for comparison with the reference interpreter.
 *
 * A request is "SIZE\n" and SIZE bytes. The answer is a line for each call of `read` up to the end of
 * the text: "value" or "raised", a space, and the result as `write` prints it, or "endless" for what has no
 * end; and then an empty line. After a read-error reading goes on. Nothing may be left over. */
#include "check.h"
#include "datum_reader.h"
#include "object.h"
#include "words.h"

enum { ROOM = 1 << 20 };

static omni_value port_of(omni_context *ctx, const char *bytes, size_t size) {
  omni_value v = omni_port_make(ctx, OMNI_TEXTUAL_INPUT_PORT, OMNI_PORT_MEMORY, -1, size);
  CHECK(!omni_failed(v));
  if (size > 0)
    memcpy(omni_port_of(v)->bytes, bytes, size);
  omni_port_of(v)->size = size;
  return v;
}

static int is_among(const omni_words *words, omni_value v) {
  for (uint64_t i = 0; i < words->size; i++)
    if (words->items[i] == v)
      return 1;
  return 0;
}

/* Release a datum that may be cyclic: take it apart first. */
static void release(omni_context *ctx, omni_value datum) {
  omni_words found = {NULL, 0, 0};
  CHECK(omni_words_push(ctx, &found, datum));
  for (uint64_t i = 0; i < found.size; i++) {
    uint32_t count = 0;
    omni_value *parts = NULL;
    if (omni_is_object(found.items[i]))
      parts = omni_object_fields(omni_object(found.items[i]), &count);
    for (uint32_t j = 0; j < count; j++) {
      if (is_among(&found, parts[j]))
        omni_drop(ctx, parts[j]);
      else
        CHECK(omni_words_push(ctx, &found, parts[j]));
      parts[j] = OMNI_NIL;
    }
  }
  while (found.size > 0)
    omni_drop(ctx, omni_words_pop(&found));
  omni_words_free(ctx, &found);
}

/* Answer for one call; 0 at the end of the text. */
static int read_one(omni_context *ctx, omni_port *port) {
  omni_value v = omni_datum_read(ctx, port);
  const char *how = omni_failed(v) ? "raised" : "value";
  if (omni_failed(v))
    v = omni_catch(ctx);
  ctx->heap.limit = ctx->heap.live_bytes + ROOM;
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_print_value(&text, OMNI_WRITE, v);
  printf("%s ", how);
  if (text.failed)
    fputs("endless", stdout);
  else
    fwrite(text.bytes, 1, (size_t)text.size, stdout);
  putchar('\n');
  if (text.failed)
    omni_drop(ctx, omni_catch(ctx));
  omni_text_end(&text);
  ctx->heap.limit = 0;
  int more = v != OMNI_EOF;
  release(ctx, v);
  return more;
}

int main(void) {
  omni_context *ctx = open_context();
  size_t size;
  while (scanf("%zu", &size) == 1 && getchar() == '\n') {
    char *bytes = malloc(size + 1);
    CHECK(bytes != NULL && fread(bytes, 1, size, stdin) == size);
    omni_value port = port_of(ctx, bytes, size);
    while (read_one(ctx, omni_port_of(port)))
      continue;
    putchar('\n');
    omni_drop(ctx, port);
    free(bytes);
  }
  close_context(ctx);
  return 0;
}
