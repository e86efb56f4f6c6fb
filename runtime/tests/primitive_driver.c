/* primitive_driver.c: calls primitives as told on stdin, for comparison with the reference interpreter.
 *
 * A request is "INDEX MODE SIZE\n" and SIZE bytes: the literal code of the list of arguments. MODE is a
 * digit: 0 as they are; 1 with the top-level objects among them made mutable; 2 with the first
 * one, a list (message irritant ...), replaced by the condition that `error` makes of it; 3 with the first
 * one replaced by what primitives make: a symbol stands for the primitive itself, a list (primitive
 * argument ...) for its value, where lists that begin with a name in % among the arguments are made too.
 *
 * A top-level vector #(%port INPUT? TEXTUAL? OPEN? BYTES) stands for a port of a string or bytevector, with
 * these bytes to be read or already written.
 *
 * The answer is "SIZE\n" and SIZE bytes: what the call wrote to stdout, a line feed, "value", "raised" or
 * "limit" (out of memory), a space, the result as `write` prints it, a line feed, the arguments after the
 * call, and for each port among them a line feed, whether it is open, a space, and the bytes that are
 * still to be read or were written.
 *
 * In OMNI_DEBUG builds each call is first made with every single allocation failing in turn. Whatever
 * happens, nothing may be left over. */
#include "bytevector.h"
#include "check.h"
#include "control.h"
#include "port.h"
#include "primitive.h"
#include "string_object.h"

enum { HEAP_LIMIT = 1 << 26 };

typedef struct request {
  int primitive;
  int mode;
  char *code;
  size_t size;
} request;

static int read_request(request *r) {
  if (scanf("%d %d %zu", &r->primitive, &r->mode, &r->size) != 3)
    return 0;
  CHECK(r->primitive >= 0 && r->primitive < omni_primitive_count && getchar() == '\n');
  r->code = malloc(r->size + 1);
  CHECK(r->code != NULL && fread(r->code, 1, r->size, stdin) == r->size);
  return 1;
}

/* The primitive called `name`. */
static omni_value primitive_called(const char *name) {
  for (int i = 0; i < omni_primitive_count; i++)
    if (strcmp(omni_primitives[i].name, name) == 0)
      return omni_primitive(i);
  CHECK(!"a primitive has this name");
  return OMNI_NOTHING;
}

/* The condition that (error message irritant ...) raises. */
static omni_value condition_from(omni_context *ctx, omni_value list) {
  CHECK(omni_failed(omni_call_list(ctx, primitive_called("error"), omni_dup(list))));
  return omni_catch(ctx);
}

static int is_recipe(omni_value v) {
  if (!omni_is_pair(v) || !omni_has_tag(omni_car_of(v), OMNI_TAG_SYMBOL))
    return 0;
  const omni_symbol *name = omni_symbol_of(omni_car_of(v));
  return name->length > 1 && name->codes[0] == '%';
}

/* What a recipe makes: see mode 3. */
static omni_value made_from(omni_context *ctx, omni_value recipe) {
  int is_list = omni_is_pair(recipe);
  const omni_symbol *symbol = omni_symbol_of(is_list ? omni_car_of(recipe) : recipe);
  char name[64];
  CHECK(symbol->length < sizeof name);
  for (uint32_t i = 0; i < symbol->length; i++)
    name[i] = (char)symbol->codes[i];
  name[symbol->length] = '\0';
  if (!is_list)
    return primitive_called(name);
  omni_value args = OMNI_NIL;
  for (omni_value v = omni_cdr_of(recipe); v != OMNI_NIL; v = omni_cdr_of(v)) {
    omni_value part = omni_car_of(v);
    args = omni_cons(ctx, is_recipe(part) ? made_from(ctx, part) : omni_dup(part), args);
  }
  omni_value in_order = omni_reverse(ctx, args);
  omni_drop(ctx, args);
  omni_result made = omni_call_list(ctx, primitive_called(name), in_order);
  CHECK(!omni_failed(made));
  return made;
}

static int stands_for_port(omni_value v) {
  return omni_has_tag(v, OMNI_TAG_VECTOR) && omni_vector_of(v)->length == 5 &&
         omni_has_tag(omni_vector_of(v)->items[0], OMNI_TAG_SYMBOL) &&
         omni_codes_spell(omni_symbol_of(omni_vector_of(v)->items[0])->codes,
                          omni_symbol_of(omni_vector_of(v)->items[0])->length, "%port");
}

static omni_value port_from(omni_context *ctx, const omni_value *items) {
  const omni_bytevector *content = omni_bytevector_of(items[4]);
  omni_port_type type = items[1] == OMNI_TRUE   ? items[2] == OMNI_TRUE ? OMNI_TEXTUAL_INPUT_PORT
                                                                        : OMNI_BINARY_INPUT_PORT
                        : items[2] == OMNI_TRUE ? OMNI_TEXTUAL_OUTPUT_PORT
                                                : OMNI_BINARY_OUTPUT_PORT;
  omni_value v = omni_port_make(ctx, type, OMNI_PORT_MEMORY, -1, content->length);
  CHECK(!omni_failed(v));
  omni_port_of(v)->size = content->length;
  if (content->length > 0)
    memcpy(omni_port_of(v)->bytes, content->bytes, content->length);
  if (items[3] == OMNI_FALSE)
    omni_port_close(ctx, omni_port_of(v));
  return v;
}

/* The list of arguments, made so that no allocation in it counts as one of the call. */
static omni_value make_arguments(omni_context *ctx, const request *r) {
  omni_literal source = {r->code, (int)r->size};
  omni_value args;
  CHECK(omni_literal_decode(ctx, &source, &args) == OMNI_DECODED);
  for (omni_value v = args; v != OMNI_NIL; v = omni_cdr_of(v)) {
    omni_value *place = &((omni_pair *)omni_object(v))->fields[0];
    if (stands_for_port(*place)) {
      omni_value port = port_from(ctx, omni_vector_of(*place)->items);
      omni_drop(ctx, *place);
      *place = port;
    }
  }
  if (r->mode == 1)
    for (omni_value v = args; v != OMNI_NIL; v = omni_cdr_of(v))
      if (omni_is_object(omni_car_of(v)))
        omni_object(omni_car_of(v))->immutable = 0;
  if (r->mode >= 2) {
    omni_value first = omni_car_of(args);
    omni_value instead = r->mode == 2 ? condition_from(ctx, first) : made_from(ctx, first);
    omni_value changed = omni_cons(ctx, instead, omni_cdr(ctx, args));
    omni_drop(ctx, args);
    args = changed;
  }
  return args;
}

static omni_result call(omni_context *ctx, const request *r, omni_borrowed args) {
  return omni_drive(ctx, omni_tail_list(ctx, omni_primitive(r->primitive), omni_dup(args)));
}

#ifdef OMNI_DEBUG
static void fail_each_allocation(omni_context *ctx, const request *r) {
  for (uint64_t n = 1, again = 1; again; n++) {
    uint64_t before = ctx->heap.live_objects, bytes = ctx->heap.live_bytes;
    uint64_t generated = ctx->symbols.generated;
    omni_value args = make_arguments(ctx, r);
    omni_heap_arm(ctx, n);
    omni_result result = call(ctx, r, args);
    /* The call is over, with success or another failure, once n exceeds its allocations. */
    again = n <= ctx->heap.requests;
    omni_heap_arm(ctx, 0);
    if (again)
      CHECK(omni_failed(result) && ctx->raised == ctx->out_of_memory);
    omni_drop(ctx, omni_failed(result) ? omni_catch(ctx) : result);
    omni_drop(ctx, args);
    ctx->symbols.generated = generated;
    ctx->io.standard[OMNI_CURRENT_OUTPUT].size = 0;
    CHECK(ctx->heap.live_objects == before && ctx->heap.live_bytes == bytes);
  }
}
#endif

static void print_state(omni_context *ctx, omni_text *text, const omni_port *port) {
  omni_value rest = omni_bytevector_from(ctx, port->bytes + port->at, port->size - port->at);
  CHECK(!omni_failed(rest));
  omni_text_string(text, port->is_open ? "\nopen " : "\nclosed ");
  omni_print_value(text, OMNI_WRITE, rest);
  omni_drop(ctx, rest);
}

static void answer(omni_context *ctx, const request *r) {
  uint64_t before = ctx->heap.live_objects;
  omni_value args = make_arguments(ctx, r);
  omni_result result = call(ctx, r, args);
  const char *how = omni_failed(result) ? "raised " : "value ";
  CHECK(omni_failed(result) == (ctx->raised != OMNI_UNBOUND));
  if (ctx->raised == ctx->out_of_memory)
    how = "limit ";
  if (omni_failed(result))
    result = omni_catch(ctx);
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_text_bytes(&text, ctx->io.out, ctx->io.standard[OMNI_CURRENT_OUTPUT].size);
  ctx->io.standard[OMNI_CURRENT_OUTPUT].size = 0;
  omni_text_string(&text, "\n");
  omni_text_string(&text, how);
  omni_print_value(&text, OMNI_WRITE, result);
  omni_text_string(&text, "\n");
  omni_print_value(&text, OMNI_WRITE, args);
  for (omni_value v = args; v != OMNI_NIL; v = omni_cdr_of(v))
    if (omni_has_tag(omni_car_of(v), OMNI_TAG_PORT))
      print_state(ctx, &text, omni_port_of(omni_car_of(v)));
  CHECK(!text.failed);
  printf("%zu\n", (size_t)text.size);
  fwrite(text.bytes, 1, (size_t)text.size, stdout);
  omni_text_end(&text);
  omni_drop(ctx, result);
  omni_drop(ctx, args);
  CHECK(ctx->heap.live_objects == before);
}

int main(void) {
  omni_context *ctx = open_context();
  ctx->heap.limit = HEAP_LIMIT;
  request r;
  while (read_request(&r)) {
#ifdef OMNI_DEBUG
    fail_each_allocation(ctx, &r);
#endif
    answer(ctx, &r);
    free(r.code);
  }
  CHECK(feof(stdin));
  close_context(ctx);
  return 0;
}
