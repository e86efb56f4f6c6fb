/* character.h: the characters that have names. */
#ifndef OMNI_CHARACTER_H
#define OMNI_CHARACTER_H

#include <stdint.h>

/* What is written after #\, or NULL. */
const char *omni_code_name(uint32_t code);
/* The character with this name; 0 if there is none. */
int omni_code_named(const uint32_t *name, uint64_t length, uint32_t *code);

#endif
