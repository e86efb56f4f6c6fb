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
 *   bytevector header | length | bytes ...
 *   box        header | value
 *   table      header | by_content | used, live, capacity | index | entries
 *   condition  header | kind, line, column | message, irritants
 *   record type header | number of fields | name
 *   record     header | length | type, fields ...  as a vector
 *   promise    header | content                    a pair: (done . value), (not done . thunk)
 *   port       header | kind, state | file descriptor | buffer
 *   group      header | members, captures | member ... | capture ...
 *   member     header | code                       inside of its group; a procedure value
 *   primitive  header | name, arity, entry         static
 *   values     as a vector
 *   parameter  header | value, converter
 *   frame      header | resume, state, slots | next, slot ...
 *   mark       header | kind, height, depth | a, b, frames, next
 *   continuation  header | kind, position, depth | frames, marks
 *   generator  header | state | what it does next
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
  OMNI_TAG_RECORD, /* as a vector: the type, then the fields */
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

enum { OMNI_MARK_BITS = 23, OMNI_MARK_LIMIT = 1 << OMNI_MARK_BITS };

typedef struct omni_header {
  uint32_t count; /* references; in a member, its index */
  uint32_t tag : 8;
  uint32_t immutable : 1;         /* part of a literal */
  uint32_t mark : OMNI_MARK_BITS; /* of the cycle collector (cycles.c); 0 in new objects */
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

typedef struct omni_bytevector {
  omni_header header;
  uint64_t length;
  unsigned char bytes[];
} omni_bytevector;

typedef struct omni_box {
  omni_header header;
  omni_value value;
} omni_box;

/* See hash_table.h. */
typedef struct omni_table {
  omni_header header;
  uint32_t by_content; /* keys are compared with equal?, not with eqv? */
  uint64_t used;       /* entries ever made in `entries`, those deleted since included */
  uint64_t live;       /* entries that have not been deleted */
  uint64_t capacity;   /* entries there is room for: 0, or a power of two */
  uint64_t *index;
  omni_value
      entries; /* a vector key value key value ..., OMNI_NOTHING when there is no room for any */
} omni_table;

enum { OMNI_CONDITION_MESSAGE, OMNI_CONDITION_IRRITANTS, OMNI_CONDITION_FIELDS };

typedef struct omni_condition {
  omni_header header;
  uint32_t kind; /* an omni_kind */
  int32_t line;  /* 0: position not recorded yet */
  int32_t column;
  omni_value fields[OMNI_CONDITION_FIELDS]; /* a string, a list */
} omni_condition;

typedef struct omni_record_type {
  omni_header header;
  uint64_t fields;
  omni_value name; /* a symbol */
} omni_record_type;

typedef struct omni_promise {
  omni_header header;
  omni_value content; /* a pair, which promises can share */
} omni_promise;

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
  uint8_t has_ended;  /* a standard input that is not to be read any more */
  uint8_t folds_case; /* what the last directive about it asked for that `read` met */
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

/* ---- control (continuation.h says what these are for) ---- */

enum { OMNI_PARAMETER_VALUE, OMNI_PARAMETER_CONVERTER, OMNI_PARAMETER_FIELDS };

typedef struct omni_parameter {
  omni_header header;
  omni_value fields[OMNI_PARAMETER_FIELDS];
} omni_parameter;

/* A suspended activation of a C function; fields[0] is the frame below, the slots follow. */
typedef struct omni_frame {
  omni_header header;
  omni_resume resume;
  int32_t state;
  uint32_t slots;
  omni_value fields[];
} omni_frame;

typedef enum omni_mark_kind {
  OMNI_MARK_PROMPT,     /* a: the tag */
  OMNI_MARK_WIND,       /* a: (before . after), whose identity is the wind's */
  OMNI_MARK_HANDLER,    /* a: (procedure), whose identity is the handler's */
  OMNI_MARK_PARAMETERS, /* a: list of (parameter . value) */
  OMNI_MARK_GENERATOR,  /* a: the generator */
  OMNI_MARK_GUARD,      /* a: a frame whose function handles errors itself */
  OMNI_MARK_HANDLING,   /* a: identity of the handler that runs; b: #t if it may return, else
                         * (object . position) of what was raised */
  OMNI_MARK_OUTSIDE,    /* a: frame of the guard whose clauses did not match; b: the frame in whose
                         * guard that guard is, or () */
  OMNI_MARK_JOIN        /* keeps the frames below from those that were pushed as a whole */
} omni_mark_kind;

enum { OMNI_MARK_A, OMNI_MARK_B, OMNI_MARK_FRAMES, OMNI_MARK_NEXT, OMNI_MARK_FIELDS };

typedef struct omni_mark {
  omni_header header;
  uint32_t kind;
  uint32_t height; /* number of marks from here down */
  uint64_t depth;  /* bytes of the continuation below */
  omni_value fields[OMNI_MARK_FIELDS];
} omni_mark;

typedef enum omni_continuation_kind {
  OMNI_CONTINUATION_FULL,       /* call/cc: replaces the current continuation */
  OMNI_CONTINUATION_COMPOSABLE, /* control, yield: extends it */
  OMNI_CONTINUATION_CONTEXT     /* of an object that a guard caught; never visible to a program */
} omni_continuation_kind;

enum { OMNI_CONTINUATION_FRAMES, OMNI_CONTINUATION_MARKS, OMNI_CONTINUATION_FIELDS };

typedef struct omni_continuation {
  omni_header header;
  uint16_t kind;
  uint16_t continuable; /* of a context: what was raised may be answered */
  int32_t line;         /* of a context: where it was raised */
  int32_t column;
  uint64_t depth;
  omni_value fields[OMNI_CONTINUATION_FIELDS];
} omni_continuation;

typedef enum omni_generator_state {
  OMNI_GENERATOR_FRESH,     /* rest: the thunk */
  OMNI_GENERATOR_SUSPENDED, /* rest: the composable continuation of the last yield */
  OMNI_GENERATOR_RUNNING,   /* rest: () */
  OMNI_GENERATOR_DONE       /* rest: () */
} omni_generator_state;

typedef struct omni_generator {
  omni_header header;
  uint64_t state;
  omni_value rest;
} omni_generator;

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
  return omni_has_tag(v, OMNI_TAG_MEMBER) || omni_has_tag(v, OMNI_TAG_PRIMITIVE) ||
         omni_has_tag(v, OMNI_TAG_CONTINUATION) || omni_has_tag(v, OMNI_TAG_PARAMETER);
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
static inline omni_table *omni_table_of(omni_value v) { return (omni_table *)omni_object(v); }
static inline omni_port *omni_port_of(omni_value v) { return (omni_port *)omni_object(v); }
static inline omni_condition *omni_condition_of(omni_value v) {
  return (omni_condition *)omni_object(v);
}
static inline omni_frame *omni_frame_of(omni_value v) { return (omni_frame *)omni_object(v); }
static inline omni_mark *omni_mark_of(omni_value v) { return (omni_mark *)omni_object(v); }
static inline omni_continuation *omni_continuation_of(omni_value v) {
  return (omni_continuation *)omni_object(v);
}
static inline omni_generator *omni_generator_of(omni_value v) {
  return (omni_generator *)omni_object(v);
}
static inline omni_parameter *omni_parameter_of(omni_value v) {
  return (omni_parameter *)omni_object(v);
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
