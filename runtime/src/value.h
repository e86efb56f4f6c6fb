/* value.h: the layout of heap objects, and how to look inside of values. Private to the runtime.
 *
 * Every object starts with an omni_header. Objects whose count is OMNI_IMMORTAL are never counted and
 * never released: static objects, and those (not reachable in practice) whose count has saturated.
 *
 *   integer    header | int64                      integers outside of 63 bits only
 *   float      header | double
 *   string     header | length | code points ...   32 bits each
 *   symbol     header | hash, length | next | code points ...
 *   pair       header | car | cdr
 *   vector     header | length | items ...
 *   box        header | value
 *   condition  header | kind, line, column | message, irritants
 *   bytevector header | length | bytes ...
 *   port       header | kind, state | file descriptor | buffer
 *   group      header | members, captures | member ... | capture ...
 *   member     header | code                       inside of its group; a procedure value
 *   primitive  header | name, arity, entry         static
 *
 * A procedure value is the address of a member. Its header holds its index in the group in place of a
 * count; references to it are counted by the group. So the members of a group refer to one another
 * without counted references, and mutual recursion makes no counted cycle. */
#ifndef OMNI_VALUE_H
#define OMNI_VALUE_H

#include "omni.h"

typedef enum omni_tag {
  OMNI_TAG_INTEGER,
  OMNI_TAG_FLOAT,
  OMNI_TAG_STRING,
  OMNI_TAG_SYMBOL,
  OMNI_TAG_PAIR,
  OMNI_TAG_VECTOR,
  OMNI_TAG_BOX,
  OMNI_TAG_CONDITION,
  OMNI_TAG_BYTEVECTOR,
  OMNI_TAG_VALUES, /* as a vector: any number of values but one */
  OMNI_TAG_RECORD_TYPE,
  OMNI_TAG_RECORD,
  OMNI_TAG_TABLE,
  OMNI_TAG_PROMISE,
  OMNI_TAG_PARAMETER,
  OMNI_TAG_PORT,
  OMNI_TAG_FRAME,
  OMNI_TAG_MARK,
  OMNI_TAG_CONTINUATION,
  OMNI_TAG_GENERATOR,
  OMNI_TAG_GROUP,
  OMNI_TAG_MEMBER,
  OMNI_TAG_PRIMITIVE,
  OMNI_TAG_COUNT
} omni_tag;

#define OMNI_IMMORTAL UINT32_MAX

typedef struct omni_header {
  uint32_t count; /* references; in a member, its index */
  uint8_t tag;
  uint8_t immutable; /* part of a literal */
  uint16_t reserved;
} omni_header;

typedef struct omni_integer_object {
  omni_header header;
  int64_t value;
} omni_integer_object;

typedef struct omni_float_object {
  omni_header header;
  double value;
} omni_float_object;

typedef struct omni_string {
  omni_header header;
  uint64_t length;
  uint32_t codes[];
} omni_string;

typedef struct omni_symbol {
  omni_header header;
  uint32_t hash;
  uint32_t length;
  struct omni_symbol *next; /* in its bucket of the symbol table */
  uint32_t codes[];
} omni_symbol;

typedef struct omni_pair {
  omni_header header;
  omni_value fields[2]; /* car, cdr */
} omni_pair;

typedef struct omni_vector_object {
  omni_header header;
  uint64_t length;
  omni_value items[];
} omni_vector_object;

typedef struct omni_box {
  omni_header header;
  omni_value value;
} omni_box;

enum { OMNI_CONDITION_MESSAGE, OMNI_CONDITION_IRRITANTS, OMNI_CONDITION_FIELDS };

typedef struct omni_condition {
  omni_header header;
  uint32_t kind; /* an omni_kind */
  int32_t line;  /* 0: position not recorded yet */
  int32_t column;
  omni_value fields[OMNI_CONDITION_FIELDS]; /* a string, a list */
} omni_condition;

typedef struct omni_bytevector {
  omni_header header;
  uint64_t length;
  uint8_t bytes[];
} omni_bytevector;

typedef enum omni_port_kind {
  OMNI_PORT_MEMORY,  /* what is read is all there, what is written is kept */
  OMNI_PORT_FILE,    /* the port owns the file descriptor */
  OMNI_PORT_STANDARD /* part of the context, with buffers that are, too */
} omni_port_kind;

/* bytes[at .. size) is what was not read yet, or (at being 0) what is kept or not yet in the file. */
typedef struct omni_port {
  omni_header header;
  uint8_t kind; /* an omni_port_kind */
  uint8_t is_input;
  uint8_t is_textual;
  uint8_t is_open;
  uint8_t has_ended; /* a standard input that is not to be read any more */
  int32_t fd;
  int32_t error; /* the errno of a write that failed, or 0 */
  char *bytes;
  uint64_t capacity;
  uint64_t size;
  uint64_t at;
} omni_port;

typedef struct omni_procedure {
  omni_header header;
  const omni_code *code;
} omni_procedure;

typedef struct omni_group {
  omni_header header;
  uint32_t members;
  uint32_t captures;
  omni_procedure member[]; /* the captures follow the last member */
} omni_group;

/* ---- values and objects ---- */

static inline int omni_is_object(omni_value v) { return (v & 7) == 0; }
static inline omni_header *omni_object(omni_value v) { return (omni_header *)(uintptr_t)v; }
static inline omni_value omni_object_value(const void *object) {
  return (omni_value)(uintptr_t)object;
}
static inline int omni_has_tag(omni_value v, omni_tag tag) {
  return omni_is_object(v) && omni_object(v)->tag == tag;
}

static inline int omni_is_fixnum(omni_value v) { return (v & 1) != 0; }
static inline int omni_is_character(omni_value v) { return (v & 0xFF) == 0x02; }
static inline int omni_is_pair(omni_value v) { return omni_has_tag(v, OMNI_TAG_PAIR); }
static inline int omni_is_procedure(omni_value v) {
  return omni_has_tag(v, OMNI_TAG_MEMBER) || omni_has_tag(v, OMNI_TAG_PRIMITIVE);
}
static inline omni_value omni_boolean(int truth) { return truth ? OMNI_TRUE : OMNI_FALSE; }

static inline int omni_are_fixnums(omni_value a, omni_value b) { return (a & b & 1) != 0; }
/* The number in a fixnum. Written so that no negative number is shifted. */
static inline int64_t omni_fixnum_value(omni_value v) {
  return v >> 63 ? ~(int64_t)(~v >> 1) : (int64_t)(v >> 1);
}
static inline uint32_t omni_character_code(omni_value v) { return (uint32_t)(v >> 8); }

static inline omni_string *omni_string_of(omni_value v) { return (omni_string *)omni_object(v); }
static inline omni_symbol *omni_symbol_of(omni_value v) { return (omni_symbol *)omni_object(v); }
static inline omni_vector_object *omni_vector_of(omni_value v) {
  return (omni_vector_object *)omni_object(v);
}
static inline omni_bytevector *omni_bytevector_of(omni_value v) {
  return (omni_bytevector *)omni_object(v);
}
static inline omni_port *omni_port_of(omni_value v) { return (omni_port *)omni_object(v); }
static inline omni_condition *omni_condition_of(omni_value v) {
  return (omni_condition *)omni_object(v);
}
static inline omni_value omni_car_of(omni_value pair) {
  return ((omni_pair *)omni_object(pair))->fields[0];
}
static inline omni_value omni_cdr_of(omni_value pair) {
  return ((omni_pair *)omni_object(pair))->fields[1];
}

static inline omni_group *omni_group_of(const omni_procedure *member) {
  return (omni_group *)(uintptr_t)((uintptr_t)member - offsetof(omni_group, member) -
                                   member->header.count * sizeof(omni_procedure));
}
static inline omni_value *omni_group_captures(omni_group *group) {
  return (omni_value *)(void *)(group->member + group->members);
}

#endif
