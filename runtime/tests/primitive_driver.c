/* primitive_driver.c: calls primitives as told on stdin, for comparison with the reference interpreter.
 *
 * A request is "INDEX MODE SIZE\n" and SIZE bytes: the literal code of the list of arguments. MODE is the sum
 * of what is to be done with the arguments: 1 make the top-level pairs and vectors among them mutable; 2 replace
 * the first one, a list (message irritant ...), by the condition that `error` makes of it; 4 replace the first one,
 * a list, by a hash table in which each (key . value) of it has been set and each key in a #(key) deleted, 8 the
 * same with a table that compares with eqv?. Then symbols @0, @1 ... that are parts of the arguments are replaced
 * by the argument with that number, which makes cycles; not those in keys, or that are values of a table.
 *
 * The answer is "SIZE\n" and SIZE bytes: what the call wrote to stdout, a line feed, "value", "raised" or
 * "limit" (out of memory), a space, the result as `write` prints it, a line feed, the arguments after the
 * call; result and first argument with their entries behind them if they are hash tables.
 *
 * In OMNI_DEBUG builds each call is first made with every single allocation failing in turn. Whatever
 * happens, nothing may be left over. */
#include "check.h"
#include "object.h"
#include "primitive.h"
#include "words.h"

enum { HEAP_LIMIT = 1 << 26 };

/* Bits of a request's mode. */
enum { MUTABLE = 1, FIRST_IS_CONDITION = 2, FIRST_IS_TABLE = 4, FIRST_IS_EQV_TABLE = 8 };

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

/* The condition that (error message irritant ...) raises. */
static omni_value condition_from(omni_context *ctx, omni_value list) {
  for (int i = 0; i < omni_primitive_count; i++) {
    if (strcmp(omni_primitives[i].name, "error") != 0)
      continue;
    CHECK(omni_failed(omni_call_list(ctx, omni_primitive(i), omni_dup(list))));
    return omni_catch(ctx);
  }
  CHECK(!"error is a primitive");
  return OMNI_NOTHING;
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

/* The arguments, and the places where one of them has been put in: objects and numbers of their fields. */
typedef struct arguments {
  omni_value list;
  omni_words places; /* the objects are owned */
} arguments;

/* The argument that a symbol @N stands for; OMNI_UNBOUND for anything else. */
static omni_value tied(const arguments *args, omni_value v) {
  if (!omni_has_tag(v, OMNI_TAG_SYMBOL) || omni_symbol_of(v)->length != 2 ||
      omni_symbol_of(v)->codes[0] != '@')
    return OMNI_UNBOUND;
  omni_value rest = args->list;
  for (uint32_t i = omni_symbol_of(v)->codes[1] - '0'; i > 0 && omni_is_pair(rest); i--)
    rest = omni_cdr_of(rest);
  return omni_is_pair(rest) ? omni_car_of(rest) : OMNI_UNBOUND;
}

/* Collect the places in a tree; then fill them. */
static void tie(omni_context *ctx, arguments *args) {
  omni_words todo = {NULL, 0, 0};
  for (omni_value v = args->list; v != OMNI_NIL; v = omni_cdr_of(v))
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
        omni_words_push(ctx, &args->places, omni_dup(v));
        omni_words_push(ctx, &args->places, i);
      } else {
        omni_words_push(ctx, &todo, fields[i]);
      }
    }
  }
  omni_words_free(ctx, &todo);
  for (uint64_t i = 0; i < args->places.size; i += 2) {
    uint32_t count;
    omni_value *field = omni_object_fields(omni_object(args->places.items[i]), &count);
    field += args->places.items[i + 1];
    omni_value symbol = *field;
    *field = omni_dup(tied(args, symbol));
    omni_drop(ctx, symbol);
  }
}

static void clear_fields(omni_context *ctx, omni_value v, uint32_t from, uint32_t to) {
  uint32_t count = 0;
  omni_value *fields = omni_object_fields(omni_object(v), &count);
  for (uint32_t i = from; i < to && i < count; i++) {
    omni_value old = fields[i];
    fields[i] = OMNI_NIL;
    omni_drop(ctx, old);
  }
}

/* Counts do not free cycles: all are taken apart, also those that the call made of arguments that it changed. */
static void release_arguments(omni_context *ctx, arguments *args) {
  while (args->places.size > 0) {
    uint32_t field = (uint32_t)omni_words_pop(&args->places);
    omni_value object = omni_words_pop(&args->places);
    clear_fields(ctx, object, field, field + 1);
    omni_drop(ctx, object);
  }
  for (omni_value v = args->list; v != OMNI_NIL; v = omni_cdr_of(v)) {
    omni_value arg = omni_car_of(v);
    if (omni_is_pair(arg) || omni_has_tag(arg, OMNI_TAG_VECTOR))
      clear_fields(ctx, arg, 0, UINT32_MAX);
    if (omni_has_tag(arg, OMNI_TAG_TABLE))
      omni_hash_clear_x(ctx, arg);
  }
  omni_drop(ctx, args->list);
  omni_words_free(ctx, &args->places);
}

static omni_value first_argument(omni_context *ctx, const request *r, omni_value given) {
  if (r->mode & FIRST_IS_CONDITION)
    return condition_from(ctx, given);
  if (r->mode & (FIRST_IS_TABLE | FIRST_IS_EQV_TABLE))
    return table_from(ctx, r->mode & FIRST_IS_TABLE, given);
  return omni_dup(given);
}

/* The arguments, made so that no allocation in it counts as one of the call. */
static arguments make_arguments(omni_context *ctx, const request *r) {
  omni_literal source = {r->code, (int)r->size};
  arguments args = {OMNI_NIL, {NULL, 0, 0}};
  CHECK(omni_literal_decode(ctx, &source, &args.list) == OMNI_DECODED);
  if (r->mode & MUTABLE)
    for (omni_value v = args.list; v != OMNI_NIL; v = omni_cdr_of(v))
      if (omni_is_object(omni_car_of(v)))
        omni_object(omni_car_of(v))->immutable = 0;
  if (args.list != OMNI_NIL) {
    omni_value first = first_argument(ctx, r, omni_car_of(args.list));
    omni_value changed = omni_cons(ctx, first, omni_cdr(ctx, args.list));
    omni_drop(ctx, args.list);
    args.list = changed;
  }
  tie(ctx, &args);
  return args;
}

#ifdef OMNI_DEBUG
static void fail_each_allocation(omni_context *ctx, const request *r) {
  for (uint64_t n = 1, again = 1; again; n++) {
    uint64_t before = ctx->heap.live_objects, bytes = ctx->heap.live_bytes;
    uint64_t generated = ctx->symbols.generated;
    arguments args = make_arguments(ctx, r);
    omni_heap_arm(ctx, n);
    omni_result result = omni_call_list(ctx, omni_primitive(r->primitive), omni_dup(args.list));
    /* The call is over, with success or another failure, once n exceeds its allocations. */
    again = n <= ctx->heap.requests;
    omni_heap_arm(ctx, 0);
    if (again)
      CHECK(omni_failed(result) && ctx->raised == ctx->out_of_memory);
    omni_drop(ctx, omni_failed(result) ? omni_catch(ctx) : result);
    release_arguments(ctx, &args);
    ctx->symbols.generated = generated;
    ctx->io.out_size = 0;
    CHECK(ctx->heap.live_objects == before && ctx->heap.live_bytes == bytes);
  }
}
#endif

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
  arguments args = make_arguments(ctx, r);
  omni_result result = omni_call_list(ctx, omni_primitive(r->primitive), omni_dup(args.list));
  const char *how = omni_failed(result) ? "raised " : "value ";
  CHECK(omni_failed(result) == (ctx->raised != OMNI_UNBOUND));
  if (ctx->raised == ctx->out_of_memory)
    how = "limit ";
  if (omni_failed(result))
    result = omni_catch(ctx);
  omni_text text;
  omni_text_begin(ctx, &text);
  omni_text_bytes(&text, ctx->io.out, ctx->io.out_size);
  ctx->io.out_size = 0;
  omni_text_string(&text, "\n");
  omni_text_string(&text, how);
  omni_print_value(&text, OMNI_WRITE, result);
  print_entries(&text, result);
  omni_text_string(&text, "\n");
  omni_print_value(&text, OMNI_WRITE, args.list);
  if (args.list != OMNI_NIL)
    print_entries(&text, omni_car_of(args.list));
  CHECK(!text.failed);
  printf("%zu\n", (size_t)text.size);
  fwrite(text.bytes, 1, (size_t)text.size, stdout);
  omni_text_end(&text);
  omni_drop(ctx, result);
  release_arguments(ctx, &args);
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
