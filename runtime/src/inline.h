/* inline.h: what compiled programs do most, as inline functions with the layout of objects in sight.
 *
 * omni.h includes this when a program is compiled with OMNI_INLINE, as the optimising flavours do. Each function here
 * decides the frequent case alone and leaves everything else, errors above all, to the function of the runtime
 * that it stands for: so nothing is defined here that is not defined there. The macros at the end put them in
 * the place of those functions.
 *
 * A program must be compiled with the OMNI_DEBUG of its runtime, whose heap differs: OMNI_INLINE excludes OMNI_DEBUG. */
#ifndef OMNI_INLINE_H
#define OMNI_INLINE_H

#ifdef OMNI_DEBUG
#error "OMNI_INLINE programs use the heap of builds without OMNI_DEBUG"
#endif

#include "context.h"
#include "value.h"

#if defined(__GNUC__)
#define OMNI_LIKELY(condition) __builtin_expect((condition) != 0, 1)
#else
#define OMNI_LIKELY(condition) (condition)
#endif

/* ---- references ---- */

/* Whether the object itself holds the count of references to it, which can change. */
static inline int omni_inline_is_counted(const omni_header *object) {
  return OMNI_LIKELY(object->tag != OMNI_TAG_MEMBER && object->count != OMNI_IMMORTAL);
}

static inline omni_value omni_inline_dup(omni_value v) {
  if (omni_is_object(v)) {
    omni_header *object = omni_object(v);
    if (!omni_inline_is_counted(object))
      return omni_dup(v);
    object->count++;
  }
  return v;
}

static inline void omni_inline_drop(omni_context *ctx, omni_value v) {
  if (omni_is_object(v)) {
    omni_header *object = omni_object(v);
    if (object->count > 1 && !ctx->cycles.possible && omni_inline_is_counted(object))
      object->count--;
    else
      omni_drop(ctx, v);
  }
}

static inline void omni_inline_drop2(omni_context *ctx, omni_value a, omni_value b) {
  omni_inline_drop(ctx, a);
  omni_inline_drop(ctx, b);
}
static inline void omni_inline_drop3(omni_context *ctx, omni_value a, omni_value b, omni_value c) {
  omni_inline_drop2(ctx, a, b);
  omni_inline_drop(ctx, c);
}
static inline void omni_inline_drop4(omni_context *ctx, omni_value a, omni_value b, omni_value c,
                                     omni_value d) {
  omni_inline_drop2(ctx, a, b);
  omni_inline_drop2(ctx, c, d);
}

/* ---- allocation ---- */

/* A block of a small size that was used before, with its header; NULL: ask omni_object_allocate. The tag is one of those
 * that are changed openly (heap.c). */
static inline void *omni_inline_allocate(omni_context *ctx, omni_tag tag, size_t bytes) {
  omni_heap *heap = &ctx->heap;
  omni_free_block **list = &heap->free_blocks[bytes / OMNI_SIZE_STEP];
  /* One less on both sides: a limit of 0 is none. */
  if (!OMNI_LIKELY(*list != NULL && heap->live_bytes + bytes - 1 <= heap->limit - 1))
    return NULL;
  omni_header *object = (omni_header *)*list;
  *list = (*list)->next;
  *object = (omni_header){1, tag, 0, 0};
  heap->live_bytes += bytes;
  heap->live_objects++;
  heap->allocations++;
  return object;
}

static inline omni_value omni_inline_cons(omni_context *ctx, omni_value a, omni_value b) {
  omni_pair *pair = omni_inline_allocate(ctx, OMNI_TAG_PAIR, sizeof *pair);
  if (pair == NULL)
    return omni_cons(ctx, a, b);
  pair->fields[0] = a;
  pair->fields[1] = b;
  return omni_object_value(pair);
}

/* A float, or OMNI_FAILED when omni_object_allocate has to be asked. */
static inline omni_value omni_inline_float(omni_context *ctx, double x) {
  omni_float_object *number = omni_inline_allocate(ctx, OMNI_TAG_FLOAT, sizeof *number);
  if (number == NULL)
    return OMNI_FAILED;
  number->value = x;
  return omni_object_value(number);
}

/* ---- numbers ---- */

static inline int omni_inline_are_floats(omni_value a, omni_value b) {
  return omni_has_tag(a, OMNI_TAG_FLOAT) && omni_has_tag(b, OMNI_TAG_FLOAT);
}
static inline double omni_inline_real(omni_value v) {
  return ((const omni_float_object *)omni_object(v))->value;
}

/* The words of fixnums are added as they are; a sum of the other sign than both operands does not fit. */
static inline omni_value omni_inline_add(omni_context *ctx, omni_value a, omni_value b) {
  if (OMNI_LIKELY(omni_are_fixnums(a, b))) {
    omni_value sum = a + b - 1;
    if (OMNI_LIKELY(((a ^ sum) & (b ^ sum)) >> 63 == 0))
      return sum;
  } else if (omni_inline_are_floats(a, b)) {
    omni_value sum = omni_inline_float(ctx, omni_inline_real(a) + omni_inline_real(b));
    if (OMNI_LIKELY(sum != OMNI_FAILED))
      return sum;
  }
  return omni_add(ctx, a, b);
}

static inline omni_value omni_inline_subtract(omni_context *ctx, omni_value a, omni_value b) {
  if (OMNI_LIKELY(omni_are_fixnums(a, b))) {
    omni_value difference = a - b + 1;
    if (OMNI_LIKELY(((a ^ b) & (a ^ difference)) >> 63 == 0))
      return difference;
  } else if (omni_inline_are_floats(a, b)) {
    omni_value difference = omni_inline_float(ctx, omni_inline_real(a) - omni_inline_real(b));
    if (OMNI_LIKELY(difference != OMNI_FAILED))
      return difference;
  }
  return omni_subtract(ctx, a, b);
}

/* Whether the product of this and another such number fits a fixnum. */
static inline int omni_inline_is_short(omni_value fixnum) {
  return fixnum + ((omni_value)1 << 31) < (omni_value)1 << 32;
}

static inline omni_value omni_inline_multiply(omni_context *ctx, omni_value a, omni_value b) {
  if (OMNI_LIKELY(omni_are_fixnums(a, b))) {
    if (OMNI_LIKELY(omni_inline_is_short(a) && omni_inline_is_short(b)))
      return (((a - 1) * (omni_value)omni_fixnum_value(b)) | 1);
  } else if (omni_inline_are_floats(a, b)) {
    omni_value product = omni_inline_float(ctx, omni_inline_real(a) * omni_inline_real(b));
    if (OMNI_LIKELY(product != OMNI_FAILED))
      return product;
  }
  return omni_multiply(ctx, a, b);
}

static inline omni_value omni_inline_divide(omni_context *ctx, omni_value a, omni_value b) {
  if (omni_inline_are_floats(a, b)) {
    omni_value quotient = omni_inline_float(ctx, omni_inline_real(a) / omni_inline_real(b));
    if (OMNI_LIKELY(quotient != OMNI_FAILED))
      return quotient;
  }
  return omni_divide(ctx, a, b);
}

#define OMNI_INLINE_ORDER(name, operator)                                                          \
  static inline omni_value omni_inline_num_##name(omni_context *ctx, omni_value a, omni_value b) { \
    if (OMNI_LIKELY(omni_are_fixnums(a, b)))                                                       \
      return omni_boolean(omni_fixnum_value(a) operator omni_fixnum_value(b));                     \
    if (omni_inline_are_floats(a, b))                                                              \
      return omni_boolean(omni_inline_real(a) operator omni_inline_real(b));                       \
    return omni_num_##name(ctx, a, b);                                                             \
  }
OMNI_INLINE_ORDER(eq, ==)
OMNI_INLINE_ORDER(lt, <)
OMNI_INLINE_ORDER(gt, >)
OMNI_INLINE_ORDER(le, <=)
OMNI_INLINE_ORDER(ge, >=)

static inline omni_value omni_inline_zero_p(omni_context *ctx, omni_value a) {
  return OMNI_LIKELY(omni_is_fixnum(a)) ? omni_boolean(a == 1) : omni_zero_p(ctx, a);
}
static inline omni_value omni_inline_even_p(omni_context *ctx, omni_value a) {
  return OMNI_LIKELY(omni_is_fixnum(a)) ? omni_boolean((a & 2) == 0) : omni_even_p(ctx, a);
}
static inline omni_value omni_inline_odd_p(omni_context *ctx, omni_value a) {
  return OMNI_LIKELY(omni_is_fixnum(a)) ? omni_boolean((a & 2) != 0) : omni_odd_p(ctx, a);
}

/* Of natural numbers: rounding and signs make no difference. */
static inline int omni_inline_divides(omni_value a, omni_value b) {
  return omni_are_fixnums(a, b) && (a | b) >> 63 == 0 && b != 1;
}
#define OMNI_INLINE_DIVISION(name, operator)                                                       \
  static inline omni_value omni_inline_##name(omni_context *ctx, omni_value a, omni_value b) {     \
    if (OMNI_LIKELY(omni_inline_divides(a, b)))                                                    \
      return omni_fixnum((int64_t)((a >> 1) operator(b >> 1)));                                    \
    return omni_##name(ctx, a, b);                                                                 \
  }
OMNI_INLINE_DIVISION(quotient, /)
OMNI_INLINE_DIVISION(remainder, %)
OMNI_INLINE_DIVISION(modulo, %)

static inline omni_value omni_inline_bitwise_and(omni_context *ctx, omni_value a, omni_value b) {
  return OMNI_LIKELY(omni_are_fixnums(a, b)) ? a & b : omni_bitwise_and(ctx, a, b);
}
static inline omni_value omni_inline_bitwise_ior(omni_context *ctx, omni_value a, omni_value b) {
  return OMNI_LIKELY(omni_are_fixnums(a, b)) ? a | b : omni_bitwise_ior(ctx, a, b);
}
static inline omni_value omni_inline_bitwise_xor(omni_context *ctx, omni_value a, omni_value b) {
  return OMNI_LIKELY(omni_are_fixnums(a, b)) ? (a ^ b) | 1 : omni_bitwise_xor(ctx, a, b);
}

/* ---- predicates ---- */

static inline omni_value omni_inline_pair_p(omni_context *ctx, omni_value a) {
  (void)ctx;
  return omni_boolean(omni_is_pair(a));
}
static inline omni_value omni_inline_null_p(omni_context *ctx, omni_value a) {
  (void)ctx;
  return omni_boolean(a == OMNI_NIL);
}
static inline omni_value omni_inline_not(omni_context *ctx, omni_value a) {
  (void)ctx;
  return omni_boolean(!omni_truthy(a));
}
static inline omni_value omni_inline_eq_p(omni_context *ctx, omni_value a, omni_value b) {
  return a == b                                   ? OMNI_TRUE
         : omni_is_object(a) && omni_is_object(b) ? omni_eq_p(ctx, a, b)
                                                  : OMNI_FALSE;
}

/* ---- pairs, vectors, records, texts ---- */

static inline omni_value omni_inline_car(omni_context *ctx, omni_value a) {
  return OMNI_LIKELY(omni_is_pair(a)) ? omni_inline_dup(omni_car_of(a)) : omni_car(ctx, a);
}
static inline omni_value omni_inline_cdr(omni_context *ctx, omni_value a) {
  return OMNI_LIKELY(omni_is_pair(a)) ? omni_inline_dup(omni_cdr_of(a)) : omni_cdr(ctx, a);
}
static inline omni_value omni_inline_cadr(omni_context *ctx, omni_value a) {
  if (OMNI_LIKELY(omni_is_pair(a) && omni_is_pair(omni_cdr_of(a))))
    return omni_inline_dup(omni_car_of(omni_cdr_of(a)));
  return omni_cadr(ctx, a);
}
static inline omni_value omni_inline_cddr(omni_context *ctx, omni_value a) {
  if (OMNI_LIKELY(omni_is_pair(a) && omni_is_pair(omni_cdr_of(a))))
    return omni_inline_dup(omni_cdr_of(omni_cdr_of(a)));
  return omni_cddr(ctx, a);
}

/* Whether `index` is a fixnum below `length`. */
static inline int omni_inline_is_below(omni_value index, uint64_t length) {
  return omni_is_fixnum(index) && index >> 1 < length;
}

static inline omni_value omni_inline_vector_length(omni_context *ctx, omni_value a) {
  if (OMNI_LIKELY(omni_has_tag(a, OMNI_TAG_VECTOR)))
    return omni_fixnum((int64_t)omni_vector_of(a)->length);
  return omni_vector_length(ctx, a);
}
static inline omni_value omni_inline_vector_ref(omni_context *ctx, omni_value a, omni_value b) {
  if (OMNI_LIKELY(omni_has_tag(a, OMNI_TAG_VECTOR) &&
                  omni_inline_is_below(b, omni_vector_of(a)->length)))
    return omni_inline_dup(omni_vector_of(a)->items[b >> 1]);
  return omni_vector_ref(ctx, a, b);
}
/* Where an immediate takes the place of whatever was there, no cycle is closed. */
static inline omni_value omni_inline_vector_set_x(omni_context *ctx, omni_value a, omni_value b,
                                                  omni_value c) {
  if (OMNI_LIKELY(!omni_is_object(c) && omni_has_tag(a, OMNI_TAG_VECTOR) &&
                  !omni_object(a)->immutable &&
                  omni_inline_is_below(b, omni_vector_of(a)->length))) {
    omni_value *place = &omni_vector_of(a)->items[b >> 1];
    omni_value old = *place;
    *place = c;
    omni_inline_drop(ctx, old);
    return OMNI_NOTHING;
  }
  return omni_vector_set_x(ctx, a, b, c);
}

static inline omni_value omni_inline_record_is_p(omni_context *ctx, omni_value a, omni_value b) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_RECORD) && omni_vector_of(a)->items[0] == b);
}
static inline omni_value omni_inline_record_ref(omni_context *ctx, omni_value a, omni_value b) {
  if (OMNI_LIKELY(omni_has_tag(a, OMNI_TAG_RECORD) &&
                  omni_inline_is_below(b, omni_vector_of(a)->length - 1)))
    return omni_inline_dup(omni_vector_of(a)->items[(b >> 1) + 1]);
  return omni_record_ref(ctx, a, b);
}

static inline omni_value omni_inline_string_length(omni_context *ctx, omni_value a) {
  if (OMNI_LIKELY(omni_has_tag(a, OMNI_TAG_STRING)))
    return omni_fixnum((int64_t)omni_string_of(a)->length);
  return omni_string_length(ctx, a);
}
static inline omni_value omni_inline_string_ref(omni_context *ctx, omni_value a, omni_value b) {
  if (OMNI_LIKELY(omni_has_tag(a, OMNI_TAG_STRING) &&
                  omni_inline_is_below(b, omni_string_of(a)->length)))
    return omni_character(omni_string_of(a)->codes[b >> 1]);
  return omni_string_ref(ctx, a, b);
}
static inline omni_value omni_inline_bytevector_u8_ref(omni_context *ctx, omni_value a,
                                                       omni_value b) {
  if (OMNI_LIKELY(omni_has_tag(a, OMNI_TAG_BYTEVECTOR) &&
                  omni_inline_is_below(b, omni_bytevector_of(a)->length)))
    return omni_fixnum(omni_bytevector_of(a)->bytes[b >> 1]);
  return omni_bytevector_u8_ref(ctx, a, b);
}
static inline omni_value omni_inline_bytevector_u8_set_x(omni_context *ctx, omni_value a,
                                                         omni_value b, omni_value c) {
  if (OMNI_LIKELY(omni_has_tag(a, OMNI_TAG_BYTEVECTOR) && !omni_object(a)->immutable &&
                  omni_inline_is_below(b, omni_bytevector_of(a)->length) &&
                  omni_inline_is_below(c, 256))) {
    omni_bytevector_of(a)->bytes[b >> 1] = (unsigned char)(c >> 1);
    return OMNI_NOTHING;
  }
  return omni_bytevector_u8_set_x(ctx, a, b, c);
}
static inline omni_value omni_inline_char_eq(omni_context *ctx, omni_value a, omni_value b) {
  if (OMNI_LIKELY(omni_is_character(a) && omni_is_character(b)))
    return omni_boolean(a == b);
  return omni_char_eq(ctx, a, b);
}

/* ---- variables, calls ---- */

static inline omni_value omni_inline_global_get(omni_context *ctx, const omni_global *g) {
  return OMNI_LIKELY(g->value != OMNI_UNBOUND) ? omni_inline_dup(g->value)
                                               : omni_global_get(ctx, g);
}
static inline omni_value omni_inline_box_get(omni_context *ctx, omni_value box, const char *name) {
  omni_value v = ((const omni_box *)omni_object(box))->value;
  return OMNI_LIKELY(v != OMNI_UNBOUND) ? omni_inline_dup(v) : omni_box_get(ctx, box, name);
}
static inline omni_value omni_inline_capture_get(omni_value self, int index) {
  return omni_inline_dup(
      omni_group_captures(omni_group_of((const omni_procedure *)omni_object(self)))[index]);
}

static inline omni_value omni_inline_finish(omni_context *ctx, omni_value p) {
  return OMNI_LIKELY(p != OMNI_TAIL) ? p : omni_finish(ctx, p);
}

#if defined(__GNUC__)
static inline omni_value omni_inline_stack_check(omni_context *ctx) {
  return OMNI_LIKELY((uintptr_t)__builtin_frame_address(0) >= ctx->stack_limit)
             ? OMNI_NOTHING
             : omni_stack_check(ctx);
}
#define omni_stack_check(ctx) omni_inline_stack_check(ctx)
#endif

#undef omni_failed
#define omni_failed(v) (!OMNI_LIKELY((v) != OMNI_FAILED))

#define omni_dup(v) omni_inline_dup(v)
#define omni_drop(ctx, v) omni_inline_drop(ctx, v)
#define omni_drop2(ctx, a, b) omni_inline_drop2(ctx, a, b)
#define omni_drop3(ctx, a, b, c) omni_inline_drop3(ctx, a, b, c)
#define omni_drop4(ctx, a, b, c, d) omni_inline_drop4(ctx, a, b, c, d)
#define omni_cons(ctx, a, b) omni_inline_cons(ctx, a, b)
#define omni_add(ctx, a, b) omni_inline_add(ctx, a, b)
#define omni_subtract(ctx, a, b) omni_inline_subtract(ctx, a, b)
#define omni_multiply(ctx, a, b) omni_inline_multiply(ctx, a, b)
#define omni_divide(ctx, a, b) omni_inline_divide(ctx, a, b)
#define omni_num_eq(ctx, a, b) omni_inline_num_eq(ctx, a, b)
#define omni_num_lt(ctx, a, b) omni_inline_num_lt(ctx, a, b)
#define omni_num_gt(ctx, a, b) omni_inline_num_gt(ctx, a, b)
#define omni_num_le(ctx, a, b) omni_inline_num_le(ctx, a, b)
#define omni_num_ge(ctx, a, b) omni_inline_num_ge(ctx, a, b)
#define omni_zero_p(ctx, a) omni_inline_zero_p(ctx, a)
#define omni_even_p(ctx, a) omni_inline_even_p(ctx, a)
#define omni_odd_p(ctx, a) omni_inline_odd_p(ctx, a)
#define omni_quotient(ctx, a, b) omni_inline_quotient(ctx, a, b)
#define omni_remainder(ctx, a, b) omni_inline_remainder(ctx, a, b)
#define omni_modulo(ctx, a, b) omni_inline_modulo(ctx, a, b)
#define omni_bitwise_and(ctx, a, b) omni_inline_bitwise_and(ctx, a, b)
#define omni_bitwise_ior(ctx, a, b) omni_inline_bitwise_ior(ctx, a, b)
#define omni_bitwise_xor(ctx, a, b) omni_inline_bitwise_xor(ctx, a, b)
#define omni_pair_p(ctx, a) omni_inline_pair_p(ctx, a)
#define omni_null_p(ctx, a) omni_inline_null_p(ctx, a)
#define omni_not(ctx, a) omni_inline_not(ctx, a)
#define omni_eq_p(ctx, a, b) omni_inline_eq_p(ctx, a, b)
#define omni_car(ctx, a) omni_inline_car(ctx, a)
#define omni_cdr(ctx, a) omni_inline_cdr(ctx, a)
#define omni_cadr(ctx, a) omni_inline_cadr(ctx, a)
#define omni_cddr(ctx, a) omni_inline_cddr(ctx, a)
#define omni_vector_length(ctx, a) omni_inline_vector_length(ctx, a)
#define omni_vector_ref(ctx, a, b) omni_inline_vector_ref(ctx, a, b)
#define omni_vector_set_x(ctx, a, b, c) omni_inline_vector_set_x(ctx, a, b, c)
#define omni_record_is_p(ctx, a, b) omni_inline_record_is_p(ctx, a, b)
#define omni_record_ref(ctx, a, b) omni_inline_record_ref(ctx, a, b)
#define omni_string_length(ctx, a) omni_inline_string_length(ctx, a)
#define omni_string_ref(ctx, a, b) omni_inline_string_ref(ctx, a, b)
#define omni_bytevector_u8_ref(ctx, a, b) omni_inline_bytevector_u8_ref(ctx, a, b)
#define omni_bytevector_u8_set_x(ctx, a, b, c) omni_inline_bytevector_u8_set_x(ctx, a, b, c)
#define omni_char_eq(ctx, a, b) omni_inline_char_eq(ctx, a, b)
#define omni_global_get(ctx, g) omni_inline_global_get(ctx, g)
#define omni_box_get(ctx, box, name) omni_inline_box_get(ctx, box, name)
#define omni_capture_get(self, index) omni_inline_capture_get(self, index)
#define omni_finish(ctx, p) omni_inline_finish(ctx, p)

#endif
