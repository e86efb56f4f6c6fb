/* omni_literal.h: the postfix code of literals.
 *
 * The code of a literal is a sequence of instructions for a stack machine; when it ends, exactly one
 * value must be on the stack. Numbers are decimal, <nbytes> counts bytes of UTF-8.
 *
 *   i<integer>;         push an integer (64 bits, with '-' if negative)
 *   f<16 hex digits>;   push the float with these IEEE-754 bits
 *   c<code point>;      push a character
 *   s<nbytes>:<bytes>   push a string
 *   y<nbytes>:<bytes>   push a symbol
 *   b<nbytes>:<bytes>   push a bytevector
 *   T  F  N  E          push #t, #f, nothing, ()
 *   l<k>;               pop a tail, then k elements below it; push the list of them ending in the tail
 *   v<k>;               pop k elements; push the vector of them (the last popped is the first)
 *
 * So (1 . "a") is i1;s1:al1; and #(x ()) is y1:xEv2; . Strings, bytevectors, pairs and vectors become
 * immutable. */
#ifndef OMNI_LITERAL_H
#define OMNI_LITERAL_H

#include "omni.h"

typedef enum omni_decoding {
  OMNI_DECODED,
  OMNI_DECODING_FAILED, /* a condition was raised: no memory */
  OMNI_MALFORMED        /* the code is wrong */
} omni_decoding;

/* Build a literal. *value is an owned reference if the result is OMNI_DECODED. */
omni_decoding omni_literal_decode(omni_context *ctx, const omni_literal *literal,
                                  omni_value *value);

#endif
