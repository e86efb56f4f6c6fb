#include "hash.h"

#include "number.h"
#include "object.h"
#include "string_object.h"

#include <math.h>

/* Parts that the hash of a value depends on, as HASHED_PARTS of reference_interp/hashing.py: a key that was changed
 * is found, or not, on both sides alike. */
enum { HASHED_PARTS = 64 };

/* What a hash begins with, by the kind of value; other values begin with their own word. */
enum { INTEGER_SEED = 1, FLOAT_SEED, NAN_SEED, STRING_SEED, BYTES_SEED };

/* The finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). */
uint64_t omni_hash_word(uint64_t word) {
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
  return word ^ (word >> 31);
}

static uint64_t mix(uint64_t hash, uint64_t word) {
  return omni_hash_word((hash ^ word) + 0x9E3779B97F4A7C15u);
}

uint64_t omni_hash_eqv(omni_borrowed v) {
  omni_number n;
  if (!omni_number_read(v, &n))
    return omni_hash_word(v);
  if (!n.is_float)
    return mix(INTEGER_SEED, (uint64_t)n.integer);
  return isnan(n.real) ? mix(NAN_SEED, 0) : mix(FLOAT_SEED, omni_float_to_bits(n.real));
}

/* The hash of one part without its own parts. */
static uint64_t hash_part(omni_borrowed v) {
  if (!omni_is_object(v))
    return omni_hash_eqv(v);
  const omni_header *object = omni_object(v);
  uint64_t hash = object->tag;
  switch ((omni_tag)object->tag) {
  case OMNI_TAG_PAIR:
    return omni_hash_word(hash);
  case OMNI_TAG_VECTOR:
    return mix(hash, omni_vector_of(v)->length);
  case OMNI_TAG_STRING:
    hash = mix(STRING_SEED, omni_string_of(v)->length);
    for (uint64_t i = 0; i < omni_string_of(v)->length; i++)
      hash = mix(hash, omni_string_of(v)->codes[i]);
    return hash;
  case OMNI_TAG_BYTEVECTOR:
    hash = mix(BYTES_SEED, omni_bytevector_of(v)->length);
    for (uint64_t i = 0; i < omni_bytevector_of(v)->length; i++)
      hash = mix(hash, omni_bytevector_of(v)->bytes[i]);
    return hash;
  default:
    return omni_hash_eqv(v);
  }
}

static int has_compared_parts(omni_value v) {
  return omni_is_pair(v) || omni_has_tag(v, OMNI_TAG_VECTOR);
}

uint64_t omni_hash_equal(omni_borrowed v) {
  /* The way down to the part at hand: objects, and the number of the part where each is to be gone on with. */
  struct {
    omni_value object;
    uint32_t next;
  } way[HASHED_PARTS];
  uint64_t hash = 0;
  int depth = 0;
  for (int parts = 0; parts < HASHED_PARTS; parts++) {
    hash = mix(hash, hash_part(v));
    if (has_compared_parts(v)) {
      way[depth].object = v;
      way[depth++].next = 0;
    }
    const omni_value *fields = NULL;
    while (depth > 0) {
      uint32_t count;
      fields = omni_object_fields(omni_object(way[depth - 1].object), &count);
      if (way[depth - 1].next < count)
        break;
      depth--;
    }
    if (depth == 0)
      return hash;
    v = fields[way[depth - 1].next++];
  }
  return hash;
}
