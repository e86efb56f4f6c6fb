/* evaluator.h: a small evaluator of programs as text, for tests of control.
 *
 * Its functions are written as the compiler writes code: they own what they are given, ask after each
 * call that is not in tail position whether it suspends, save what they hold, and have a second version
 * that goes on behind the call. So whatever a program does with its continuation goes through them.
 *
 * Expressions: variables, integers, strings, #t, #f, nothing, 'datum, (if a b c), (lambda params e ...),
 * (begin e ...), (define x e), (set! x e) of a global, (guard (x test e) body) whose e is evaluated if test
 * is true, else x is raised again, (guard-list (x test e) body), which gives a list of the value that guard
 * would give, and (guard2 (x test e) (y test e) body) with a guard in a guard in one activation. Anything else
 * is a call; primitives go by their names. */
#ifndef EVALUATOR_H
#define EVALUATOR_H

#include "check.h"
#include "control.h"
#include "primitive.h"
#include "variadic.h"

enum { MOST_GLOBALS = 64, MOST_TEXT = 4096 };

typedef struct evaluator_globals {
  omni_value names[MOST_GLOBALS];
  omni_value values[MOST_GLOBALS];
  int count;
} evaluator_globals;

static evaluator_globals globals;

/* ---- reading ---- */

static inline omni_value read_symbol(omni_context *ctx, const char *text, size_t size) {
  omni_result symbol = omni_symbol_from_utf8(ctx, text, size);
  CHECK(!omni_failed(symbol));
  return symbol;
}

static omni_value read_datum(omni_context *ctx, const char **text);

static inline void skip_blanks(const char **text) { *text += strspn(*text, " \n"); }

/* Text without escapes between quotes. */
static inline omni_value read_string(omni_context *ctx, const char **text) {
  omni_text string;
  size_t size = strcspn(++*text, "\"");
  omni_text_begin(ctx, &string);
  omni_text_bytes(&string, *text, size);
  omni_result result = omni_text_to_string(&string);
  omni_text_end(&string);
  *text += size + 1;
  return result;
}

/* The data up to a parenthesis. Lists in the tests are nested little: recursion is fine. */
static inline omni_value read_list(omni_context *ctx, const char **text) {
  skip_blanks(text);
  if (**text == ')') {
    ++*text;
    return OMNI_NIL;
  }
  if (text[0][0] == '.' && text[0][1] == ' ') {
    ++*text;
    omni_value tail = read_datum(ctx, text);
    skip_blanks(text);
    CHECK(*(*text)++ == ')');
    return tail;
  }
  omni_value first = read_datum(ctx, text);
  return omni_cons(ctx, first, read_list(ctx, text));
}

static inline omni_value read_datum(omni_context *ctx, const char **text) {
  skip_blanks(text);
  CHECK(**text != '\0');
  if (**text == '(') {
    ++*text;
    return read_list(ctx, text);
  }
  if (**text == '\'') {
    ++*text;
    omni_value datum = read_datum(ctx, text);
    return omni_cons(ctx, read_symbol(ctx, "quote", 5), omni_cons(ctx, datum, OMNI_NIL));
  }
  if (**text == '"')
    return read_string(ctx, text);
  size_t size = strcspn(*text, " \n()");
  const char *start = *text;
  *text += size;
  if (size == 2 && start[0] == '#')
    return start[1] == 't' ? OMNI_TRUE : OMNI_FALSE;
  if (size == 7 && strncmp(start, "nothing", size) == 0)
    return OMNI_NOTHING;
  if (start[strspn(start, "-")] >= '0' && start[strspn(start, "-")] <= '9')
    return omni_fixnum(strtol(start, NULL, 10));
  return read_symbol(ctx, start, size);
}

/* ---- variables ---- */

static inline int is_name(omni_borrowed v, const char *name) {
  if (!omni_has_tag(v, OMNI_TAG_SYMBOL) || omni_symbol_of(v)->length != strlen(name))
    return 0;
  for (uint32_t i = 0; i < omni_symbol_of(v)->length; i++)
    if (omni_symbol_of(v)->codes[i] != (uint32_t)name[i])
      return 0;
  return 1;
}

static inline omni_value *global_named(omni_borrowed name) {
  int i = 0;
  while (i < globals.count && globals.names[i] != name)
    i++;
  if (i == globals.count) {
    CHECK(i < MOST_GLOBALS);
    globals.names[i] = omni_dup(name);
    globals.values[i] = OMNI_UNBOUND;
    for (int p = 0; p < omni_primitive_count; p++)
      if (is_name(name, omni_primitives[p].name))
        globals.values[i] = omni_primitive(p);
    globals.count++;
  }
  return &globals.values[i];
}

static inline void clear_globals(omni_context *ctx) {
  for (int i = 0; i < globals.count; i++) {
    omni_drop(ctx, globals.names[i]);
    omni_drop(ctx, globals.values[i]);
  }
  globals.count = 0;
}

static inline omni_result value_of(omni_context *ctx, omni_borrowed name, omni_borrowed env) {
  for (; env != OMNI_NIL; env = omni_cdr_of(env))
    if (omni_car_of(omni_car_of(env)) == name)
      return omni_dup(omni_cdr_of(omni_car_of(env)));
  omni_value value = *global_named(name);
  if (value == OMNI_UNBOUND)
    return omni_uninitialised(ctx, "a variable");
  return omni_dup(value);
}

/* The environment with one more variable. */
static inline omni_result bind(omni_context *ctx, omni_borrowed name, omni_owned value,
                               omni_owned env) {
  omni_result pair = omni_cons(ctx, omni_dup(name), value);
  if (!omni_failed(pair))
    return omni_cons(ctx, pair, env);
  omni_drop(ctx, env);
  return OMNI_FAILED;
}

/* ---- evaluating ---- */

static omni_pending eval(omni_context *ctx, omni_owned expr, omni_owned env);

static inline omni_value at(omni_value list, int index) {
  while (index-- > 0)
    list = omni_cdr_of(list);
  return omni_car_of(list);
}

/* Marks say how many there are and how large the continuation below them is. */
static inline void check_continuation(const omni_context *ctx) {
  omni_kont kont = ctx->control.kont;
  uint64_t depth = kont.depth;
  for (;;) {
    for (omni_value f = kont.frames; f != OMNI_NIL; f = omni_frame_of(f)->fields[0])
      depth -= omni_frame_bytes(omni_frame_of(f));
    if (kont.marks == OMNI_NIL)
      break;
    const omni_mark *mark = omni_mark_of(kont.marks);
    kont = omni_kont_below(mark);
    depth -= sizeof *mark;
    CHECK(mark->depth == depth && mark->height == omni_marks_height(kont.marks) + 1);
  }
  CHECK(depth == 0);
}

/* What follows a failed call: the activation is saved (1) or what it holds is dropped (0). */
static inline int saved(omni_context *ctx, omni_resume resume, int state, int slots,
                        const omni_value *values) {
  int suspends = !omni_failed(omni_suspend(ctx, resume, state, slots, 0));
  for (int i = 0; i < slots; i++) {
    if (suspends)
      omni_save(ctx, i, values[i]);
    else
      omni_drop(ctx, values[i]);
  }
  return suspends;
}

/* The rest of a body, t being what its last expression so far gave. */
static omni_pending resume_body(omni_context *ctx, int state);
static inline omni_pending body_from(omni_context *ctx, omni_result t, omni_owned body,
                                     omni_owned env) {
  for (;;) {
    if (omni_failed(t)) {
      saved(ctx, resume_body, 0, 2, (const omni_value[]){body, env});
      return OMNI_FAILED;
    }
    omni_drop(ctx, t);
    omni_value expr = omni_dup(omni_car_of(body)), rest = omni_dup(omni_cdr_of(body));
    omni_drop(ctx, body);
    body = rest;
    if (body == OMNI_NIL)
      return eval(ctx, expr, env);
    t = omni_finish(ctx, eval(ctx, expr, omni_dup(env)));
  }
}
static inline omni_pending resume_body(omni_context *ctx, int state) {
  (void)state;
  omni_value body = omni_restore(ctx, 0), env = omni_restore(ctx, 1);
  return body_from(ctx, omni_resumed(ctx), body, env);
}

/* The rest of a call; t is the operand evaluated last, OMNI_UNBOUND at the beginning, `done` those
 * before. */
static omni_pending resume_call(omni_context *ctx, int state);
static inline omni_pending call_from(omni_context *ctx, omni_result t, omni_owned rest,
                                     omni_owned env, omni_owned done) {
  for (;;) {
    if (omni_failed(t)) {
      saved(ctx, resume_call, 0, 3, (const omni_value[]){rest, env, done});
      return OMNI_FAILED;
    }
    if (t != OMNI_UNBOUND)
      done = omni_cons(ctx, t, done);
    if (omni_failed(done)) {
      omni_drop(ctx, rest);
      omni_drop(ctx, env);
      return OMNI_FAILED;
    }
    if (rest == OMNI_NIL)
      break;
    omni_value expr = omni_dup(omni_car_of(rest)), next = omni_dup(omni_cdr_of(rest));
    omni_drop(ctx, rest);
    rest = next;
    t = omni_finish(ctx, eval(ctx, expr, omni_dup(env)));
  }
  omni_drop(ctx, env);
  omni_result call = omni_reverse(ctx, done);
  omni_drop(ctx, done);
  if (omni_failed(call))
    return OMNI_FAILED;
  omni_value f = omni_dup(omni_car_of(call)), args = omni_dup(omni_cdr_of(call));
  omni_drop(ctx, call);
  return omni_tail_list(ctx, f, args);
}
static inline omni_pending resume_call(omni_context *ctx, int state) {
  (void)state;
  omni_value rest = omni_restore(ctx, 0), env = omni_restore(ctx, 1), done = omni_restore(ctx, 2);
  return call_from(ctx, omni_resumed(ctx), rest, env, done);
}

/* (if a b c) behind the test */
static omni_pending resume_if(omni_context *ctx, int state);
static inline omni_pending if_from(omni_context *ctx, omni_result t, omni_owned expr,
                                   omni_owned env) {
  if (omni_failed(t)) {
    saved(ctx, resume_if, 0, 2, (const omni_value[]){expr, env});
    return OMNI_FAILED;
  }
  omni_value branch = omni_dup(at(expr, omni_truthy(t) ? 2 : 3));
  omni_drop(ctx, t);
  omni_drop(ctx, expr);
  return eval(ctx, branch, env);
}
static inline omni_pending resume_if(omni_context *ctx, int state) {
  (void)state;
  omni_value expr = omni_restore(ctx, 0), env = omni_restore(ctx, 1);
  return if_from(ctx, omni_resumed(ctx), expr, env);
}

/* (set! name e) behind the value */
static omni_pending resume_set(omni_context *ctx, int state);
static inline omni_pending set_from(omni_context *ctx, omni_result t, omni_owned name) {
  if (omni_failed(t)) {
    saved(ctx, resume_set, 0, 1, &name);
    return OMNI_FAILED;
  }
  omni_value *place = global_named(name), old = *place;
  *place = t;
  omni_drop(ctx, old);
  omni_drop(ctx, name);
  return OMNI_NOTHING;
}
static inline omni_pending resume_set(omni_context *ctx, int state) {
  (void)state;
  omni_value name = omni_restore(ctx, 0);
  return set_from(ctx, omni_resumed(ctx), name);
}

/* ---- guards ---- */

/* States of an activation with guards: what it waits for. */
enum {
  IN_BODY,       /* the body, inside of both guards or of the only one */
  IN_TEST,       /* the test of the innermost guard */
  IN_RAISE,      /* ... whose object is being raised again */
  IN_HANDLER,    /* its e, inside of the outer guard, if any */
  IN_OUTER_TEST, /* the test of the outer one */
  IN_OUTER_RAISE
};

static omni_pending resume_guard(omni_context *ctx, int state);

/* Evaluate the test of a clause (x test e); the environment gets x. */
static inline omni_result clause_test(omni_context *ctx, omni_borrowed clause, omni_value *env,
                                      omni_borrowed object) {
  omni_result inner = bind(ctx, at(clause, 0), omni_dup(object), omni_dup(*env));
  if (omni_failed(inner))
    return OMNI_FAILED;
  omni_drop(ctx, *env);
  *env = inner;
  return omni_finish(ctx, eval(ctx, omni_dup(at(clause, 1)), omni_dup(inner)));
}

/* expr: (guard clause body), (guard-list clause body) or (guard2 inner outer body); t belongs to `state`. */
static inline omni_pending guard_from(omni_context *ctx, int state, omni_result t, omni_owned expr,
                                      omni_owned env, omni_owned object, omni_owned context) {
  int two = is_name(omni_car_of(expr), "guard2");
  int lists = is_name(omni_car_of(expr), "guard-list");
  for (;;) {
    int outer_left = two && state < IN_OUTER_TEST; /* whether the outer guard is active */
    if (omni_failed(t)) {
      int guarded = state == IN_BODY || outer_left;
      if (!omni_failed(omni_suspend(ctx, resume_guard, state, 4, guarded))) {
        const omni_value slots[] = {expr, env, object, context};
        for (int i = 0; i < 4; i++)
          omni_save(ctx, i, slots[i]);
        return OMNI_FAILED;
      }
      if (state == IN_BODY || outer_left) {
        omni_drop(ctx, object);
        omni_drop(ctx, context);
        object = omni_catch(ctx);
        context = omni_caught_context(ctx);
        state = state == IN_BODY ? IN_TEST : IN_OUTER_TEST;
        t = clause_test(ctx, at(expr, state == IN_TEST ? 1 : 2), &env, object);
        continue;
      }
      break;
    }
    if (state != IN_TEST && state != IN_OUTER_TEST)
      break;
    if (omni_truthy(t)) {
      omni_drop(ctx, t);
      omni_drop(ctx, object);
      omni_drop(ctx, context);
      object = context = OMNI_NOTHING;
      omni_value handler = omni_dup(at(at(expr, state == IN_TEST ? 1 : 2), 2));
      if (outer_left || lists) {
        state = IN_HANDLER;
        t = omni_finish(ctx, eval(ctx, handler, omni_dup(env)));
        continue;
      }
      omni_drop(ctx, expr);
      return eval(ctx, handler, env);
    }
    state = state == IN_TEST ? IN_RAISE : IN_OUTER_RAISE;
    t = omni_raise_again(ctx, object, context);
    object = context = OMNI_NOTHING;
  }
  omni_drop(ctx, expr);
  omni_drop(ctx, env);
  omni_drop(ctx, object);
  omni_drop(ctx, context);
  return lists && !omni_failed(t) ? omni_cons(ctx, t, OMNI_NIL) : t;
}
static inline omni_pending resume_guard(omni_context *ctx, int state) {
  omni_value expr = omni_restore(ctx, 0), env = omni_restore(ctx, 1);
  omni_value object = omni_restore(ctx, 2), context = omni_restore(ctx, 3);
  return guard_from(ctx, state, omni_resumed(ctx), expr, env, object, context);
}

/* ---- procedures and everything else ---- */

/* Captures: parameters, body, environment. */
static inline omni_pending enter_lambda(omni_context *ctx, omni_owned self, omni_owned args) {
  omni_value params = omni_capture_get(self, 0), body = omni_capture_get(self, 1),
             env = omni_capture_get(self, 2), a = args, p = params;
  omni_drop(ctx, self);
  check_continuation(ctx);
  for (; omni_is_pair(p) && !omni_failed(env); p = omni_cdr_of(p), a = omni_cdr_of(a)) {
    CHECK(omni_is_pair(a));
    env = bind(ctx, omni_car_of(p), omni_dup(omni_car_of(a)), env);
  }
  if (p != OMNI_NIL && !omni_failed(env))
    env = bind(ctx, p, omni_dup(a), env);
  omni_drop(ctx, params);
  omni_drop(ctx, args);
  if (!omni_failed(env))
    return body_from(ctx, OMNI_NOTHING, body, env);
  omni_drop(ctx, body);
  return OMNI_FAILED;
}
static const omni_code lambda_code = {(omni_entry)enter_lambda, "", 0, 1, 0};

static inline omni_result make_lambda(omni_context *ctx, omni_borrowed expr, omni_owned env) {
  static const omni_code *const codes[] = {&lambda_code};
  omni_result closure = omni_group_make(ctx, codes, 1, 3);
  if (omni_failed(closure)) {
    omni_drop(ctx, env);
    return OMNI_FAILED;
  }
  omni_capture_init(closure, 0, omni_dup(at(expr, 1)));
  omni_capture_init(closure, 1, omni_dup(omni_cdr_of(omni_cdr_of(expr))));
  omni_capture_init(closure, 2, env);
  return closure;
}

static inline omni_pending eval_atom(omni_context *ctx, omni_owned expr, omni_owned env) {
  omni_result value = expr;
  if (omni_has_tag(expr, OMNI_TAG_SYMBOL)) {
    value = value_of(ctx, expr, env);
    omni_drop(ctx, expr);
  }
  omni_drop(ctx, env);
  return value;
}

static inline omni_pending eval(omni_context *ctx, omni_owned expr, omni_owned env) {
  if (!omni_is_pair(expr))
    return eval_atom(ctx, expr, env);
  if (omni_failed(omni_stack_check(ctx))) {
    omni_drop(ctx, expr);
    omni_drop(ctx, env);
    return OMNI_FAILED;
  }
  omni_value head = omni_car_of(expr);
  if (is_name(head, "if"))
    return if_from(ctx, omni_finish(ctx, eval(ctx, omni_dup(at(expr, 1)), omni_dup(env))), expr,
                   env);
  if (is_name(head, "guard") || is_name(head, "guard-list") || is_name(head, "guard2")) {
    omni_value body = omni_dup(at(expr, is_name(head, "guard2") ? 3 : 2));
    omni_result t = omni_finish(ctx, eval(ctx, body, omni_dup(env)));
    return guard_from(ctx, IN_BODY, t, expr, env, OMNI_NOTHING, OMNI_NOTHING);
  }
  if (is_name(head, "define") || is_name(head, "set!")) {
    omni_value name = omni_dup(at(expr, 1)), value = omni_dup(at(expr, 2));
    omni_drop(ctx, expr);
    return set_from(ctx, omni_finish(ctx, eval(ctx, value, env)), name);
  }
  if (is_name(head, "begin")) {
    omni_value body = omni_dup(omni_cdr_of(expr));
    omni_drop(ctx, expr);
    return body_from(ctx, OMNI_NOTHING, body, env);
  }
  if (is_name(head, "quote") || is_name(head, "lambda")) {
    omni_result value = omni_dup(at(expr, 1));
    if (is_name(head, "lambda")) {
      omni_drop(ctx, value);
      value = make_lambda(ctx, expr, omni_dup(env));
    }
    omni_drop(ctx, expr);
    omni_drop(ctx, env);
    return value;
  }
  return call_from(ctx, OMNI_UNBOUND, expr, env, OMNI_NIL);
}

/* ---- programs ---- */

/* The forms of a program: a list, not empty. */
static inline omni_value read_program(omni_context *ctx, const char *text) {
  static char all[MOST_TEXT];
  const char *rest = all;
  CHECK(snprintf(all, sizeof all, "%s)", text) < MOST_TEXT);
  return read_list(ctx, &rest);
}

static inline omni_result run_program(omni_context *ctx, omni_owned forms) {
  return omni_drive(ctx, body_from(ctx, OMNI_NOTHING, forms, OMNI_NIL));
}

#endif
