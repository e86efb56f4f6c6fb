/* winding.c: dynamic-wind, jumps, exit.
 *
 * Winds are compared by identity, position by position from the outermost. A jump runs one before or after
 * thunk at a time, in the continuation of its wind, under a frame that holds the rest of the jump. */
#include "winding.h"

#include "arguments.h"
#include "condition.h"
#include "context.h"
#include "handling.h"
#include "plant.h"
#include "variadic.h"

/* ---- what is to be done on the way ---- */

typedef struct route {
  uint32_t leave;   /* how many winds of the current continuation */
  omni_value enter; /* owned: list of the marks of the target's, outermost first */
} route;

static int is_wind(omni_value mark) { return omni_mark_of(mark)->kind == OMNI_MARK_WIND; }

static omni_value next_mark(omni_value mark) { return omni_mark_of(mark)->fields[OMNI_MARK_NEXT]; }

static uint32_t count_winds(omni_value marks, omni_value end) {
  uint32_t count = 0;
  for (; marks != end; marks = next_mark(marks))
    count += is_wind(marks) ? 1 : 0;
  return count;
}

/* The innermost wind of a list that has one. */
static omni_value wind_of(omni_value marks) {
  while (!is_wind(marks))
    marks = next_mark(marks);
  return marks;
}

/* How many of the outermost winds are the same in two lists, which have `a_count` and `b_count`. */
static uint32_t common_winds(omni_value a, uint32_t a_count, omni_value b, uint32_t b_count) {
  for (; a_count > b_count; a_count--)
    a = next_mark(wind_of(a));
  for (; b_count > a_count; b_count--)
    b = next_mark(wind_of(b));
  uint32_t common = a_count;
  for (uint32_t position = a_count; position > 0; position--) {
    a = wind_of(a);
    b = wind_of(b);
    if (omni_mark_of(a)->fields[OMNI_MARK_A] != omni_mark_of(b)->fields[OMNI_MARK_A])
      common = position - 1;
    a = next_mark(a);
    b = next_mark(b);
  }
  return common;
}

/* 0 after raising out-of-memory. */
static int plan(omni_context *ctx, omni_value target, route *route) {
  omni_value from = ctx->control.kont.marks;
  omni_value shared = omni_marks_common(from, target);
  uint32_t leave = count_winds(from, shared), enter = count_winds(target, shared);
  uint32_t common = common_winds(from, leave, target, enter);
  route->leave = leave - common;
  if (omni_planted(ctx, OMNI_PLANT_LOST_WIND) && route->leave > 1)
    route->leave--;
  route->enter = OMNI_NIL;
  for (; enter > common; enter--) {
    target = wind_of(target);
    route->enter = omni_cons(ctx, omni_dup(target), route->enter);
    if (omni_failed(route->enter))
      return 0;
    target = next_mark(target);
  }
  return 1;
}

/* ---- jumps ---- */

enum {
  SLOT_FRAMES,
  SLOT_MARKS,
  SLOT_DEPTH,
  SLOT_LEAVE,
  SLOT_ENTER,
  SLOT_A,
  SLOT_B,
  SLOT_C,
  SLOT_POSITION,
  SLOTS
};

static void drop_jump(omni_context *ctx, const omni_jump *jump) {
  omni_kont_drop(ctx, jump->target);
  omni_drop(ctx, jump->a);
  omni_drop(ctx, jump->b);
  omni_drop(ctx, jump->c);
}

static omni_pending arrive(omni_context *ctx, omni_jump *jump) {
  omni_kont_install(ctx, jump->target);
  omni_kont_drop(ctx, jump->target);
  switch (jump->arrival) {
  case OMNI_ARRIVE_WITH_VALUE:
    break;
  case OMNI_ARRIVE_CALLING:
    return omni_tail1(ctx, jump->a, jump->b);
  case OMNI_ARRIVE_AT_GUARD:
    return omni_arrive_at_guard(ctx, jump->a, jump->b, jump->c, jump->position);
  case OMNI_ARRIVE_RAISING:
    return omni_arrive_raising(ctx, jump->a, jump->b);
  case OMNI_ARRIVE_EXITING:
    return omni_fail_with(ctx, omni_condition_about(ctx, OMNI_MESSAGE_EXIT, jump->a));
  }
  return jump->a;
}

static omni_pending travel(omni_context *ctx, omni_jump *jump, route route);

/* A thunk of a wind has returned: the rest of the jump. */
static omni_pending resume_jump(omni_context *ctx, int state) {
  omni_jump jump;
  route rest;
  jump.arrival = (omni_arrival)state;
  jump.target.frames = omni_restore(ctx, SLOT_FRAMES);
  jump.target.marks = omni_restore(ctx, SLOT_MARKS);
  jump.target.depth = (uint64_t)omni_fixnum_value(omni_restore_immediate(ctx, SLOT_DEPTH));
  rest.leave = (uint32_t)omni_fixnum_value(omni_restore_immediate(ctx, SLOT_LEAVE));
  rest.enter = omni_restore(ctx, SLOT_ENTER);
  jump.a = omni_restore(ctx, SLOT_A);
  jump.b = omni_restore(ctx, SLOT_B);
  jump.c = omni_restore(ctx, SLOT_C);
  jump.position = omni_restore_immediate(ctx, SLOT_POSITION);
  omni_result ignored = omni_resumed(ctx);
  if (!omni_failed(ignored)) {
    omni_drop(ctx, ignored);
    return travel(ctx, &jump, rest);
  }
  drop_jump(ctx, &jump);
  omni_drop(ctx, rest.enter);
  return OMNI_FAILED;
}

/* Call a thunk of the wind `mark`, then go on. */
static omni_pending visit(omni_context *ctx, const omni_jump *jump, route rest,
                          const omni_mark *mark, omni_borrowed thunk) {
  omni_kont below = omni_kont_below(mark);
  omni_frame *frame = omni_frame_make(ctx, resume_jump, (int)jump->arrival, SLOTS);
  if (frame == NULL) {
    /* An error must come closer to its guard even so. */
    if (jump->arrival == OMNI_ARRIVE_AT_GUARD)
      omni_kont_install(ctx, below);
    drop_jump(ctx, jump);
    omni_drop(ctx, rest.enter);
    return OMNI_FAILED;
  }
  const omni_value slots[SLOTS] = {jump->target.frames,
                                   jump->target.marks,
                                   omni_fixnum((int64_t)jump->target.depth),
                                   omni_fixnum((int64_t)rest.leave),
                                   rest.enter,
                                   jump->a,
                                   jump->b,
                                   jump->c,
                                   jump->position};
  for (int i = 0; i < SLOTS; i++)
    frame->fields[i + 1] = slots[i];
  omni_dup(thunk);
  omni_kont_install(ctx, below);
  omni_frame_push(ctx, frame);
  return omni_tail0(ctx, thunk);
}

static omni_pending travel(omni_context *ctx, omni_jump *jump, route route) {
  if (route.leave > 0) {
    const omni_mark *mark = omni_mark_of(wind_of(ctx->control.kont.marks));
    route.leave--;
    return visit(ctx, jump, route, mark, omni_cdr_of(mark->fields[OMNI_MARK_A]));
  }
  if (route.enter != OMNI_NIL) {
    const omni_mark *mark = omni_mark_of(omni_car_of(route.enter)); /* kept by the target */
    omni_value rest = omni_dup(omni_cdr_of(route.enter));
    omni_drop(ctx, route.enter);
    route.enter = rest;
    return visit(ctx, jump, route, mark, omni_car_of(mark->fields[OMNI_MARK_A]));
  }
  return arrive(ctx, jump);
}

omni_pending omni_jump_make(omni_context *ctx, omni_jump jump) {
  route route;
  if (plan(ctx, jump.target.marks, &route))
    return travel(ctx, &jump, route);
  drop_jump(ctx, &jump);
  return OMNI_FAILED;
}

/* ---- dynamic-wind ---- */

/* `before` has returned: call the thunk inside of the wind. */
static omni_pending resume_before(omni_context *ctx, int state) {
  (void)state;
  omni_value before = omni_restore(ctx, 0), thunk = omni_restore(ctx, 1),
             after = omni_restore(ctx, 2);
  omni_result ignored = omni_resumed(ctx);
  omni_result wind = OMNI_FAILED;
  if (omni_failed(ignored)) {
    omni_drop(ctx, before);
    omni_drop(ctx, after);
  } else {
    omni_drop(ctx, ignored);
    wind = omni_cons(ctx, before, after);
  }
  if (!omni_failed(wind) && omni_mark_push(ctx, OMNI_MARK_WIND, wind, OMNI_NIL))
    return omni_tail0(ctx, thunk);
  omni_drop(ctx, thunk);
  return OMNI_FAILED;
}

/* `after` has returned: the value is the thunk's. */
static omni_pending resume_after(omni_context *ctx, int state) {
  (void)state;
  omni_value value = omni_restore(ctx, 0);
  omni_result ignored = omni_resumed(ctx);
  if (!omni_failed(ignored)) {
    omni_drop(ctx, ignored);
    return value;
  }
  omni_drop(ctx, value);
  return OMNI_FAILED;
}

omni_pending omni_wind_returned(omni_context *ctx, omni_owned value) {
  /* Made while the wind is still there: if this fails, the wind is left as by any error. */
  omni_frame *frame = omni_frame_make(ctx, resume_after, 0, 1);
  if (frame == NULL) {
    omni_drop(ctx, value);
    return OMNI_FAILED;
  }
  const omni_mark *mark = omni_mark_of(ctx->control.kont.marks);
  omni_value after = omni_dup(omni_cdr_of(mark->fields[OMNI_MARK_A]));
  frame->fields[1] = value;
  omni_mark_pop(ctx);
  omni_frame_push(ctx, frame);
  return omni_tail0(ctx, after);
}

static omni_pending dynamic_wind(omni_context *ctx, omni_owned before, omni_owned thunk,
                                 omni_owned after) {
  omni_frame *frame = omni_frame_make(ctx, resume_before, 0, 3);
  if (frame == NULL) {
    omni_drop(ctx, before);
    omni_drop(ctx, thunk);
    omni_drop(ctx, after);
    return OMNI_FAILED;
  }
  frame->fields[1] = omni_dup(before);
  frame->fields[2] = thunk;
  frame->fields[3] = after;
  omni_frame_push(ctx, frame);
  return omni_tail0(ctx, before);
}

omni_pending omni_dynamic_wind_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  for (int i = 0; i < argc; i++)
    if (!omni_want_procedure(ctx, "dynamic-wind", argv[i]))
      return OMNI_FAILED;
  if (!omni_kont_may_grow(ctx))
    return OMNI_FAILED;
  return omni_leave(ctx, dynamic_wind, omni_dup(argv[0]), omni_dup(argv[1]), omni_dup(argv[2]));
}

/* ---- exit ---- */

static omni_immediate status_of(int argc, const omni_borrowed *argv) {
  int64_t status;
  if (argc == 0 || argv[0] == OMNI_TRUE || argv[0] == OMNI_NOTHING)
    return omni_fixnum(0);
  if (!omni_integer_read(argv[0], &status))
    return omni_fixnum(1); /* #f and all others */
  status %= 256;
  return omni_fixnum(status < 0 ? status + 256 : status);
}

static omni_pending leave_program(omni_context *ctx, omni_owned status, omni_owned b,
                                  omni_owned c) {
  (void)b;
  (void)c;
  omni_jump jump = {OMNI_ARRIVE_EXITING, {OMNI_NIL, OMNI_NIL, 0}, status, OMNI_NOTHING,
                    OMNI_NOTHING,        omni_fixnum(0)};
  return omni_jump_make(ctx, jump);
}

/* Nothing is left that could handle what is raised then. */
static omni_pending end_program(omni_context *ctx, omni_owned status, omni_owned b, omni_owned c) {
  (void)b;
  (void)c;
  omni_kont_set(ctx, (omni_kont){OMNI_NIL, OMNI_NIL, 0});
  return omni_fail_with(ctx, omni_condition_about(ctx, OMNI_MESSAGE_EXIT, status));
}

omni_pending omni_exit_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return omni_leave(ctx, leave_program, status_of(argc, argv), OMNI_NOTHING, OMNI_NOTHING);
}

omni_pending omni_emergency_exit_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return omni_leave(ctx, end_program, status_of(argc, argv), OMNI_NOTHING, OMNI_NOTHING);
}
