#include "hash_table.h"

#include "arguments.h"
#include "condition.h"
#include "hash.h"
#include "heap.h"
#include "list.h"
#include "plant.h"
#include "vector.h"

#include <string.h>

enum { FIRST_CAPACITY = 8, SLOTS_PER_ENTRY = 2 };

/* ---- entries ---- */

static omni_value *key_of(const omni_table *table, uint64_t entry) {
  return &omni_vector_of(table->entries)->items[2 * entry];
}

static omni_value *value_of(const omni_table *table, uint64_t entry) {
  return key_of(table, entry) + 1;
}

static int is_deleted(const omni_table *table, uint64_t entry) {
  return *key_of(table, entry) == OMNI_UNBOUND;
}

static uint64_t *slot_of(const omni_table *table, uint64_t at) {
  return &table->index[table->capacity + (at & (table->capacity * SLOTS_PER_ENTRY - 1))];
}

static uint64_t hash_of(const omni_table *table, omni_value key) {
  return table->by_content ? omni_hash_equal(key) : omni_hash_eqv(key);
}

/* Whether the table has an entry for the key, and its number. */
static omni_check find(omni_context *ctx, const omni_table *table, omni_value key, uint64_t hash,
                       uint64_t *entry) {
  if (table->live == 0)
    return OMNI_FALSE;
  for (uint64_t at = hash; *slot_of(table, at) != 0; at++) {
    *entry = *slot_of(table, at) - 1;
    if (table->index[*entry] != hash || is_deleted(table, *entry))
      continue;
    omni_value other = *key_of(table, *entry);
    omni_check found =
        table->by_content ? omni_equal_p(ctx, key, other) : omni_eqv_p(ctx, key, other);
    if (found != OMNI_FALSE)
      return found;
  }
  return OMNI_FALSE;
}

/* Add an entry to a table that has room for it, and none with this key. */
static void append(omni_table *table, uint64_t hash, omni_owned key, omni_owned value) {
  uint64_t entry = table->used++, at = hash;
  while (*slot_of(table, at) != 0)
    at++;
  *slot_of(table, at) = entry + 1;
  table->index[entry] = hash;
  *key_of(table, entry) = key;
  *value_of(table, entry) = value;
  table->live++;
}

/* ---- room ---- */

static uint64_t index_bytes(uint64_t capacity) {
  return capacity * (1 + SLOTS_PER_ENTRY) * sizeof(uint64_t);
}

static void make_empty(omni_table *table) {
  table->used = table->live = table->capacity = 0;
  table->index = NULL;
  table->entries = OMNI_NOTHING;
}

/* Give a table that has no room some; 0 after raising out-of-memory. */
static int make_room(omni_context *ctx, omni_table *table, uint64_t capacity) {
  omni_result entries = omni_vector_make(ctx, capacity * 2, OMNI_NOTHING);
  if (omni_failed(entries))
    return 0;
  table->index = omni_storage_allocate(ctx, index_bytes(capacity));
  if (table->index == NULL) {
    omni_drop(ctx, entries);
    return 0;
  }
  uint64_t cleared = index_bytes(capacity);
  if (omni_planted(ctx, OMNI_PLANT_HASH_INDEX_UNINITIALISED) && capacity > FIRST_CAPACITY)
    cleared /= 2;
  memset(table->index, 0, (size_t)cleared);
  table->capacity = capacity;
  table->entries = entries;
  return 1;
}

void omni_table_free_index(omni_context *ctx, omni_table *table) {
  omni_storage_free(ctx, table->index, index_bytes(table->capacity));
}

static void append_all(omni_table *table, const omni_table *from) {
  for (uint64_t i = 0; i < from->used; i++)
    if (!is_deleted(from, i))
      append(table, from->index[i], omni_dup(*key_of(from, i)), omni_dup(*value_of(from, i)));
}

/* A planted fault: loses the order of the keys. */
static void append_backwards(omni_table *table, const omni_table *from) {
  for (uint64_t i = from->used; i > 0; i--)
    if (!is_deleted(from, i - 1))
      append(table, from->index[i - 1], omni_dup(*key_of(from, i - 1)),
             omni_dup(*value_of(from, i - 1)));
}

/* Make room for one more entry; 0 after raising out-of-memory, the table being as it was. */
static int admit(omni_context *ctx, omni_table *table) {
  if (table->used < table->capacity)
    return 1;
  /* Twice the room, unless it is the deleted entries that take it. */
  uint64_t capacity = table->capacity == 0                ? FIRST_CAPACITY
                      : table->live * 2 > table->capacity ? table->capacity * 2
                                                          : table->capacity;
  omni_table old = *table;
  make_empty(table);
  if (!make_room(ctx, table, capacity)) {
    *table = old;
    return 0;
  }
  if (omni_planted(ctx, OMNI_PLANT_HASH_KEYS_AFTER_GROWTH))
    append_backwards(table, &old);
  else
    append_all(table, &old);
  omni_table_free_index(ctx, &old);
  omni_drop(ctx, old.entries);
  return 1;
}

/* ---- making tables ---- */

static omni_result make_table(omni_context *ctx, uint32_t by_content) {
  omni_table *table = omni_object_allocate(ctx, OMNI_TAG_TABLE, sizeof *table);
  if (table == NULL)
    return OMNI_FAILED;
  table->by_content = by_content;
  make_empty(table);
  return omni_object_value(table);
}

omni_result omni_make_hash_table(omni_context *ctx) { return make_table(ctx, 1); }

omni_result omni_make_eqv_hash_table(omni_context *ctx) { return make_table(ctx, 0); }

omni_result omni_hash_copy(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "hash-copy", a, OMNI_TAG_TABLE))
    return OMNI_FAILED;
  const omni_table *table = omni_table_of(a);
  omni_result copy = make_table(ctx, table->by_content);
  if (omni_failed(copy) || table->live == 0)
    return copy;
  if (!make_room(ctx, omni_table_of(copy), table->capacity)) {
    omni_drop(ctx, copy);
    return OMNI_FAILED;
  }
  append_all(omni_table_of(copy), table);
  return copy;
}

/* ---- looking ---- */

omni_immediate omni_hash_table_p(omni_context *ctx, omni_borrowed a) {
  (void)ctx;
  return omni_boolean(omni_has_tag(a, OMNI_TAG_TABLE));
}

omni_result omni_hash_count(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "hash-count", a, OMNI_TAG_TABLE))
    return OMNI_FAILED;
  return omni_integer(ctx, (int64_t)omni_table_of(a)->live);
}

omni_check omni_hash_has_key_p(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  uint64_t entry;
  if (!omni_want(ctx, "hash-has-key?", a, OMNI_TAG_TABLE))
    return OMNI_FAILED;
  const omni_table *table = omni_table_of(a);
  return find(ctx, table, b, hash_of(table, b), &entry);
}

omni_result omni_hash_ref_or(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_borrowed c) {
  uint64_t entry;
  if (!omni_want(ctx, "hash-ref", a, OMNI_TAG_TABLE))
    return OMNI_FAILED;
  const omni_table *table = omni_table_of(a);
  omni_check found = find(ctx, table, b, hash_of(table, b), &entry);
  if (omni_failed(found))
    return OMNI_FAILED;
  return omni_dup(found == OMNI_TRUE ? *value_of(table, entry) : c);
}

omni_result omni_hash_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  omni_result value = omni_hash_ref_or(ctx, a, b, OMNI_UNBOUND);
  return value == OMNI_UNBOUND ? omni_fail_key(ctx, "hash-ref", b) : value;
}

omni_result omni_hash_ref_n(omni_context *ctx, int argc, const omni_borrowed *argv) {
  return argc == 2 ? omni_hash_ref(ctx, argv[0], argv[1])
                   : omni_hash_ref_or(ctx, argv[0], argv[1], argv[2]);
}

/* ---- changing ---- */

static omni_check set(omni_context *ctx, omni_table *table, omni_owned key, omni_owned value) {
  uint64_t entry, hash = hash_of(table, key);
  omni_check found = find(ctx, table, key, hash, &entry);
  if (found == OMNI_TRUE) {
    omni_value old = *value_of(table, entry);
    *value_of(table, entry) = value;
    omni_drop(ctx, key);
    omni_drop(ctx, old);
    if (omni_planted(ctx, OMNI_PLANT_HASH_REPLACE_EXTRA_DROP))
      omni_drop(ctx, old);
    return OMNI_NOTHING;
  }
  if (omni_failed(found) || !admit(ctx, table)) {
    omni_drop(ctx, key);
    omni_drop(ctx, value);
    return OMNI_FAILED;
  }
  append(table, hash, key, value);
  return OMNI_NOTHING;
}

omni_check omni_hash_set_x(omni_context *ctx, omni_borrowed a, omni_owned b, omni_owned c) {
  if (omni_want(ctx, "hash-set!", a, OMNI_TAG_TABLE))
    return set(ctx, omni_table_of(a), b, c);
  omni_drop(ctx, b);
  omni_drop(ctx, c);
  return OMNI_FAILED;
}

omni_check omni_hash_delete_x(omni_context *ctx, omni_borrowed a, omni_borrowed b) {
  uint64_t entry;
  if (!omni_want(ctx, "hash-delete!", a, OMNI_TAG_TABLE))
    return OMNI_FAILED;
  omni_table *table = omni_table_of(a);
  omni_check found = find(ctx, table, b, hash_of(table, b), &entry);
  if (found != OMNI_TRUE)
    return omni_failed(found) ? OMNI_FAILED : OMNI_NOTHING;
  omni_value key = *key_of(table, entry), value = *value_of(table, entry);
  *key_of(table, entry) = OMNI_UNBOUND;
  *value_of(table, entry) = OMNI_NOTHING;
  table->live--;
  omni_drop(ctx, key);
  omni_drop(ctx, value);
  return OMNI_NOTHING;
}

omni_check omni_hash_clear_x(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "hash-clear!", a, OMNI_TAG_TABLE))
    return OMNI_FAILED;
  omni_table *table = omni_table_of(a), old = *table;
  make_empty(table);
  omni_table_free_index(ctx, &old);
  omni_drop(ctx, old.entries);
  return OMNI_NOTHING;
}

/* ---- all entries, in order ---- */

static omni_result key_part(omni_context *ctx, omni_value key, omni_value value) {
  (void)ctx;
  (void)value;
  return omni_dup(key);
}

static omni_result value_part(omni_context *ctx, omni_value key, omni_value value) {
  (void)ctx;
  (void)key;
  return omni_dup(value);
}

static omni_result both_parts(omni_context *ctx, omni_value key, omni_value value) {
  return omni_cons(ctx, omni_dup(key), omni_dup(value));
}

/* The list of what `part` makes of each entry. */
static omni_result collect(omni_context *ctx, const char *who,
                           omni_result (*part)(omni_context *, omni_value, omni_value),
                           omni_borrowed a) {
  if (!omni_want(ctx, who, a, OMNI_TAG_TABLE))
    return OMNI_FAILED;
  const omni_table *table = omni_table_of(a);
  omni_value list = OMNI_NIL;
  for (uint64_t i = table->used; i > 0 && !omni_failed(list); i--) {
    if (is_deleted(table, i - 1))
      continue;
    omni_result item = part(ctx, *key_of(table, i - 1), *value_of(table, i - 1));
    if (!omni_failed(item)) {
      list = omni_cons(ctx, item, list);
    } else {
      omni_drop(ctx, list);
      list = OMNI_FAILED;
    }
  }
  return list;
}

omni_result omni_hash_keys(omni_context *ctx, omni_borrowed a) {
  return collect(ctx, "hash-keys", key_part, a);
}

omni_result omni_hash_values(omni_context *ctx, omni_borrowed a) {
  return collect(ctx, "hash-values", value_part, a);
}

omni_result omni_hash_to_list(omni_context *ctx, omni_borrowed a) {
  return collect(ctx, "hash->list", both_parts, a);
}
