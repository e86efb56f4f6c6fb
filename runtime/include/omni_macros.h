/* omni_macros.h: the inline functions of omni.h as macros, see the end of that header.
 *
 * Includes nothing. Every argument is evaluated once, as by the functions. */
#ifndef OMNI_MACROS_H
#define OMNI_MACROS_H

#define omni_fixnum(n) (((omni_value)(int64_t)(n) << 1) | 1)
#define omni_character(code) (((omni_value)(uint32_t)(code) << 8) | 0x02)
/* OMNI_FALSE and OMNI_NOTHING differ in one bit. */
#define omni_truthy(v) (((v) & ~(OMNI_FALSE ^ OMNI_NOTHING)) != OMNI_FALSE)
#define omni_falsy(v) (((v) & ~(OMNI_FALSE ^ OMNI_NOTHING)) == OMNI_FALSE)
#define omni_failed(v) ((v) == OMNI_FAILED)
#define omni_save_immediate(ctx, index, v) omni_save(ctx, index, v)
#define omni_is_state(state, n) ((state) == (n))

#endif
