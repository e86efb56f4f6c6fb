/* Random graphs that keep changing: after every collection exactly what can be reached is alive, holds what it
 * held, and is counted as often as it is referred to. */
#include "graph.h"

/* The test's own idea of the graph: nodes by number, and what it holds itself. */
enum { NODES = 60, FIELDS = 4, NO_NODE = -1 };

typedef struct node {
  omni_value value; /* of a group: its first member */
  uint64_t roots;   /* references that the test holds */
  int used;
  int reached;
  int fields;
  int targets[FIELDS];
} node;

typedef struct model {
  omni_context *ctx;
  uint64_t random;
  uint64_t outside; /* objects that are not nodes */
  node nodes[NODES];
} model;

static int draw(model *m, int limit) {
  m->random = m->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (int)((m->random >> 33) % (uint64_t)limit);
}

/* A node in use; NO_NODE if there seems to be none. */
static int draw_node(model *m) {
  for (int tries = 0; tries < 10; tries++) {
    int i = draw(m, NODES);
    if (m->nodes[i].used)
      return i;
  }
  return NO_NODE;
}

static omni_value reference(model *m, int target) {
  if (target == NO_NODE)
    return omni_fixnum(7);
  omni_value v = m->nodes[target].value;
  return omni_has_tag(v, OMNI_TAG_MEMBER) ? omni_sibling(v, draw(m, 2)) : omni_dup(v);
}

static void make_node(model *m) {
  int i = draw(m, NODES);
  node *made = &m->nodes[i];
  if (made->used)
    return;
  for (int f = 0; f < FIELDS; f++)
    made->targets[f] = draw_node(m);
  omni_context *ctx = m->ctx;
  switch (draw(m, 5)) {
  case 0:
    made->fields = 2;
    made->value = pair_of(ctx, reference(m, made->targets[0]), reference(m, made->targets[1]));
    break;
  case 1:
    made->fields = draw(m, FIELDS + 1);
    made->value = omni_vector_make(ctx, (uint64_t)made->fields, OMNI_NIL);
    for (int f = 0; f < made->fields; f++)
      set_item(ctx, made->value, (uint64_t)f, reference(m, made->targets[f]));
    break;
  case 2:
    made->fields = 1;
    made->value = omni_box_make(ctx, reference(m, made->targets[0]));
    break;
  case 3:
    made->fields = 1;
    made->value = closure_over(ctx, reference(m, made->targets[0]));
    break;
  default:
    made->fields = 0;
    made->value = literal(ctx, "s4:leaf");
  }
  made->used = 1;
  made->roots = 1;
}

static void change_node(model *m) {
  int i = draw_node(m), target = draw_node(m);
  if (i == NO_NODE)
    return;
  node *changed = &m->nodes[i];
  omni_value v = changed->value;
  int field = changed->fields == 0 ? 0 : draw(m, changed->fields);
  if (omni_is_pair(v)) {
    if (field == 0)
      omni_set_car_x(m->ctx, v, reference(m, target));
    else
      set_cdr(m->ctx, v, reference(m, target));
  } else if (omni_has_tag(v, OMNI_TAG_BOX)) {
    omni_box_set(m->ctx, v, reference(m, target));
  } else if (omni_has_tag(v, OMNI_TAG_VECTOR) && changed->fields > 0) {
    set_item(m->ctx, v, (uint64_t)field, reference(m, target));
  } else {
    return;
  }
  changed->targets[field] = target;
}

static void hold_node(model *m) {
  int i = draw_node(m);
  if (i == NO_NODE)
    return;
  reference(m, i);
  m->nodes[i].roots++;
}

static void let_go(model *m) {
  int i = draw_node(m);
  if (i == NO_NODE || m->nodes[i].roots == 0)
    return;
  m->nodes[i].roots--;
  omni_drop(m->ctx, m->nodes[i].value);
}

/* Forget the nodes that the test's references do not lead to; gives how many are left. */
static uint64_t trace(model *m) {
  int stack[NODES], size = 0;
  uint64_t reached = 0;
  for (int i = 0; i < NODES; i++) {
    m->nodes[i].reached = m->nodes[i].used && m->nodes[i].roots > 0;
    if (m->nodes[i].reached)
      stack[size++] = i;
  }
  while (size > 0) {
    const node *from = &m->nodes[stack[--size]];
    reached++;
    for (int f = 0; f < from->fields; f++) {
      int target = from->targets[f];
      if (target == NO_NODE || m->nodes[target].reached)
        continue;
      m->nodes[target].reached = 1;
      stack[size++] = target;
    }
  }
  for (int i = 0; i < NODES; i++)
    m->nodes[i].used = m->nodes[i].reached;
  return reached;
}

/* The nodes that are left hold what they held, and are counted as often as they are referred to; `exactly`
 * if no garbage refers to them. */
static void check_nodes(const model *m, int exactly) {
  uint64_t counts[NODES] = {0};
  for (int i = 0; i < NODES; i++) {
    const node *n = &m->nodes[i];
    if (!n->used)
      continue;
    uint32_t fields;
    const omni_value *field = omni_object_fields(omni_counted(n->value), &fields);
    CHECK(fields == (uint32_t)n->fields);
    counts[i] += n->roots;
    for (int f = 0; f < n->fields; f++) {
      if (n->targets[f] == NO_NODE) {
        CHECK(field[f] == omni_fixnum(7));
      } else {
        CHECK(omni_counted(field[f]) == omni_counted(m->nodes[n->targets[f]].value));
        counts[n->targets[f]]++;
      }
    }
  }
  for (int i = 0; i < NODES; i++) {
    if (!m->nodes[i].used)
      continue;
    uint64_t count = omni_counted(m->nodes[i].value)->count;
    CHECK(exactly ? count == counts[i] : count >= counts[i]);
  }
}

static void test_random_graphs(uint64_t seed) {
  static void (*const steps[])(model *) = {make_node, change_node, hold_node, let_go, let_go};
  static model m;
  memset(&m, 0, sizeof m);
  m.ctx = open_context();
  m.random = seed;
  m.outside = live(m.ctx);
  for (int i = 0; i < 4000; i++) {
    /* Mostly collections that are asked for, but also early ones in the middle of a step. */
    m.ctx->cycles.threshold = draw(&m, 4) == 0 ? 1 + (uint32_t)draw(&m, 4) : OMNI_FIRST_CANDIDATES;
    steps[draw(&m, 5)](&m);
    uint64_t left = trace(&m);
    CHECK(live(m.ctx) >= m.outside + left);
    check_nodes(&m, 0);
    if (draw(&m, 3) != 0)
      continue;
    omni_cycles_collect(m.ctx);
    CHECK(live(m.ctx) == m.outside + left);
    check_nodes(&m, 1);
  }
  for (int i = 0; i < NODES; i++)
    for (; m.nodes[i].used && m.nodes[i].roots > 0; m.nodes[i].roots--)
      omni_drop(m.ctx, m.nodes[i].value);
  close_context(m.ctx);
}

int main(void) {
  for (uint64_t seed = 1; seed <= 10; seed++)
    test_random_graphs(seed);
  return 0;
}
