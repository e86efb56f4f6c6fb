/* hash.h: numbers that are the same for values that are the same. They depend on addresses: nothing that a
 * program can see may depend on them. */
#ifndef OMNI_HASH_H
#define OMNI_HASH_H

#include "value.h"

/* Of a word as it is. */
uint64_t omni_hash_word(uint64_t word);
/* The same for values that are eqv? / equal?. The second looks at the first parts of a value only, and so ends
 * for cyclic data. */
uint64_t omni_hash_eqv(omni_borrowed v);
uint64_t omni_hash_equal(omni_borrowed v);

#endif
