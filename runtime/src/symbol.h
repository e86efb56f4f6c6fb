/* symbol.h: symbols. The table refers to them without counting: a symbol that nobody refers to is
 * released and leaves the table. */
#ifndef OMNI_SYMBOL_H
#define OMNI_SYMBOL_H

#include "value.h"

typedef struct omni_symbol_table {
  omni_symbol **buckets;
  uint32_t bucket_count; /* a power of two */
  uint32_t symbol_count;
  uint64_t generated; /* by gensym */
} omni_symbol_table;

/* 0 after raising out-of-memory. */
int omni_symbol_table_make(omni_context *ctx);
void omni_symbol_table_end(omni_context *ctx);

/* The symbol with these code points. */
omni_result omni_symbol_intern(omni_context *ctx, const uint32_t *codes, uint64_t length);
/* The symbol with this name in UTF-8. */
omni_result omni_symbol_from_utf8(omni_context *ctx, const char *bytes, uint64_t size);
/* Remove a dying symbol from the table. */
void omni_symbol_forget(omni_context *ctx, omni_symbol *symbol);

#endif
