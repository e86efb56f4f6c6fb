/* primitive_driver.c: calls primitives as told on stdin, for comparison with the reference interpreter.
 *
 * A request is "INDEX MODE SIZE\n" and SIZE bytes: the literal code of the list of arguments. In it, a
 * top-level vector #(%port INPUT? TEXTUAL? OPEN? BYTES) stands for a port of a string or bytevector, with
 * these bytes to be read or already written. MODE is a sum that says what else is to be done:
 *
 *    1  make the top-level objects among the arguments mutable
 *    2  replace the first one, a list (message irritant ...), by the condition that `error` makes of it
 *    4  replace the first one, a list, by a hash table in which each (key . value) of it has been set and
 *       each key in a #(key) deleted
 *    8  the same with a table that compares with eqv?
 *   16  replace the first one by what primitives make: a symbol stands for the primitive itself, a list
 *       (primitive argument ...) for its value, where arguments that are a name in %, or lists
 *       that begin with one, are made too; so are such arguments of the call
 *
 * Then symbols @0, @1 ... that are parts of the arguments are replaced by the argument with that number,
 * which makes cycles; not those in keys, or that are values of a table.
 *
 * The answer is "SIZE\n" and SIZE bytes: what the call wrote to stdout, a line feed, "value", "raised" or
 * "limit" (out of memory), a space, the result as `write` prints it, a line feed, the arguments after the
 * call (result and first argument with their entries behind them if they are hash tables), and for each
 * port among them a line feed, whether it is open, a space, and the bytes that are still to be read or
 * were written.
 *
 * In OMNI_DEBUG builds each call is first made with every single allocation failing in turn. Whatever
 * happens, nothing may be left over. */
#include "bytevector.h"
#include "check.h"
#include "control.h"
#include "object.h"
#include "port.h"
#include "primitive.h"
#include "string_object.h"
#include "words.h"

enum { HEAP_LIMIT = 1 << 26 };

/* What a mode is the sum of. */
enum {
  MUTABLE = 1,
  FIRST_IS_CONDITION = 2,
  FIRST_IS_TABLE = 4,
  FIRST_IS_EQV_TABLE = 8,
  FIRST_IS_MADE = 16
};

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

/* The hash table that the list makes. */
static omni_value table_from(omni_context *ctx, int by_content, omni_value list) {
  omni_result table = by_content ? omni_make_hash_table(ctx) : omni_make_eqv_hash_table(ctx);
  for (; list != OMNI_NIL; list = omni_cdr_of(list)) {
    omni_value item = omni_car_of(list);
    if (omni_is_pair(item))
      omni_hash_set_x(ctx, table, omni_dup(omni_car_of(item)), omni_dup(omni_cdr_of(item)));
    else
      omni_hash_delete_x(ctx, table, omni_vector_of(item)->items[0]);
  }
  CHECK(ctx->raised == OMNI_UNBOUND);
  return table;
}

static int is_recipe(omni_value v) {
  omni_value name = omni_is_pair(v) ? omni_car_of(v) : v;
  if (!omni_has_tag(name, OMNI_TAG_SYMBOL))
    return 0;
  return omni_symbol_of(name)->length > 1 && omni_symbol_of(name)->codes[0] == '%';
}

/* What a recipe makes: see FIRST_IS_MADE above. */
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

static omni_value first_argument(omni_context *ctx, int mode, omni_value given) {
  if (mode & FIRST_IS_CONDITION)
    return condition_from(ctx, given);
  if (mode & (FIRST_IS_TABLE | FIRST_IS_EQV_TABLE))
    return table_from(ctx, mode & FIRST_IS_TABLE, given);
  return mode & FIRST_IS_MADE ? made_from(ctx, given) : omni_dup(given);
}

/* The argument that a symbol @N stands for; OMNI_UNBOUND for anything else. */
static omni_value tied(omni_value args, omni_value v) {
  if (!omni_has_tag(v, OMNI_TAG_SYMBOL) || omni_symbol_of(v)->length != 2 ||
      omni_symbol_of(v)->codes[0] != '@')
    return OMNI_UNBOUND;
  for (uint32_t i = omni_symbol_of(v)->codes[1] - '0'; i > 0 && omni_is_pair(args); i--)
    args = omni_cdr_of(args);
  return omni_is_pair(args) ? omni_car_of(args) : OMNI_UNBOUND;
}

/* Push what stands for an argument among the parts of the arguments, which are trees, to `places`: the
 * object and the number of its field. */
static void find_places(omni_context *ctx, omni_value args, omni_words *places) {
  omni_words todo = {NULL, 0, 0};
  for (omni_value v = args; v != OMNI_NIL; v = omni_cdr_of(v))
    omni_words_push(ctx, &todo, omni_car_of(v));
  while (todo.size > 0) {
    omni_value v = omni_words_pop(&todo);
    uint32_t count = 0;
    omni_value *fields = omni_is_object(v) ? omni_object_fields(omni_object(v), &count) : NULL;
    if (omni_has_tag(v, OMNI_TAG_TABLE)) { /* of its entries, the values that have parts */
      count = 2 * (uint32_t)omni_table_of(v)->used;
      fields = count > 0 ? omni_vector_of(fields[0])->items : NULL;
      for (uint32_t i = 1; i < count; i += 2)
        omni_words_push(ctx, &todo, fields[i]);
      continue;
    }
    for (uint32_t i = 0; i < count; i++) {
      if (tied(args, fields[i]) != OMNI_UNBOUND) {
        omni_words_push(ctx, places, v);
        omni_words_push(ctx, places, i);
      } else {
        omni_words_push(ctx, &todo, fields[i]);
      }
    }
  }
  omni_words_free(ctx, &todo);
}

/* Put arguments where symbols stand for them. */
static void tie(omni_context *ctx, omni_value args) {
  omni_words places = {NULL, 0, 0};
  find_places(ctx, args, &places);
  while (places.size > 0) {
    uint64_t number = omni_words_pop(&places);
    uint32_t count;
    omni_value *field = &omni_object_fields(omni_object(omni_words_pop(&places)), &count)[number];
    omni_value symbol = *field;
    omni_storing(ctx, tied(args, symbol));
    *field = omni_dup(tied(args, symbol));
    omni_drop(ctx, symbol);
  }
  omni_words_free(ctx, &places);
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
    if ((r->mode & FIRST_IS_MADE) && v != args && is_recipe(*place)) {
      omni_value made = made_from(ctx, *place);
      omni_drop(ctx, *place);
      *place = made;
    }
    /* Primitives are static: nothing is to be written there. */
    if ((r->mode & MUTABLE) && omni_is_object(*place) && !omni_has_tag(*place, OMNI_TAG_PRIMITIVE))
      omni_object(*place)->immutable = 0;
  }
  if (args != OMNI_NIL) {
    omni_value first = first_argument(ctx, r->mode, omni_car_of(args));
    omni_value changed = omni_cons(ctx, first, omni_cdr(ctx, args));
    omni_drop(ctx, args);
    args = changed;
  }
  tie(ctx, args);
  return args;
}

/* Drop arguments, and what the cycles keep alive that were made of them. */
static void drop_arguments(omni_context *ctx, omni_value args) {
  omni_drop(ctx, args);
  omni_cycles_collect(ctx);
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
    drop_arguments(ctx, args);
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

/* The entries of a hash table. */
static void print_entries(omni_text *text, omni_value v) {
  if (!omni_has_tag(v, OMNI_TAG_TABLE))
    return;
  omni_result entries = omni_hash_to_list(text->ctx, v);
  omni_text_string(text, " ");
  omni_print_value(text, OMNI_WRITE, entries);
  omni_drop(text->ctx, entries);
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
  print_entries(&text, result);
  omni_text_string(&text, "\n");
  omni_print_value(&text, OMNI_WRITE, args);
  if (args != OMNI_NIL)
    print_entries(&text, omni_car_of(args));
  for (omni_value v = args; v != OMNI_NIL; v = omni_cdr_of(v))
    if (omni_has_tag(omni_car_of(v), OMNI_TAG_PORT))
      print_state(ctx, &text, omni_port_of(omni_car_of(v)));
  CHECK(!text.failed);
  printf("%zu\n", (size_t)text.size);
  fwrite(text.bytes, 1, (size_t)text.size, stdout);
  omni_text_end(&text);
  omni_drop(ctx, result);
  drop_arguments(ctx, args);
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
