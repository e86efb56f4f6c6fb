/* plant_driver.c: a program that passes by every place where a fault can be planted (OMNI_PLANT names it).
 * Without a fault its value is index-out-of-range and nothing else happens. */
#include "check.h"
#include "omni_host.h"
#include "variadic.h"

static omni_pending run(omni_context *ctx) {
  omni_value list = literal(ctx, "i1;i2;l1;El1;"), characters = literal(ctx, "c97;c98;El2;");
  omni_drop(ctx, omni_reverse(ctx, list));
  omni_result ab = omni_list_to_string(ctx, characters);
  omni_drop(ctx, omni_string_append(ctx, ab, ab));
  omni_drop(ctx, ab);
  const omni_value three[] = {omni_fixnum(3)};
  omni_drop(ctx, omni_make_string_n(ctx, 1, three));
  omni_drop(ctx, omni_gensym(ctx));
  omni_drop(ctx, list);
  omni_drop(ctx, characters);

  omni_result shifted = omni_arithmetic_shift(ctx, omni_fixnum(1), omni_fixnum(64));
  omni_drop(ctx, omni_failed(shifted) ? omni_catch(ctx) : shifted);

  omni_value vector = literal(ctx, "v0;");
  CHECK(omni_failed(omni_vector_ref(ctx, vector, omni_fixnum(0))));
  omni_drop(ctx, vector);
  omni_value ring = omni_cons(ctx, OMNI_NIL, OMNI_NIL);
  omni_set_cdr_x(ctx, ring, omni_dup(ring));
  omni_drop(ctx, ring);

  omni_value condition = omni_catch(ctx);
  omni_result kind = omni_condition_kind(ctx, condition);
  omni_drop(ctx, condition);
  return kind;
}

int main(void) {
  const omni_program program = {
      "plants.omni", (const omni_form[]){run}, 1, NULL, 0, NULL, NULL, 0, NULL, NULL};
  omni_host_options options;
  omni_host_options_from_environment(&options);
  return omni_host_run(&program, &options);
}
