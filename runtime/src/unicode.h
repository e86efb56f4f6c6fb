/* unicode.h: classes and cases of characters, as Unicode defines them; what exactly they are is said in
 * reference_interp/characters.py. The tables are generated (unicode_tables.c). */
#ifndef OMNI_UNICODE_H
#define OMNI_UNICODE_H

#include <stdint.h>

/* ---- classes ---- */

int omni_code_is_alphabetic(uint32_t code);
int omni_code_is_upper_case(uint32_t code);
int omni_code_is_lower_case(uint32_t code);
int omni_code_is_white_space(uint32_t code);
/* The value of a decimal digit; -1 for any other character. */
int omni_code_digit(uint32_t code);

/* ---- simple mappings: a character for a character ---- */

uint32_t omni_code_upcase(uint32_t code);
uint32_t omni_code_downcase(uint32_t code);
uint32_t omni_code_foldcase(uint32_t code);

/* ---- full mappings, for strings ---- */

enum { OMNI_EXPANSION_MAX = 3 };

/* Put what a character becomes into `out`; the number of characters, 1 to OMNI_EXPANSION_MAX. */
typedef int omni_full_mapping(uint32_t code, uint32_t out[OMNI_EXPANSION_MAX]);
omni_full_mapping omni_code_upcase_full;
omni_full_mapping omni_code_downcase_full;
omni_full_mapping omni_code_foldcase_full;

/* ---- the tables ---- */

/* Every `step`-th code point from `first` to `last`; in a mapping, each maps to itself plus `distance`. */
typedef struct omni_code_run {
  uint32_t first;
  uint32_t last;
  uint32_t step;
  int32_t distance;
} omni_code_run;

/* A set of code points, or a mapping; the runs are in ascending order. */
typedef struct omni_code_map {
  const omni_code_run *runs;
  uint32_t count;
} omni_code_map;

typedef struct omni_expansion {
  uint32_t code;
  int length;
  uint32_t codes[OMNI_EXPANSION_MAX];
} omni_expansion;

/* A mapping of some code points to several; in ascending order. */
typedef struct omni_expansion_map {
  const omni_expansion *rows;
  uint32_t count;
} omni_expansion_map;

extern const omni_code_map omni_alphabetic, omni_upper_case, omni_lower_case, omni_white_space;
extern const omni_code_map omni_digits; /* each run is one ten, from zero to nine */
extern const omni_code_map omni_upcase, omni_downcase, omni_foldcase;
extern const omni_expansion_map omni_upcase_expansions, omni_downcase_expansions;
extern const omni_expansion_map omni_foldcase_expansions;

#endif
