/* call.c: calls of procedure values, tail calls, apply.
 *
 * A call whose argument count matches a closure goes straight to its C function. Everything else goes
 * through invoke(), which takes arguments as an array of owned words: it checks the count, makes the rest
 * list, and calls primitives. Tail calls are left in the context (omni_pending_call); omni_finish makes
 * them one after the other, so that a chain of them takes constant C stack. */
#include "arguments.h"
#include "condition.h"
#include "context.h"
#include "control.h"
#include "heap.h"
#include "list.h"
#include "procedure.h"
#include "variadic.h"

#include <string.h>

typedef omni_pending entry0(omni_context *ctx, omni_owned self);
typedef omni_pending entry1(omni_context *, omni_owned self, omni_owned);
typedef omni_pending entry2(omni_context *, omni_owned self, omni_owned, omni_owned);
typedef omni_pending entry3(omni_context *, omni_owned self, omni_owned, omni_owned, omni_owned);
typedef omni_pending entry4(omni_context *, omni_owned self, omni_owned, omni_owned, omni_owned,
                            omni_owned);
typedef omni_pending entry5(omni_context *, omni_owned self, omni_owned, omni_owned, omni_owned,
                            omni_owned, omni_owned);
typedef omni_pending entry6(omni_context *, omni_owned self, omni_owned, omni_owned, omni_owned,
                            omni_owned, omni_owned, omni_owned);
typedef omni_pending entry7(omni_context *, omni_owned self, omni_owned, omni_owned, omni_owned,
                            omni_owned, omni_owned, omni_owned, omni_owned);
typedef omni_pending entry8(omni_context *, omni_owned self, omni_owned, omni_owned, omni_owned,
                            omni_owned, omni_owned, omni_owned, omni_owned, omni_owned);
typedef omni_pending entry9(omni_context *, omni_owned self, omni_owned, omni_owned, omni_owned,
                            omni_owned, omni_owned, omni_owned, omni_owned, omni_owned, omni_owned);

/* ---- the general case: arguments in an array ---- */

static void drop_all(omni_context *ctx, int count, const omni_value *values) {
  for (int i = 0; i < count; i++)
    omni_drop(ctx, values[i]);
}

/* Call the C function of a closure with the `argc` words it takes (up to one more than
 * OMNI_MAX_PARAMS, for the rest list). */
static omni_pending enter(omni_context *ctx, omni_owned f, int argc, const omni_value *a) {
  omni_entry entry = omni_code_of(f)->entry;
  switch (argc) {
  case 0:
    return ((entry0 *)entry)(ctx, f);
  case 1:
    return ((entry1 *)entry)(ctx, f, a[0]);
  case 2:
    return ((entry2 *)entry)(ctx, f, a[0], a[1]);
  case 3:
    return ((entry3 *)entry)(ctx, f, a[0], a[1], a[2]);
  case 4:
    return ((entry4 *)entry)(ctx, f, a[0], a[1], a[2], a[3]);
  case 5:
    return ((entry5 *)entry)(ctx, f, a[0], a[1], a[2], a[3], a[4]);
  case 6:
    return ((entry6 *)entry)(ctx, f, a[0], a[1], a[2], a[3], a[4], a[5]);
  case 7:
    return ((entry7 *)entry)(ctx, f, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
  case 8:
    return ((entry8 *)entry)(ctx, f, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
  default:
    return ((entry9 *)entry)(ctx, f, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]);
  }
}

/* A list of owned values, which are consumed. */
static omni_result gather(omni_context *ctx, int argc, const omni_value *argv) {
  omni_list_builder list;
  omni_list_begin(ctx, &list);
  for (int i = 0; i < argc; i++)
    omni_list_add(&list, argv[i]);
  return omni_list_end(&list, OMNI_NIL);
}

/* A closure that takes a rest list or all of its arguments as one list. */
static omni_pending invoke_with_list(omni_context *ctx, omni_owned f, int argc,
                                     const omni_value *argv) {
  const omni_code *code = omni_code_of(f);
  int plain = code->packed ? 0 : code->params;
  omni_value words[OMNI_MAX_PARAMS + 1];
  omni_result list = gather(ctx, argc - plain, argv + plain);
  if (omni_failed(list)) {
    drop_all(ctx, plain, argv);
    omni_drop(ctx, f);
    return OMNI_FAILED;
  }
  for (int i = 0; i < plain; i++)
    words[i] = argv[i];
  words[plain] = list;
  return enter(ctx, f, plain + 1, words);
}

static omni_pending invoke_primitive(omni_context *ctx, const omni_primitive_object *primitive,
                                     int argc, const omni_value *argv) {
  omni_pending result;
  if (argc < primitive->minimum || (primitive->maximum >= 0 && argc > primitive->maximum))
    result = omni_fail_arity(ctx, primitive->name, primitive->minimum, primitive->maximum, argc);
  else
    result = primitive->entry(ctx, argc, argv);
  drop_all(ctx, argc, argv);
  return result;
}

/* Call f with owned arguments; everything is consumed, but not the array itself. */
static omni_pending invoke(omni_context *ctx, omni_owned f, int argc, const omni_value *argv) {
  if (omni_has_tag(f, OMNI_TAG_PRIMITIVE))
    return invoke_primitive(ctx, omni_primitive_of(f), argc, argv);
  if (omni_has_tag(f, OMNI_TAG_MEMBER)) {
    const omni_code *code = omni_code_of(f);
    if (code->rest ? argc >= code->params : argc == code->params) {
      if (code->rest || code->packed)
        return invoke_with_list(ctx, f, argc, argv);
      return enter(ctx, f, argc, argv);
    }
    omni_fail_arity(ctx, code->name, code->params, code->rest ? -1 : code->params, argc);
  } else if (omni_has_tag(f, OMNI_TAG_CONTINUATION)) {
    return omni_continuation_call(ctx, f, argc, argv);
  } else if (omni_has_tag(f, OMNI_TAG_PARAMETER)) {
    if (argc == 0)
      return omni_parameter_call(ctx, f);
    omni_fail_arity(ctx, "parameter", 0, 0, argc);
  } else {
    omni_fail_not_procedure(ctx, f);
  }
  drop_all(ctx, argc, argv);
  omni_drop(ctx, f);
  return OMNI_FAILED;
}

/* ---- tail calls ---- */

omni_result omni_finish(omni_context *ctx, omni_pending p) {
  while (p == OMNI_TAIL) {
    omni_pending_call *pending = &ctx->pending;
    int argc = pending->argc;
    if (argc <= OMNI_MAX_PARAMS) {
      omni_value args[OMNI_MAX_PARAMS];
      memcpy(args, pending->args, (size_t)argc * sizeof *args);
      p = invoke(ctx, pending->callee, argc, args);
    } else {
      omni_value *many = pending->many;
      p = invoke(ctx, pending->callee, argc, many);
      omni_storage_free(ctx, many, (uint64_t)argc * sizeof *many);
    }
  }
  return p;
}

static omni_pending leave(omni_context *ctx, omni_owned f, int argc, omni_value a, omni_value b,
                          omni_value c, omni_value d) {
  omni_pending_call *pending = &ctx->pending;
  pending->callee = f;
  pending->argc = argc;
  pending->args[0] = a;
  pending->args[1] = b;
  pending->args[2] = c;
  pending->args[3] = d;
  return OMNI_TAIL;
}

omni_pending omni_tail0(omni_context *ctx, omni_owned f) {
  return leave(ctx, f, 0, OMNI_NIL, OMNI_NIL, OMNI_NIL, OMNI_NIL);
}
omni_pending omni_tail1(omni_context *ctx, omni_owned f, omni_owned a) {
  return leave(ctx, f, 1, a, OMNI_NIL, OMNI_NIL, OMNI_NIL);
}
omni_pending omni_tail2(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b) {
  return leave(ctx, f, 2, a, b, OMNI_NIL, OMNI_NIL);
}
omni_pending omni_tail3(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b, omni_owned c) {
  return leave(ctx, f, 3, a, b, c, OMNI_NIL);
}
omni_pending omni_tail4(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b, omni_owned c,
                        omni_owned d) {
  return leave(ctx, f, 4, a, b, c, d);
}

/* Leave a call with `argc` arguments: borrowed values argv[0 .. plain) and then the elements of the
 * borrowed list. Consumes f. */
static omni_pending leave_spread(omni_context *ctx, omni_owned f, int argc, int plain,
                                 const omni_borrowed *argv, omni_borrowed list) {
  omni_pending_call *pending = &ctx->pending;
  omni_value *args = pending->args;
  if (argc > OMNI_MAX_PARAMS) {
    args = omni_storage_allocate(ctx, (uint64_t)argc * sizeof *args);
    if (args == NULL) {
      omni_drop(ctx, f);
      return OMNI_FAILED;
    }
    pending->many = args;
  }
  for (int i = 0; i < plain; i++)
    args[i] = omni_dup(argv[i]);
  for (int i = plain; i < argc; i++, list = omni_cdr_of(list))
    args[i] = omni_dup(omni_car_of(list));
  pending->callee = f;
  pending->argc = argc;
  return OMNI_TAIL;
}

omni_pending omni_tail_list(omni_context *ctx, omni_owned f, omni_owned args) {
  uint64_t length = 0;
  omni_list_measure(args, &length);
  omni_pending p = leave_spread(ctx, f, (int)length, 0, NULL, args);
  omni_drop(ctx, args);
  return p;
}

omni_pending omni_apply_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  int plain = argc - 2; /* between the procedure and the list */
  uint64_t length;
  if (!omni_want_procedure(ctx, "apply", argv[0]) ||
      !omni_want_list(ctx, "apply", argv[argc - 1], &length))
    return OMNI_FAILED;
  if (length > OMNI_BLOCK_LIMIT / sizeof(omni_value) - (uint64_t)plain)
    return omni_fail_memory(ctx);
  return leave_spread(ctx, omni_dup(argv[0]), plain + (int)length, plain, argv + 1, argv[argc - 1]);
}

/* ---- calls from compiled code ---- */

/* Whether f is a closure of exactly n parameters that takes them as they are. */
static int takes_exactly(omni_value f, int n) {
  if (!omni_has_tag(f, OMNI_TAG_MEMBER))
    return 0;
  const omni_code *code = omni_code_of(f);
  return code->params == n && !code->rest && !code->packed;
}

static omni_result call_array(omni_context *ctx, omni_owned f, int argc, const omni_value *argv) {
  return omni_finish(ctx, invoke(ctx, f, argc, argv));
}

omni_result omni_call0(omni_context *ctx, omni_owned f) {
  if (!takes_exactly(f, 0))
    return call_array(ctx, f, 0, NULL);
  return omni_finish(ctx, ((entry0 *)omni_code_of(f)->entry)(ctx, f));
}

omni_result omni_call1(omni_context *ctx, omni_owned f, omni_owned a) {
  if (!takes_exactly(f, 1))
    return call_array(ctx, f, 1, &a);
  return omni_finish(ctx, ((entry1 *)omni_code_of(f)->entry)(ctx, f, a));
}

omni_result omni_call2(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b) {
  if (!takes_exactly(f, 2))
    return call_array(ctx, f, 2, (const omni_value[]){a, b});
  return omni_finish(ctx, ((entry2 *)omni_code_of(f)->entry)(ctx, f, a, b));
}

omni_result omni_call3(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b, omni_owned c) {
  if (!takes_exactly(f, 3))
    return call_array(ctx, f, 3, (const omni_value[]){a, b, c});
  return omni_finish(ctx, ((entry3 *)omni_code_of(f)->entry)(ctx, f, a, b, c));
}

omni_result omni_call4(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b, omni_owned c,
                       omni_owned d) {
  if (!takes_exactly(f, 4))
    return call_array(ctx, f, 4, (const omni_value[]){a, b, c, d});
  return omni_finish(ctx, ((entry4 *)omni_code_of(f)->entry)(ctx, f, a, b, c, d));
}

omni_result omni_call_list(omni_context *ctx, omni_owned f, omni_owned args) {
  return omni_finish(ctx, omni_tail_list(ctx, f, args));
}
