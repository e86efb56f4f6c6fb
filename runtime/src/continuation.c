#include "continuation.h"

#include "condition.h"
#include "context.h"
#include "generator.h"
#include "heap.h"

static const omni_kont empty = {OMNI_NIL, OMNI_NIL, 0};

/* ---- continuations ---- */

omni_kont omni_kont_below(const omni_mark *mark) {
  return (omni_kont){mark->fields[OMNI_MARK_FRAMES], mark->fields[OMNI_MARK_NEXT], mark->depth};
}

omni_kont omni_kont_from(const omni_mark *mark) {
  return (omni_kont){OMNI_NIL, omni_object_value(mark), mark->depth + sizeof *mark};
}

omni_kont omni_kont_dup(omni_kont kont) {
  omni_dup(kont.frames);
  omni_dup(kont.marks);
  return kont;
}

void omni_kont_drop(omni_context *ctx, omni_kont kont) {
  omni_drop(ctx, kont.frames);
  omni_drop(ctx, kont.marks);
}

void omni_kont_set(omni_context *ctx, omni_kont to) {
  omni_kont from = ctx->control.kont;
  ctx->control.kont = to;
  omni_kont_drop(ctx, from);
}

static omni_value next_mark(omni_value marks) {
  return marks == OMNI_NIL ? OMNI_NIL : omni_mark_of(marks)->fields[OMNI_MARK_NEXT];
}

omni_value omni_marks_common(omni_value a, omni_value b) {
  while (a != b) {
    uint32_t height_a = omni_marks_height(a), height_b = omni_marks_height(b);
    if (height_a >= height_b)
      a = next_mark(a);
    if (height_b >= height_a)
      b = next_mark(b);
  }
  return a;
}

void omni_kont_install(omni_context *ctx, omni_kont to) {
  omni_value from = ctx->control.kont.marks;
  omni_value common = omni_marks_common(from, to.marks);
  omni_kont_dup(to);
  for (omni_value m = from; m != common; m = next_mark(m))
    if (omni_mark_of(m)->kind == OMNI_MARK_GENERATOR)
      omni_generator_set(ctx, omni_mark_of(m)->fields[OMNI_MARK_A], OMNI_GENERATOR_DONE, OMNI_NIL);
  for (omni_value m = to.marks; m != common; m = next_mark(m))
    if (omni_mark_of(m)->kind == OMNI_MARK_GENERATOR)
      omni_generator_set(ctx, omni_mark_of(m)->fields[OMNI_MARK_A], OMNI_GENERATOR_RUNNING,
                         OMNI_NIL);
  omni_kont_set(ctx, to);
}

int omni_kont_may_grow(omni_context *ctx) {
  if (ctx->control.depth_limit == 0 || ctx->control.kont.depth <= ctx->control.depth_limit)
    return 1;
  omni_fail_stack(ctx);
  return 0;
}

/* ---- frames ---- */

omni_frame *omni_frame_make(omni_context *ctx, omni_resume resume, int state, uint32_t slots) {
  omni_frame *frame = omni_object_allocate_array(ctx, OMNI_TAG_FRAME, sizeof *frame,
                                                 slots + UINT64_C(1), sizeof *frame->fields);
  if (frame == NULL)
    return NULL;
  frame->resume = resume;
  frame->state = state;
  frame->slots = slots;
  frame->fields[0] = OMNI_NIL;
  for (uint32_t i = 1; i <= slots; i++)
    frame->fields[i] = OMNI_NOTHING;
  return frame;
}

uint64_t omni_frame_bytes(const omni_frame *frame) {
  return sizeof *frame + (frame->slots + UINT64_C(1)) * sizeof *frame->fields;
}

void omni_frame_push(omni_context *ctx, omni_frame *frame) {
  omni_kont *kont = &ctx->control.kont;
  frame->fields[0] = kont->frames;
  kont->frames = omni_object_value(frame);
  kont->depth += omni_frame_bytes(frame);
}

omni_owned omni_frame_pop(omni_context *ctx) {
  omni_kont *kont = &ctx->control.kont;
  omni_value top = kont->frames;
  omni_frame *frame = omni_frame_of(top);
  kont->depth -= omni_frame_bytes(frame);
  kont->frames = frame->fields[0];
  if (frame->header.count == 1)
    frame->fields[0] = OMNI_NIL;
  else
    omni_dup(kont->frames);
  return top;
}

/* ---- marks ---- */

omni_mark *omni_mark_make(omni_context *ctx, omni_mark_kind kind, omni_owned a, omni_owned b) {
  omni_mark *mark = omni_object_allocate(ctx, OMNI_TAG_MARK, sizeof *mark);
  if (mark == NULL) {
    omni_drop(ctx, a);
    omni_drop(ctx, b);
    return NULL;
  }
  mark->kind = kind;
  mark->height = 1;
  mark->depth = 0;
  mark->fields[OMNI_MARK_A] = a;
  mark->fields[OMNI_MARK_B] = b;
  mark->fields[OMNI_MARK_FRAMES] = mark->fields[OMNI_MARK_NEXT] = OMNI_NIL;
  return mark;
}

void omni_kont_put(omni_kont *kont, omni_mark *mark) {
  mark->height = omni_marks_height(kont->marks) + 1;
  mark->depth = kont->depth;
  mark->fields[OMNI_MARK_FRAMES] = kont->frames;
  mark->fields[OMNI_MARK_NEXT] = kont->marks;
  *kont = omni_kont_from(mark);
}

int omni_mark_push(omni_context *ctx, omni_mark_kind kind, omni_owned a, omni_owned b) {
  omni_mark *mark = omni_mark_make(ctx, kind, a, b);
  if (mark != NULL)
    omni_kont_put(&ctx->control.kont, mark);
  return mark != NULL;
}

void omni_mark_pop(omni_context *ctx) {
  const omni_mark *mark = omni_mark_of(ctx->control.kont.marks);
  omni_kont_set(ctx, omni_kont_dup(omni_kont_below(mark)));
}

omni_mark *omni_mark_find(omni_value marks, omni_mark_kind kind) {
  for (; marks != OMNI_NIL; marks = next_mark(marks))
    if (omni_mark_of(marks)->kind == kind)
      return omni_mark_of(marks);
  return NULL;
}

/* ---- slices ----
 *
 * A slice is the inner part of a continuation, cut at a mark. Its marks are copies, because a mark says
 * what is below it; the frames between them are shared. */

/* Copies of the marks from `first` down to `end` (not included), which lie on a continuation `over`, put on
 * the marks of `base` instead. The result is owned. */
static omni_result copy_marks(omni_context *ctx, omni_value first, omni_value end, omni_kont over,
                              omni_kont base) {
  omni_value result = omni_dup(base.marks);
  omni_value *place = &result;
  uint32_t height_over = omni_marks_height(over.marks), height = omni_marks_height(base.marks);
  for (omni_value m = first; m != end; m = next_mark(m)) {
    const omni_mark *mark = omni_mark_of(m);
    omni_mark *copy =
        omni_mark_make(ctx, (omni_mark_kind)mark->kind, omni_dup(mark->fields[OMNI_MARK_A]),
                       omni_dup(mark->fields[OMNI_MARK_B]));
    if (copy == NULL) {
      omni_drop(ctx, result);
      return OMNI_FAILED;
    }
    copy->height = mark->height - height_over + height;
    copy->depth = mark->depth - over.depth + base.depth;
    copy->fields[OMNI_MARK_FRAMES] = omni_dup(mark->fields[OMNI_MARK_FRAMES]);
    copy->fields[OMNI_MARK_NEXT] = *place;
    *place = omni_object_value(copy);
    place = &copy->fields[OMNI_MARK_NEXT];
  }
  return result;
}

/* A continuation object; consumes frames and marks. */
static omni_result make_object(omni_context *ctx, omni_continuation_kind kind, omni_kont kont) {
  omni_continuation *object =
      omni_object_allocate(ctx, OMNI_TAG_CONTINUATION, sizeof(omni_continuation));
  if (object == NULL) {
    omni_kont_drop(ctx, kont);
    return OMNI_FAILED;
  }
  object->kind = (uint16_t)kind;
  object->continuable = 0;
  object->line = object->column = 0;
  object->depth = kont.depth;
  object->fields[OMNI_CONTINUATION_FRAMES] = kont.frames;
  object->fields[OMNI_CONTINUATION_MARKS] = kont.marks;
  return omni_object_value(object);
}

omni_result omni_continuation_full(omni_context *ctx) {
  return make_object(ctx, OMNI_CONTINUATION_FULL, omni_kont_dup(ctx->control.kont));
}

omni_kont omni_continuation_kont(omni_borrowed continuation) {
  const omni_continuation *object = omni_continuation_of(continuation);
  return (omni_kont){object->fields[OMNI_CONTINUATION_FRAMES],
                     object->fields[OMNI_CONTINUATION_MARKS], object->depth};
}

/* What of the current continuation lies on `over`. */
static omni_result slice(omni_context *ctx, omni_continuation_kind kind, omni_kont over) {
  omni_kont kont = ctx->control.kont;
  kont.marks = copy_marks(ctx, kont.marks, over.marks, over, empty);
  if (omni_failed(kont.marks))
    return OMNI_FAILED;
  omni_dup(kont.frames);
  kont.depth -= over.depth;
  return make_object(ctx, kind, kont);
}

omni_result omni_continuation_above(omni_context *ctx, const omni_mark *end) {
  return slice(ctx, OMNI_CONTINUATION_COMPOSABLE, omni_kont_from(end));
}

omni_result omni_continuation_through(omni_context *ctx, const omni_mark *last) {
  omni_result result = slice(ctx, OMNI_CONTINUATION_CONTEXT, omni_kont_below(last));
  if (omni_failed(result))
    return OMNI_FAILED;
  /* The copy of `last` holds the frames below it, which are not part of the slice. */
  omni_mark *mark = omni_mark_of(omni_continuation_of(result)->fields[OMNI_CONTINUATION_MARKS]);
  while (mark->fields[OMNI_MARK_NEXT] != OMNI_NIL)
    mark = omni_mark_of(mark->fields[OMNI_MARK_NEXT]);
  omni_drop(ctx, mark->fields[OMNI_MARK_FRAMES]);
  mark->fields[OMNI_MARK_FRAMES] = OMNI_NIL;
  return result;
}

int omni_kont_extend(omni_context *ctx, omni_kont base, omni_borrowed slice, omni_kont *result) {
  omni_kont top = omni_continuation_kont(slice);
  omni_kont under = omni_kont_dup(base);
  if (top.frames == OMNI_NIL && top.marks == OMNI_NIL) {
    *result = under;
    return 1;
  }
  /* Frames of the slice cannot be linked to others, being shared: a mark keeps those apart. None is
   * needed in the tail position of a mark's body, so loops through there do not grow. */
  if (under.frames != OMNI_NIL) {
    omni_mark *join = omni_mark_make(ctx, OMNI_MARK_JOIN, OMNI_NIL, OMNI_NIL);
    if (join == NULL) {
      omni_kont_drop(ctx, under);
      return 0;
    }
    omni_kont_put(&under, join);
  }
  omni_value marks = copy_marks(ctx, top.marks, OMNI_NIL, empty, under);
  omni_drop(ctx, under.marks);
  if (omni_failed(marks))
    return 0;
  *result = (omni_kont){omni_dup(top.frames), marks, under.depth + top.depth};
  return 1;
}
