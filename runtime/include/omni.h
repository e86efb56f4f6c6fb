/* omni.h: what compiled OmniLisp code needs from the runtime.
 *
 * Ownership is written in the types. Every value is one 64-bit word; the typedef in a prototype says
 * what the word means to its holder, and the compiler's ownership verifier reads these prototypes:
 *
 *   as a parameter   omni_owned      the callee consumes the reference, also when it fails
 *                    omni_borrowed   the caller keeps its reference; it stays alive during the call
 *   as a result      omni_owned      the caller owns the reference
 *                    omni_immediate  holds no reference: nothing to drop
 *                    omni_result     owned, or OMNI_FAILED: test with omni_failed() before any use
 *                    omni_check      immediate, or OMNI_FAILED: test with omni_failed()
 *                    omni_pending    what an emitted procedure returns: owned, OMNI_FAILED, or
 *                                    OMNI_TAIL (a call to be made by whoever receives it): return
 *                                    it further in tail position, or give it to omni_finish()
 *
 * A failure has stored its condition in the context; the frame that sees OMNI_FAILED drops what it
 * owns and returns OMNI_FAILED, or handles it with omni_catch().
 *
 * This header is plain C99 and is parsed by pycparser, which does not see preprocessor lines: no
 * extensions, and function-like macros only beside a function of the same name and meaning.
 */
#ifndef OMNI_H
#define OMNI_H

#include <stddef.h>
#include <stdint.h>

typedef uint64_t omni_value;
typedef omni_value omni_owned;
typedef omni_value omni_borrowed;
typedef omni_value omni_immediate;
typedef omni_value omni_result;
typedef omni_value omni_check;
typedef omni_value omni_pending;

/* Words. An integer of 63 bits is (n << 1) | 1; a heap object is its address (low three bits 0); all
 * other immediates have the low three bits 010, the kind in the low byte:
 * 0x02 a character (code << 8), 0x0A the constants below. */
#define OMNI_FALSE ((omni_value)0x000A)
#define OMNI_TRUE ((omni_value)0x010A)
#define OMNI_NOTHING ((omni_value)0x020A)
#define OMNI_NIL ((omni_value)0x030A)
#define OMNI_EOF ((omni_value)0x040A)
/* Markers; never visible to a program. */
#define OMNI_FAILED ((omni_value)0x050A)
#define OMNI_TAIL ((omni_value)0x060A)
#define OMNI_UNBOUND ((omni_value)0x070A)

typedef struct omni_context omni_context;

/* ---- immediates ---- */

/* The value of an integer literal of at most 63 bits / of a character literal. */
static inline omni_immediate omni_fixnum(int64_t n) { return ((omni_value)n << 1) | 1; }
static inline omni_immediate omni_character(uint32_t code) {
  return ((omni_value)code << 8) | 0x02;
}
/* False only for #f and nothing. */
static inline int omni_truthy(omni_borrowed v) { return v != OMNI_FALSE && v != OMNI_NOTHING; }
static inline int omni_falsy(omni_borrowed v) { return v == OMNI_FALSE || v == OMNI_NOTHING; }
static inline int omni_failed(omni_value v) { return v == OMNI_FAILED; }

/* ---- references ---- */

omni_owned omni_dup(omni_borrowed v);
void omni_drop(omni_context *ctx, omni_owned v);
/* Several drops, from left to right. */
void omni_drop2(omni_context *ctx, omni_owned a, omni_owned b);
void omni_drop3(omni_context *ctx, omni_owned a, omni_owned b, omni_owned c);
void omni_drop4(omni_context *ctx, omni_owned a, omni_owned b, omni_owned c, omni_owned d);

/* ---- boxes: assigned local variables that closures share ---- */

omni_result omni_box_make(omni_context *ctx, omni_owned v);
/* omni_box_get fails with "NAME is used before its definition" while the box holds OMNI_UNBOUND. */
omni_result omni_box_get(omni_context *ctx, omni_borrowed box, const char *name);
omni_immediate omni_box_set(omni_context *ctx, omni_borrowed box, omni_owned v);

/* ---- procedures ---- */

/* What a procedure value needs to be called. `entry` has the type
 * omni_pending (*)(omni_context *, omni_owned self, omni_owned a0, ... ) with `params` arguments, one
 * more (the rest list) when `rest`. `packed` procedures take all their arguments as one list (more
 * than OMNI_MAX_PARAMS parameters) after the count has been checked. */
typedef void (*omni_entry)(void);
typedef struct omni_code {
  omni_entry entry;
  const char *name; /* "" when anonymous */
  int params;
  int rest;
  int packed;
} omni_code;

enum { OMNI_MAX_PARAMS = 8 };

/* A group of procedures that refer to one another: `members` of them, one shared set of `captures`.
 * The result is a reference to member 0; a group lives until no member is referenced. A plain
 * closure is a group of one. All captures must be initialised before any other use. */
omni_result omni_group_make(omni_context *ctx, const omni_code *const *codes, int members,
                            int captures);
/* Store capture `index` (once). */
void omni_capture_init(omni_borrowed member, int index, omni_owned v);
/* A new reference to capture `index` / to the `index`th member of the group `self` belongs to. */
omni_owned omni_capture_get(omni_borrowed self, int index);
omni_owned omni_sibling(omni_borrowed self, int index);

/* Call a value: everything is consumed. Fails with "call: expected a procedure" or an arity error. */
omni_result omni_call0(omni_context *ctx, omni_owned f);
omni_result omni_call1(omni_context *ctx, omni_owned f, omni_owned a);
omni_result omni_call2(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b);
omni_result omni_call3(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b, omni_owned c);
omni_result omni_call4(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b, omni_owned c,
                       omni_owned d);
/* Call with the elements of a list (which may be longer than any fixed form). */
omni_result omni_call_list(omni_context *ctx, omni_owned f, omni_owned args);

/* Leave a call to be made by the receiver of OMNI_TAIL: tail calls in constant stack. */
omni_pending omni_tail0(omni_context *ctx, omni_owned f);
omni_pending omni_tail1(omni_context *ctx, omni_owned f, omni_owned a);
omni_pending omni_tail2(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b);
omni_pending omni_tail3(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b, omni_owned c);
omni_pending omni_tail4(omni_context *ctx, omni_owned f, omni_owned a, omni_owned b, omni_owned c,
                        omni_owned d);
omni_pending omni_tail_list(omni_context *ctx, omni_owned f, omni_owned args);

/* Make the pending call, if any, and those that it leaves. */
omni_result omni_finish(omni_context *ctx, omni_pending p);

/* Fails with stack-overflow when little C stack is left. Called on entry of every procedure that
 * calls others other than in tail position. */
omni_check omni_stack_check(omni_context *ctx);

/* ---- conditions ---- */

/* Record where a failure became visible in the user's source, unless it is recorded already. */
void omni_at(omni_context *ctx, int line, int column);
/* Take the raised object (a condition, or what `raise` was given) and clear the failure. */
omni_owned omni_catch(omni_context *ctx);
/* Raise a caught object again; its position is the one it had. */
omni_check omni_reraise(omni_context *ctx, omni_owned v);
/* Always fails: the named variable has no value yet ("NAME is used before its definition"). */
omni_check omni_uninitialised(omni_context *ctx, const char *name);

/* ---- suspension ----
 *
 * Some procedures capture, replace or extend the continuation (call/cc, prompts, generators, handlers,
 * dynamic-wind ...). They leave what is to be done in the context and return OMNI_FAILED. Every frame on
 * the way out calls omni_suspend(); if that succeeds, it saves what it holds as a heap frame and returns
 * OMNI_FAILED further, down to the driver (control.c), which then has the whole continuation as counted
 * objects and acts. A frame is continued by calling its function's second version, a `omni_resume`, which
 * takes back what was saved and goes on behind the call that suspended. A saved frame can be continued
 * any number of times. */

/* What continues a frame: goes on at `state`. */
typedef omni_pending (*omni_resume)(omni_context *ctx, int state);
/* On the way out: save the activation of the calling function, which will be continued by `resume` at
 * `state`. `slots` references follow, each with omni_save. `guarded` says whether a handler of the function
 * itself waits for errors there. Fails when the failure under way is no suspension but an error, as it
 * becomes when there is no memory for the frame. */
omni_check omni_suspend(omni_context *ctx, omni_resume resume, int state, int slots, int guarded);
/* Put a reference into slot `index` of the frame made last. */
void omni_save(omni_context *ctx, int index, omni_owned v);
static inline void omni_save_immediate(omni_context *ctx, int index, omni_immediate v) {
  omni_save(ctx, index, v);
}
/* Beginning of a resume function: the references in the slots, moved out if nobody else has the frame; */
omni_owned omni_restore(omni_context *ctx, int index);
omni_immediate omni_restore_immediate(omni_context *ctx, int index);
/* ... and then what the frame waited for, or OMNI_FAILED. The frame is gone afterwards. */
omni_result omni_resumed(omni_context *ctx);
static inline int omni_is_state(int state, int n) { return state == n; }

/* Right after omni_catch: what omni_raise_again needs to go back to where the object was raised. */
omni_owned omni_caught_context(omni_context *ctx);
/* Raise a caught object again, as raise-continuable in the context where it was raised. For the activation
 * whose guard caught it, inside of that guard's handler; the result may be returned as it is in tail
 * position. If that activation is saved, the saved one is not continued: what follows the guard is done by
 * the one in the context, whose guarded body goes on. */
omni_result omni_raise_again(omni_context *ctx, omni_owned object, omni_owned context);

/* ---- program-level variables and literals ---- */

typedef struct omni_global {
  omni_value value; /* OMNI_UNBOUND before the definition ran */
  const char *name;
} omni_global;

/* A new reference to the value; fails with unbound-variable. */
omni_result omni_global_get(omni_context *ctx, const omni_global *g);
/* Definition: replaces (and drops) the old value. */
omni_immediate omni_global_define(omni_context *ctx, omni_global *g, omni_owned v);
/* Assignment: fails with unbound-variable (and consumes v) before the definition ran. */
omni_check omni_global_set(omni_context *ctx, omni_global *g, omni_owned v);

/* A literal in the postfix code that omni_literal.h describes. */
typedef struct omni_literal {
  const char *code;
  int size; /* bytes */
} omni_literal;

/* A new reference to literal `index` of the running program (shared, immutable). */
omni_owned omni_literal_get(omni_context *ctx, const omni_value *literals, int index);
/* A float with these IEEE-754 bits. */
omni_result omni_float_bits(omni_context *ctx, uint64_t bits);
/* An integer of any 64-bit value. */
omni_result omni_integer(omni_context *ctx, int64_t n);
/* The procedure value of the primitive at `index` of the primitive table: a static object, not counted. */
omni_immediate omni_primitive(int index);

/* Evaluates top-level forms and returns the value of the last one. It needs no stack check. */
typedef omni_pending (*omni_form)(omni_context *ctx);

/* A compiled program: its forms are run one after the other, and the value of the last one is the
 * program's. Programs of one translation unit may share their tables: then `global_entries` and
 * `literal_entries` are the indices of the entries that this one uses, as many as the counts say. NULL: the
 * entries from 0 on. */
typedef struct omni_program {
  const char *file;
  const omni_form *forms;
  int form_count;
  omni_global *globals;
  int global_count;
  const omni_literal *literals;
  omni_value *literal_values; /* filled before the forms run, dropped after */
  int literal_count;
  const int *global_entries;
  const int *literal_entries;
} omni_program;

#include "omni_primitives.h"

/* The inline functions above as expressions. They are in every line of emitted code, and C compilers that
 * do not optimise call them, while the others take a tenth of their time to inline them. */
#include "omni_macros.h"

/* And what optimising compilers should see through. */
#ifdef OMNI_INLINE
#include "../src/inline.h"
#endif

#endif
