/* variadic.h: the C functions of primitives that take optional or any number of arguments. The count
 * has been checked against the primitive table; types have not. One prototype per such row. */
#ifndef OMNI_VARIADIC_H
#define OMNI_VARIADIC_H

#include "omni.h"

omni_result omni_add_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_subtract_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_multiply_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_divide_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_num_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_num_lt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_num_gt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_num_le_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_num_ge_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_max_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_min_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_gcd_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_lcm_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_log_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_atan_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_boolean_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_list_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_cons_star_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_append_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_make_list_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_ci_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_ci_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_lt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_ci_lt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_lt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_ci_lt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_gt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_ci_gt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_gt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_ci_gt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_le_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_ci_le_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_le_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_ci_le_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_ge_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_ci_ge_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_ge_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_ci_ge_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_make_string_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_fill_x_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_copy_x_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_append_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_copy_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_to_list_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_to_vector_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_vector_to_string_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_number_to_string_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_to_number_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_make_bytevector_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_bytevector_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_bytevector_fill_x_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_bytevector_copy_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_bytevector_copy_x_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_bytevector_append_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_string_to_utf8_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_utf8_to_string_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_make_vector_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_vector_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_vector_copy_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_vector_fill_x_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_vector_copy_x_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_vector_append_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_vector_to_list_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_symbol_eq_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_hash_ref_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_error_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_assert_n(omni_context *ctx, int argc, const omni_borrowed *argv);
/* control.c: leave what is to be done to the driver. */
omni_pending omni_call_cc_long_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_call_cc_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_dynamic_wind_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_with_exception_handler_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_raise_continuable_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_call_with_prompt_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_control_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_call_with_parameters_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_yield_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_generator_next_x_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_generator_close_x_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_exit_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_pending omni_emergency_exit_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_values_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_read_char_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_peek_char_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_read_line_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_read_string_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_read_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_char_ready_p_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_u8_ready_p_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_read_u8_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_peek_u8_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_read_bytevector_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_read_bytevector_x_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_display_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_write_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_write_shared_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_write_simple_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_print_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_newline_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_write_string_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_write_char_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_write_u8_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_write_bytevector_n(omni_context *ctx, int argc, const omni_borrowed *argv);
omni_result omni_flush_output_port_n(omni_context *ctx, int argc, const omni_borrowed *argv);
/* Leaves the call pending. */
omni_pending omni_apply_n(omni_context *ctx, int argc, const omni_borrowed *argv);

#endif
