#include "symbol.h"

#include "arguments.h"
#include "context.h"
#include "heap.h"
#include "plant.h"
#include "string_object.h"
#include "text.h"

enum { FIRST_BUCKETS = 64 };

/* FNV-1a over code points: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t hash_codes(const uint32_t *codes, uint64_t length) {
  uint32_t hash = 2166136261u;
  for (uint64_t i = 0; i < length; i++)
    hash = (hash ^ codes[i]) * 16777619u;
  return hash;
}

static omni_symbol **bucket_of(omni_symbol_table *table, uint32_t hash) {
  return &table->buckets[hash & (table->bucket_count - 1)];
}

static omni_symbol **make_buckets(omni_context *ctx, uint32_t count) {
  omni_symbol **buckets = omni_storage_allocate(ctx, count * sizeof *buckets);
  for (uint32_t i = 0; buckets != NULL && i < count; i++)
    buckets[i] = NULL;
  return buckets;
}

int omni_symbol_table_make(omni_context *ctx) {
  ctx->symbols.buckets = make_buckets(ctx, FIRST_BUCKETS);
  ctx->symbols.bucket_count = FIRST_BUCKETS;
  return ctx->symbols.buckets != NULL;
}

void omni_symbol_table_end(omni_context *ctx) {
  omni_symbol_table *table = &ctx->symbols;
  omni_storage_free(ctx, table->buckets, table->bucket_count * sizeof *table->buckets);
  table->buckets = NULL;
}

/* Double the number of buckets; 0 after raising out-of-memory. */
static int grow_table(omni_context *ctx) {
  omni_symbol_table old = ctx->symbols;
  omni_symbol **buckets = make_buckets(ctx, old.bucket_count * 2);
  if (buckets == NULL)
    return 0;
  ctx->symbols.buckets = buckets;
  ctx->symbols.bucket_count = old.bucket_count * 2;
  for (uint32_t i = 0; i < old.bucket_count; i++) {
    for (omni_symbol *symbol = old.buckets[i], *next; symbol != NULL; symbol = next) {
      next = symbol->next;
      omni_symbol **bucket = bucket_of(&ctx->symbols, symbol->hash);
      symbol->next = *bucket;
      *bucket = symbol;
    }
  }
  omni_storage_free(ctx, old.buckets, old.bucket_count * sizeof *old.buckets);
  return 1;
}

omni_result omni_symbol_intern(omni_context *ctx, const uint32_t *codes, uint64_t length) {
  omni_symbol_table *table = &ctx->symbols;
  uint32_t hash = hash_codes(codes, length);
  for (omni_symbol *symbol = *bucket_of(table, hash); symbol != NULL; symbol = symbol->next) {
    if (symbol->hash == hash &&
        omni_codes_compare(symbol->codes, symbol->length, codes, length) == 0)
      return omni_dup(omni_object_value(symbol));
  }
  if (table->symbol_count >= table->bucket_count && table->bucket_count <= UINT32_MAX / 2 &&
      !grow_table(ctx))
    return OMNI_FAILED;
  omni_symbol *symbol = omni_object_allocate_array(ctx, OMNI_TAG_SYMBOL, sizeof *symbol, length,
                                                   sizeof *symbol->codes);
  if (symbol == NULL)
    return OMNI_FAILED;
  symbol->hash = hash;
  symbol->length = (uint32_t)length;
  for (uint64_t i = 0; i < length; i++)
    symbol->codes[i] = codes[i];
  omni_symbol **bucket = bucket_of(table, hash);
  symbol->next = *bucket;
  *bucket = symbol;
  table->symbol_count++;
  return omni_object_value(symbol);
}

omni_result omni_symbol_from_utf8(omni_context *ctx, const char *bytes, uint64_t size) {
  omni_result name = omni_string_from_utf8(ctx, bytes, size);
  if (omni_failed(name))
    return OMNI_FAILED;
  omni_result symbol =
      omni_symbol_intern(ctx, omni_string_of(name)->codes, omni_string_of(name)->length);
  omni_drop(ctx, name);
  return symbol;
}

void omni_symbol_forget(omni_context *ctx, omni_symbol *symbol) {
  omni_symbol **link = bucket_of(&ctx->symbols, symbol->hash);
  while (*link != symbol)
    link = &(*link)->next;
  *link = symbol->next;
  ctx->symbols.symbol_count--;
}

/* ---- primitives ---- */

omni_result omni_symbol_to_string(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "symbol->string", a, OMNI_TAG_SYMBOL))
    return OMNI_FAILED;
  return omni_string_from_codes(ctx, omni_symbol_of(a)->codes, omni_symbol_of(a)->length);
}

omni_result omni_string_to_symbol(omni_context *ctx, omni_borrowed a) {
  if (!omni_want(ctx, "string->symbol", a, OMNI_TAG_STRING))
    return OMNI_FAILED;
  return omni_symbol_intern(ctx, omni_string_of(a)->codes, omni_string_of(a)->length);
}

omni_result omni_gensym(omni_context *ctx) {
  if (omni_planted(ctx, OMNI_PLANT_DATA_RACE))
    omni_plant_data_race();
  omni_text name;
  omni_text_begin(ctx, &name);
  omni_text_string(&name, "g");
  omni_text_integer(&name, (int64_t)(ctx->symbols.generated + 1), 10);
  omni_result symbol =
      name.failed ? OMNI_FAILED : omni_symbol_from_utf8(ctx, name.bytes, name.size);
  omni_text_end(&name);
  if (!omni_failed(symbol))
    ctx->symbols.generated++;
  return symbol;
}
