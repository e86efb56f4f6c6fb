#include "procedure.h"

#include "heap.h"

omni_result omni_group_make(omni_context *ctx, const omni_code *const *codes, int members,
                            int captures) {
  uint64_t bytes = sizeof(omni_group) + (uint64_t)members * sizeof(omni_procedure);
  omni_group *group = omni_object_allocate_array(ctx, OMNI_TAG_GROUP, bytes, (uint64_t)captures,
                                                 sizeof(omni_value));
  if (group == NULL)
    return OMNI_FAILED;
  group->members = (uint32_t)members;
  group->captures = (uint32_t)captures;
  for (int i = 0; i < members; i++) {
    group->member[i].header = (omni_header){(uint32_t)i, OMNI_TAG_MEMBER, 0, 0};
    group->member[i].code = codes[i];
  }
  /* So that a group may die before its captures are initialised. */
  for (int i = 0; i < captures; i++)
    omni_group_captures(group)[i] = OMNI_NOTHING;
  return omni_object_value(group->member);
}

static omni_group *group_of(omni_borrowed member) {
  return omni_group_of((const omni_procedure *)omni_object(member));
}

void omni_capture_init(omni_borrowed member, int index, omni_owned v) {
  omni_group_captures(group_of(member))[index] = v;
}

omni_owned omni_capture_get(omni_borrowed self, int index) {
  return omni_dup(omni_group_captures(group_of(self))[index]);
}

omni_owned omni_sibling(omni_borrowed self, int index) {
  return omni_dup(omni_object_value(&group_of(self)->member[index]));
}

omni_immediate omni_primitive(int index) { return omni_object_value(&omni_primitives[index]); }

const char *omni_procedure_name(omni_borrowed procedure) {
  if (omni_has_tag(procedure, OMNI_TAG_PRIMITIVE))
    return omni_primitive_of(procedure)->name;
  return omni_code_of(procedure)->name;
}
