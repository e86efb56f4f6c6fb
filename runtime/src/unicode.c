#include "unicode.h"

#include <stddef.h>

enum { ASCII_END = 0x80 };

static int is_ascii_upper(uint32_t code) { return code >= 'A' && code <= 'Z'; }
static int is_ascii_lower(uint32_t code) { return code >= 'a' && code <= 'z'; }

/* The run that holds the code point; NULL if none does. */
static const omni_code_run *find(const omni_code_map *map, uint32_t code) {
  uint32_t low = 0, high = map->count; /* it is not before low, and before high if it exists */
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (map->runs[middle].last < code)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == map->count)
    return NULL;
  const omni_code_run *run = &map->runs[low];
  return code >= run->first && (code - run->first) % run->step == 0 ? run : NULL;
}

static uint32_t map_simply(const omni_code_map *map, uint32_t code) {
  const omni_code_run *run = find(map, code);
  return run == NULL ? code : (uint32_t)((int32_t)code + run->distance);
}

/* The expansion of the code point; NULL if it has none. */
static const omni_expansion *find_expansion(const omni_expansion_map *map, uint32_t code) {
  uint32_t low = 0, high = map->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (map->rows[middle].code < code)
      low = middle + 1;
    else
      high = middle;
  }
  return low < map->count && map->rows[low].code == code ? &map->rows[low] : NULL;
}

/* ---- classes ---- */

int omni_code_is_alphabetic(uint32_t code) {
  if (code < ASCII_END)
    return is_ascii_upper(code) || is_ascii_lower(code);
  return find(&omni_alphabetic, code) != NULL;
}

int omni_code_is_upper_case(uint32_t code) {
  return code < ASCII_END ? is_ascii_upper(code) : find(&omni_upper_case, code) != NULL;
}

int omni_code_is_lower_case(uint32_t code) {
  return code < ASCII_END ? is_ascii_lower(code) : find(&omni_lower_case, code) != NULL;
}

int omni_code_is_white_space(uint32_t code) {
  if (code < ASCII_END)
    return code == ' ' || (code >= '\t' && code <= '\r');
  return find(&omni_white_space, code) != NULL;
}

int omni_code_digit(uint32_t code) {
  if (code < ASCII_END)
    return code >= '0' && code <= '9' ? (int)(code - '0') : -1;
  const omni_code_run *ten = find(&omni_digits, code);
  return ten == NULL ? -1 : (int)(code - ten->first);
}

/* ---- simple mappings ---- */

uint32_t omni_code_upcase(uint32_t code) {
  if (code < ASCII_END)
    return is_ascii_lower(code) ? code - 'a' + 'A' : code;
  return map_simply(&omni_upcase, code);
}

uint32_t omni_code_downcase(uint32_t code) {
  if (code < ASCII_END)
    return is_ascii_upper(code) ? code - 'A' + 'a' : code;
  return map_simply(&omni_downcase, code);
}

uint32_t omni_code_foldcase(uint32_t code) {
  return code < ASCII_END ? omni_code_downcase(code) : map_simply(&omni_foldcase, code);
}

/* ---- full mappings ---- */

static int map_fully(const omni_expansion_map *expansions, uint32_t (*simple)(uint32_t),
                     uint32_t code, uint32_t out[OMNI_EXPANSION_MAX]) {
  const omni_expansion *row = code < ASCII_END ? NULL : find_expansion(expansions, code);
  if (row == NULL) {
    out[0] = simple(code);
    return 1;
  }
  for (int i = 0; i < row->length; i++)
    out[i] = row->codes[i];
  return row->length;
}

int omni_code_upcase_full(uint32_t code, uint32_t out[OMNI_EXPANSION_MAX]) {
  return map_fully(&omni_upcase_expansions, omni_code_upcase, code, out);
}

int omni_code_downcase_full(uint32_t code, uint32_t out[OMNI_EXPANSION_MAX]) {
  return map_fully(&omni_downcase_expansions, omni_code_downcase, code, out);
}

int omni_code_foldcase_full(uint32_t code, uint32_t out[OMNI_EXPANSION_MAX]) {
  return map_fully(&omni_foldcase_expansions, omni_code_foldcase, code, out);
}
