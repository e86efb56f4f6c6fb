/* generator.c: generators. One that runs has a mark in the continuation; what is above the mark is what a
 * yield takes off and generator-next! puts back, without running the winds in it. */
#include "generator.h"

#include "arguments.h"
#include "condition.h"
#include "context.h"
#include "heap.h"
#include "plant.h"
#include "variadic.h"
#include "winding.h"

omni_result omni_make_generator(omni_context *ctx, omni_borrowed a) {
  if (!omni_want_procedure(ctx, "make-generator", a))
    return OMNI_FAILED;
  omni_generator *generator = omni_object_allocate(ctx, OMNI_TAG_GENERATOR, sizeof *generator);
  if (generator == NULL)
    return OMNI_FAILED;
  generator->state = OMNI_GENERATOR_FRESH;
  generator->rest = omni_dup(a);
  return omni_object_value(generator);
}

omni_immediate omni_generator_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_GENERATOR));
}

omni_check omni_generator_done_p(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "generator-done?", a, OMNI_TAG_GENERATOR))
    return OMNI_FAILED;
  return omni_boolean(omni_generator_of(a)->state == OMNI_GENERATOR_DONE);
}

void omni_generator_set(omni_context *ctx, omni_borrowed generator, omni_generator_state state,
                        omni_owned rest) {
  omni_value old = omni_generator_of(generator)->rest;
  omni_generator_of(generator)->state = state;
  omni_generator_of(generator)->rest = rest;
  omni_drop(ctx, old);
}

/* Whether the generator may be continued or closed: 0 after raising why not. */
static int want_idle(omni_context *ctx, const char *who, omni_borrowed v) {
  if (!omni_want(ctx, who, v, OMNI_TAG_GENERATOR))
    return 0;
  if (omni_generator_of(v)->state != OMNI_GENERATOR_RUNNING)
    return 1;
  omni_fail_running(ctx, who);
  return 0;
}

/* Push the mark of a suspended generator and what it was doing, for which it stays. 0 if memory ran out. */
static int enter(omni_context *ctx, omni_borrowed generator) {
  omni_kont inside = omni_kont_dup(ctx->control.kont), outside = inside;
  omni_mark *mark = omni_mark_make(ctx, OMNI_MARK_GENERATOR, omni_dup(generator), OMNI_NIL);
  if (mark == NULL) {
    omni_kont_drop(ctx, outside);
    return 0;
  }
  omni_kont_put(&outside, mark);
  int extended = omni_kont_extend(ctx, outside, omni_generator_of(generator)->rest, &inside);
  omni_kont_drop(ctx, outside);
  if (extended) {
    omni_kont_set(ctx, inside);
    omni_generator_set(ctx, generator, OMNI_GENERATOR_RUNNING, OMNI_NIL);
  }
  return extended;
}

/* ---- generator-next! ---- */

static omni_pending begin(omni_context *ctx, omni_borrowed generator) {
  omni_value thunk = omni_dup(omni_generator_of(generator)->rest);
  if (!omni_mark_push(ctx, OMNI_MARK_GENERATOR, omni_dup(generator), OMNI_NIL)) {
    omni_drop(ctx, thunk);
    return OMNI_FAILED;
  }
  omni_generator_set(ctx, generator, OMNI_GENERATOR_RUNNING, OMNI_NIL);
  return omni_tail0(ctx, thunk);
}

static omni_pending next(omni_context *ctx, omni_owned generator, omni_owned b, omni_owned c) {
  (void)b;
  (void)c;
  omni_pending result;
  if (omni_generator_of(generator)->state == OMNI_GENERATOR_FRESH)
    result = begin(ctx, generator);
  else
    result = enter(ctx, generator) ? OMNI_NOTHING : OMNI_FAILED;
  omni_drop(ctx, generator);
  return result;
}

omni_pending omni_generator_next_x_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  (void)argc;
  if (!want_idle(ctx, "generator-next!", argv[0]))
    return OMNI_FAILED;
  if (omni_generator_of(argv[0])->state == OMNI_GENERATOR_DONE)
    return OMNI_EOF;
  if (!omni_kont_may_grow(ctx))
    return OMNI_FAILED;
  return omni_leave(ctx, next, omni_dup(argv[0]), OMNI_NOTHING, OMNI_NOTHING);
}

omni_pending omni_generator_returned(omni_context *ctx, omni_owned value) {
  if (!omni_planted(ctx, OMNI_PLANT_GENERATOR_RESULT_LEAK))
    omni_drop(ctx, value);
  omni_borrowed generator = omni_mark_of(ctx->control.kont.marks)->fields[OMNI_MARK_A];
  omni_generator_set(ctx, generator, OMNI_GENERATOR_DONE, OMNI_NIL);
  omni_mark_pop(ctx);
  return OMNI_EOF;
}

/* ---- yield ---- */

static omni_pending yield(omni_context *ctx, omni_owned value, omni_owned b, omni_owned c) {
  (void)b;
  (void)c;
  const omni_mark *mark = omni_mark_find(ctx->control.kont.marks, OMNI_MARK_GENERATOR);
  omni_result rest = omni_continuation_above(ctx, mark);
  if (omni_failed(rest)) {
    omni_drop(ctx, value);
    return OMNI_FAILED;
  }
  omni_generator_set(ctx, mark->fields[OMNI_MARK_A], OMNI_GENERATOR_SUSPENDED, rest);
  omni_kont_set(ctx, omni_kont_dup(omni_kont_below(mark)));
  return value;
}

omni_pending omni_yield_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  (void)argc;
  if (omni_mark_find(ctx->control.kont.marks, OMNI_MARK_GENERATOR) == NULL)
    return omni_fail_with(ctx, omni_condition_make(ctx, OMNI_MESSAGE_NO_GENERATOR));
  return omni_leave(ctx, yield, omni_dup(argv[0]), OMNI_NOTHING, OMNI_NOTHING);
}

/* ---- generator-close! ---- */

/* As if the generator, continued once more, jumped out of itself: it leaves its winds and is done. */
static omni_pending close_suspended(omni_context *ctx, omni_owned generator, omni_owned b,
                                    omni_owned c) {
  (void)b;
  (void)c;
  omni_kont caller = omni_kont_dup(ctx->control.kont);
  int entered = enter(ctx, generator);
  omni_drop(ctx, generator);
  if (!entered) {
    omni_kont_drop(ctx, caller);
    return OMNI_FAILED;
  }
  omni_jump jump = {OMNI_ARRIVE_WITH_VALUE, caller,       OMNI_NOTHING,
                    OMNI_NOTHING,           OMNI_NOTHING, omni_fixnum(0)};
  return omni_jump_make(ctx, jump);
}

omni_pending omni_generator_close_x_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  (void)argc;
  if (!want_idle(ctx, "generator-close!", argv[0]))
    return OMNI_FAILED;
  if (omni_generator_of(argv[0])->state == OMNI_GENERATOR_SUSPENDED)
    return omni_leave(ctx, close_suspended, omni_dup(argv[0]), OMNI_NOTHING, OMNI_NOTHING);
  omni_generator_set(ctx, argv[0], OMNI_GENERATOR_DONE, OMNI_NIL);
  return OMNI_NOTHING;
}
