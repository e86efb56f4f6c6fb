#include "list.h"

#include "arguments.h"
#include "condition.h"
#include "heap.h"
#include "plant.h"
#include "variadic.h"

/* What follows the last pair of a list, and how many pairs there are; OMNI_UNBOUND if there is no last one. */
static omni_value measure(omni_borrowed v, uint64_t *length) {
  /* Brent's cycle detection: `mark` moves to where we are after 1, 2, 4, ... steps. */
  omni_value mark = v;
  uint64_t steps = 0, next_mark = 1;
  for (; omni_is_pair(v); steps++) {
    if (steps == next_mark) {
      mark = v;
      next_mark *= 2;
    }
    v = omni_cdr_of(v);
    if (v == mark)
      return OMNI_UNBOUND;
  }
  *length = steps;
  return v;
}

int omni_list_measure(omni_borrowed v, uint64_t *length) { return measure(v, length) == OMNI_NIL; }

/* ---- building ---- */

void omni_list_begin(omni_context *ctx, omni_list_builder *list) {
  list->ctx = ctx;
  list->head = list->last = OMNI_NIL;
}

void omni_list_add(omni_list_builder *list, omni_owned v) {
  if (omni_failed(list->head)) {
    omni_drop(list->ctx, v);
    return;
  }
  omni_result pair = omni_cons(list->ctx, v, OMNI_NIL);
  if (omni_failed(pair)) {
    omni_drop(list->ctx, list->head);
    list->head = OMNI_FAILED;
  } else if (list->head == OMNI_NIL) {
    list->head = list->last = pair;
  } else {
    ((omni_pair *)omni_object(list->last))->fields[1] = pair;
    list->last = pair;
  }
}

omni_result omni_list_end(omni_list_builder *list, omni_owned tail) {
  if (omni_failed(list->head))
    omni_drop(list->ctx, tail);
  else if (list->head == OMNI_NIL)
    return tail;
  else
    ((omni_pair *)omni_object(list->last))->fields[1] = tail;
  return list->head;
}

omni_result omni_list_from(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_list_builder list;
  omni_list_begin(ctx, &list);
  for (int i = 0; i < argc; i++)
    omni_list_add(&list, omni_dup(argv[i]));
  return omni_list_end(&list, OMNI_NIL);
}

omni_result omni_list_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return omni_list_from(ctx, argc, argv);
}

omni_result omni_cons_star_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  omni_list_builder list;
  omni_list_begin(ctx, &list);
  for (int i = 0; i < argc - 1; i++)
    omni_list_add(&list, omni_dup(argv[i]));
  return omni_list_end(&list, omni_dup(argv[argc - 1]));
}

/* ---- whole lists ---- */

omni_immediate omni_list_p(omni_context *ctx, omni_borrowed a) {
  uint64_t length;
  (void)ctx;
  return omni_boolean(omni_list_measure(a, &length));
}

omni_result omni_length(omni_context *ctx, omni_borrowed a) {
  uint64_t length;
  if (!omni_want_list(ctx, "length", a, &length))
    return OMNI_FAILED;
  return omni_integer(ctx, (int64_t)length);
}

/* The first `length` elements of a list, followed by `tail`. */
static omni_result copy_list(omni_context *ctx, omni_borrowed v, uint64_t length, omni_owned tail) {
  omni_list_builder list;
  omni_list_begin(ctx, &list);
  for (; length > 0 && !omni_failed(list.head); length--) {
    omni_list_add(&list, omni_dup(omni_car_of(v)));
    v = omni_cdr_of(v);
  }
  return omni_list_end(&list, tail);
}

omni_result omni_append(omni_context *ctx, omni_borrowed a, omni_owned b) {
  uint64_t length;
  if (omni_want_list(ctx, "append", a, &length))
    return copy_list(ctx, a, length, b);
  if (!omni_planted(ctx, OMNI_PLANT_APPEND_ERROR_LEAK))
    omni_drop(ctx, b);
  return OMNI_FAILED;
}

omni_result omni_append_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  if (argc == 0)
    return OMNI_NIL;
  omni_result result = omni_dup(argv[argc - 1]);
  for (int i = argc - 2; i >= 0 && !omni_failed(result); i--)
    result = omni_append(ctx, argv[i], result);
  return result;
}

omni_result omni_list_copy(omni_context *ctx, omni_borrowed a) {
  uint64_t length;
  omni_value end = measure(a, &length);
  if (end == OMNI_UNBOUND)
    return omni_fail_type(ctx, "list-copy", OMNI_WHAT_LIST, a);
  return copy_list(ctx, a, length, omni_dup(end));
}

omni_result omni_make_list_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  uint64_t length;
  if (!omni_want_index(ctx, "make-list", argv[0], &length))
    return OMNI_FAILED;
  if (length > OMNI_BLOCK_LIMIT / sizeof(omni_pair)) /* a limit on single objects, as everywhere */
    return omni_fail_memory(ctx);
  omni_value list = OMNI_NIL;
  for (; length > 0 && !omni_failed(list); length--)
    list = omni_cons(ctx, omni_dup(argc > 1 ? argv[1] : OMNI_NOTHING), list);
  return list;
}

omni_result omni_reverse(omni_context *ctx, omni_borrowed a) {
  uint64_t length;
  if (!omni_want_list(ctx, "reverse", a, &length))
    return OMNI_FAILED;
  omni_value result = OMNI_NIL;
  for (; a != OMNI_NIL && !omni_failed(result); a = omni_cdr_of(a)) {
    if (omni_planted(ctx, OMNI_PLANT_LEAK))
      omni_dup(omni_car_of(a));
    result = omni_cons(ctx, omni_dup(omni_car_of(a)), result);
  }
  return result;
}

omni_result omni_last_pair(omni_context *ctx, omni_borrowed a) {
  uint64_t length;
  if (!omni_want(ctx, "last-pair", a, OMNI_TAG_PAIR))
    return OMNI_FAILED;
  if (measure(a, &length) == OMNI_UNBOUND)
    return omni_fail_type(ctx, "last-pair", OMNI_WHAT_LIST, a);
  for (; length > 1; length--)
    a = omni_cdr_of(a);
  return omni_dup(a);
}

/* ---- positions ---- */

/* `index` steps along `list` (any value); OMNI_FAILED after raising index-out-of-range. Rounds of a cyclic list are
 * skipped: the index may be huge. */
static omni_value walk(omni_context *ctx, const char *who, omni_borrowed list,
                       omni_borrowed index) {
  uint64_t left, steps = 0, next_mark = 1;
  if (!omni_want_index(ctx, who, index, &left))
    return OMNI_FAILED;
  for (omni_value mark = list; left > 0; left--) {
    if (!omni_is_pair(list))
      return omni_fail_index(ctx, who, index);
    list = omni_cdr_of(list);
    steps++;
    if (list == mark) /* Brent: the cycle has as many pairs as there were steps since the mark */
      left = (left - 1) % steps + 1;
    if (steps != next_mark)
      continue;
    mark = list;
    steps = 0;
    next_mark *= 2;
  }
  return list;
}

omni_result omni_list_tail(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  omni_value tail = walk(ctx, "list-tail", a, b);
  return omni_failed(tail) ? OMNI_FAILED : omni_dup(tail);
}

/* The pair at `index`; OMNI_FAILED after raising index-out-of-range. */
static omni_value pair_at(omni_context *ctx, const char *who, omni_borrowed list,
                          omni_borrowed index) {
  omni_value tail = walk(ctx, who, list, index);
  if (omni_failed(tail) || omni_is_pair(tail))
    return tail;
  return omni_fail_index(ctx, who, index);
}

omni_result omni_list_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  omni_value pair = pair_at(ctx, "list-ref", a, b);
  return omni_failed(pair) ? OMNI_FAILED : omni_dup(omni_car_of(pair));
}

omni_check omni_list_set_x(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_owned c) {
  omni_value pair = pair_at(ctx, "list-set!", a, b);
  if (!omni_failed(pair) && !omni_object(pair)->immutable)
    return omni_set_car_x(ctx, pair, c);
  omni_drop(ctx, c);
  return omni_failed(pair) ? OMNI_FAILED : omni_fail_immutable(ctx, "list-set!", a);
}

/* ---- searching ---- */

typedef omni_check equivalence(omni_context *ctx, omni_borrowed a, omni_borrowed b);

static omni_result search_members(omni_context *ctx, const char *who, equivalence *same,
                                  omni_borrowed x, omni_borrowed list) {
  uint64_t length;
  if (!omni_want_list(ctx, who, list, &length))
    return OMNI_FAILED;
  for (; list != OMNI_NIL; list = omni_cdr_of(list)) {
    if (omni_planted(ctx, OMNI_PLANT_MEMBER_LAST) && omni_cdr_of(list) == OMNI_NIL)
      break;
    omni_check found = same(ctx, x, omni_car_of(list));
    if (omni_failed(found))
      return OMNI_FAILED;
    if (found == OMNI_TRUE)
      return omni_dup(list);
  }
  return OMNI_FALSE;
}

static omni_result search_keys(omni_context *ctx, const char *who, equivalence *same,
                               omni_borrowed key, omni_borrowed list) {
  uint64_t length;
  if (!omni_want_list(ctx, who, list, &length))
    return OMNI_FAILED;
  for (; list != OMNI_NIL; list = omni_cdr_of(list)) {
    omni_value entry = omni_car_of(list);
    if (!omni_want(ctx, who, entry, OMNI_TAG_PAIR))
      return OMNI_FAILED;
    omni_check found = same(ctx, key, omni_car_of(entry));
    if (omni_failed(found))
      return OMNI_FAILED;
    if (found == OMNI_TRUE)
      return omni_dup(entry);
  }
  return OMNI_FALSE;
}

omni_result omni_memq(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return search_members(ctx, "memq", omni_eq_p, a, b);
}
omni_result omni_memv(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return search_members(ctx, "memv", omni_eqv_p, a, b);
}
omni_result omni_member(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return search_members(ctx, "member", omni_equal_p, a, b);
}
omni_result omni_assq(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return search_keys(ctx, "assq", omni_eq_p, a, b);
}
omni_result omni_assv(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return search_keys(ctx, "assv", omni_eqv_p, a, b);
}
omni_result omni_assoc(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  return search_keys(ctx, "assoc", omni_equal_p, a, b);
}
