/* datum_token.h: data that are one token. A token is a string object; it is the irritant of the read-error
 * where it is wrong. */
#ifndef OMNI_DATUM_TOKEN_H
#define OMNI_DATUM_TOKEN_H

#include "value.h"

/* The boolean, number or symbol that a token of at least one character spells. */
omni_result omni_datum_atom(omni_context *ctx, omni_borrowed token);
/* The character with this name, which is at least one character long. */
omni_result omni_datum_character(omni_context *ctx, omni_borrowed name);
/* The character with the code that these hexadecimal digits spell, of which there is at least one. */
omni_result omni_datum_scalar(omni_context *ctx, omni_borrowed digits);

/* Whether a character is one of these ASCII characters / separates tokens. */
int omni_is_one_of(uint32_t code, const char *characters);
int omni_is_white_space(uint32_t code);
/* The value of a hexadecimal digit, or -1. */
int omni_hex_digit(uint32_t code);

#endif
