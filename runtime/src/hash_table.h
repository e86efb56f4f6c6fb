/* hash_table.h: hash tables that keep the order of insertion.
 *
 * The entries stand in a vector in that order, keys and values in turns. A deleted one has the key OMNI_UNBOUND
 * until the table is built anew, which happens when there is no room for another entry. The index consists of
 * the hash that the key of each entry had when it was inserted, and then of twice as many slots for entries: open
 * addressing from the hash on; a slot holds the number of its entry, counted from 1, or 0. */
#ifndef OMNI_HASH_TABLE_H
#define OMNI_HASH_TABLE_H

#include "value.h"

/* Free what a dying table holds beside its entries. */
void omni_table_free_index(omni_context *ctx, omni_table *table);

#endif
