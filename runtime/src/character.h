/* character.h: classes and case of characters: ASCII only. */
#ifndef OMNI_CHARACTER_H
#define OMNI_CHARACTER_H

#include <stdint.h>

uint32_t omni_code_upcase(uint32_t code);
uint32_t omni_code_downcase(uint32_t code);

#endif
