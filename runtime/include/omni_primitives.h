/* omni_primitives.h: the C functions of the primitives that compiled code calls directly.
 *
 * One prototype per row and argument count of the primitive table; a test compares the two. See omni.h
 * for what the types say about ownership. A comment gives the OmniLisp name. */
#ifndef OMNI_PRIMITIVES_H
#define OMNI_PRIMITIVES_H

#include "omni.h"

omni_result omni_add(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* + */
omni_result omni_negate(omni_context *ctx, omni_borrowed a); /* - */
omni_result omni_subtract(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* - */
omni_result omni_multiply(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* * */
omni_result omni_reciprocal(omni_context *ctx, omni_borrowed a); /* / */
omni_result omni_divide(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* / */
omni_result omni_quotient(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* quotient */
omni_result omni_remainder(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* remainder */
omni_result omni_modulo(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* modulo */
omni_result omni_remainder_percent(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* % */
omni_result omni_floor_quotient(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* floor-quotient */
omni_result omni_floor_remainder(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* floor-remainder */
omni_result omni_truncate_quotient(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* truncate-quotient */
omni_result omni_truncate_remainder(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* truncate-remainder */
omni_check omni_num_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* = */
omni_check omni_num_lt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* < */
omni_check omni_num_gt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* > */
omni_check omni_num_le(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* <= */
omni_check omni_num_ge(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* >= */
omni_check omni_zero_p(omni_context *ctx, omni_borrowed a); /* zero? */
omni_check omni_positive_p(omni_context *ctx, omni_borrowed a); /* positive? */
omni_check omni_negative_p(omni_context *ctx, omni_borrowed a); /* negative? */
omni_check omni_odd_p(omni_context *ctx, omni_borrowed a); /* odd? */
omni_check omni_even_p(omni_context *ctx, omni_borrowed a); /* even? */
omni_result omni_max(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* max */
omni_result omni_min(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* min */
omni_result omni_abs(omni_context *ctx, omni_borrowed a); /* abs */
omni_result omni_magnitude_of(omni_context *ctx, omni_borrowed a); /* magnitude */
omni_result omni_square(omni_context *ctx, omni_borrowed a); /* square */
omni_result omni_gcd(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* gcd */
omni_result omni_lcm(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* lcm */
omni_result omni_expt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* expt */
omni_result omni_sqrt(omni_context *ctx, omni_borrowed a); /* sqrt */
omni_result omni_integer_sqrt(omni_context *ctx, omni_borrowed a); /* %integer-sqrt */
omni_result omni_exp(omni_context *ctx, omni_borrowed a); /* exp */
omni_result omni_sin(omni_context *ctx, omni_borrowed a); /* sin */
omni_result omni_cos(omni_context *ctx, omni_borrowed a); /* cos */
omni_result omni_tan(omni_context *ctx, omni_borrowed a); /* tan */
omni_result omni_asin(omni_context *ctx, omni_borrowed a); /* asin */
omni_result omni_acos(omni_context *ctx, omni_borrowed a); /* acos */
omni_result omni_log(omni_context *ctx, omni_borrowed a); /* log */
omni_result omni_log_base(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* log */
omni_result omni_atan(omni_context *ctx, omni_borrowed a); /* atan */
omni_result omni_atan_quadrant(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* atan */
omni_result omni_floor(omni_context *ctx, omni_borrowed a); /* floor */
omni_result omni_ceiling(omni_context *ctx, omni_borrowed a); /* ceiling */
omni_result omni_round(omni_context *ctx, omni_borrowed a); /* round */
omni_result omni_truncate(omni_context *ctx, omni_borrowed a); /* truncate */
omni_result omni_numerator(omni_context *ctx, omni_borrowed a); /* numerator */
omni_result omni_denominator(omni_context *ctx, omni_borrowed a); /* denominator */
omni_result omni_exact(omni_context *ctx, omni_borrowed a); /* exact */
omni_result omni_inexact_to_exact(omni_context *ctx, omni_borrowed a); /* inexact->exact */
omni_result omni_inexact(omni_context *ctx, omni_borrowed a); /* inexact */
omni_result omni_exact_to_inexact(omni_context *ctx, omni_borrowed a); /* exact->inexact */
omni_immediate omni_complex_p(omni_context *ctx, omni_borrowed a); /* complex? */
omni_immediate omni_real_p(omni_context *ctx, omni_borrowed a); /* real? */
omni_immediate omni_rational_p(omni_context *ctx, omni_borrowed a); /* rational? */
omni_immediate omni_exact_rational_p(omni_context *ctx, omni_borrowed a); /* exact-rational? */
omni_immediate omni_exact_integer_p(omni_context *ctx, omni_borrowed a); /* exact-integer? */
omni_check omni_exact_p(omni_context *ctx, omni_borrowed a); /* exact? */
omni_check omni_inexact_p(omni_context *ctx, omni_borrowed a); /* inexact? */
omni_check omni_finite_p(omni_context *ctx, omni_borrowed a); /* finite? */
omni_check omni_infinite_p(omni_context *ctx, omni_borrowed a); /* infinite? */
omni_check omni_nan_p(omni_context *ctx, omni_borrowed a); /* nan? */
omni_result omni_bitwise_and(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* bitwise-and */
omni_result omni_bitwise_ior(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* bitwise-ior */
omni_result omni_bitwise_xor(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* bitwise-xor */
omni_result omni_bitwise_not(omni_context *ctx, omni_borrowed a); /* bitwise-not */
omni_result omni_arithmetic_shift(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* arithmetic-shift */
omni_immediate omni_number_p(omni_context *ctx, omni_borrowed a); /* number? */
omni_immediate omni_integer_p(omni_context *ctx, omni_borrowed a); /* integer? */
omni_immediate omni_float_p(omni_context *ctx, omni_borrowed a); /* float? */
omni_immediate omni_boolean_p(omni_context *ctx, omni_borrowed a); /* boolean? */
omni_immediate omni_nothing_p(omni_context *ctx, omni_borrowed a); /* nothing? */
omni_immediate omni_char_p(omni_context *ctx, omni_borrowed a); /* char? */
omni_immediate omni_string_p(omni_context *ctx, omni_borrowed a); /* string? */
omni_immediate omni_symbol_p(omni_context *ctx, omni_borrowed a); /* symbol? */
omni_immediate omni_pair_p(omni_context *ctx, omni_borrowed a); /* pair? */
omni_immediate omni_null_p(omni_context *ctx, omni_borrowed a); /* null? */
omni_immediate omni_vector_p(omni_context *ctx, omni_borrowed a); /* vector? */
omni_immediate omni_procedure_p(omni_context *ctx, omni_borrowed a); /* procedure? */
omni_immediate omni_condition_p(omni_context *ctx, omni_borrowed a); /* condition? */
omni_immediate omni_eof_object_p(omni_context *ctx, omni_borrowed a); /* eof-object? */
omni_immediate omni_list_p(omni_context *ctx, omni_borrowed a); /* list? */
omni_immediate omni_not(omni_context *ctx, omni_borrowed a); /* not */
omni_check omni_boolean_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* boolean=? */
omni_immediate omni_eq_p(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* eq? */
omni_immediate omni_eqv_p(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* eqv? */
omni_check omni_equal_p(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* equal? */
omni_result omni_cons(omni_context *ctx, omni_owned a, omni_owned b); /* cons */
omni_result omni_car(omni_context *ctx, omni_borrowed a); /* car */
omni_result omni_cdr(omni_context *ctx, omni_borrowed a); /* cdr */
omni_result omni_caar(omni_context *ctx, omni_borrowed a); /* caar */
omni_result omni_cadr(omni_context *ctx, omni_borrowed a); /* cadr */
omni_result omni_cdar(omni_context *ctx, omni_borrowed a); /* cdar */
omni_result omni_cddr(omni_context *ctx, omni_borrowed a); /* cddr */
omni_result omni_caaar(omni_context *ctx, omni_borrowed a); /* caaar */
omni_result omni_caadr(omni_context *ctx, omni_borrowed a); /* caadr */
omni_result omni_cadar(omni_context *ctx, omni_borrowed a); /* cadar */
omni_result omni_caddr(omni_context *ctx, omni_borrowed a); /* caddr */
omni_result omni_cdaar(omni_context *ctx, omni_borrowed a); /* cdaar */
omni_result omni_cdadr(omni_context *ctx, omni_borrowed a); /* cdadr */
omni_result omni_cddar(omni_context *ctx, omni_borrowed a); /* cddar */
omni_result omni_cdddr(omni_context *ctx, omni_borrowed a); /* cdddr */
omni_result omni_caaaar(omni_context *ctx, omni_borrowed a); /* caaaar */
omni_result omni_caaadr(omni_context *ctx, omni_borrowed a); /* caaadr */
omni_result omni_caadar(omni_context *ctx, omni_borrowed a); /* caadar */
omni_result omni_caaddr(omni_context *ctx, omni_borrowed a); /* caaddr */
omni_result omni_cadaar(omni_context *ctx, omni_borrowed a); /* cadaar */
omni_result omni_cadadr(omni_context *ctx, omni_borrowed a); /* cadadr */
omni_result omni_caddar(omni_context *ctx, omni_borrowed a); /* caddar */
omni_result omni_cadddr(omni_context *ctx, omni_borrowed a); /* cadddr */
omni_result omni_cdaaar(omni_context *ctx, omni_borrowed a); /* cdaaar */
omni_result omni_cdaadr(omni_context *ctx, omni_borrowed a); /* cdaadr */
omni_result omni_cdadar(omni_context *ctx, omni_borrowed a); /* cdadar */
omni_result omni_cdaddr(omni_context *ctx, omni_borrowed a); /* cdaddr */
omni_result omni_cddaar(omni_context *ctx, omni_borrowed a); /* cddaar */
omni_result omni_cddadr(omni_context *ctx, omni_borrowed a); /* cddadr */
omni_result omni_cdddar(omni_context *ctx, omni_borrowed a); /* cdddar */
omni_result omni_cddddr(omni_context *ctx, omni_borrowed a); /* cddddr */
omni_check omni_set_car_x(omni_context *ctx, omni_borrowed a, omni_owned b); /* set-car! */
omni_check omni_set_cdr_x(omni_context *ctx, omni_borrowed a, omni_owned b); /* set-cdr! */
omni_result omni_length(omni_context *ctx, omni_borrowed a); /* length */
omni_result omni_append(omni_context *ctx, omni_borrowed a, omni_owned b); /* append */
omni_result omni_reverse(omni_context *ctx, omni_borrowed a); /* reverse */
omni_result omni_list_copy(omni_context *ctx, omni_borrowed a); /* list-copy */
omni_result omni_list_tail(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* list-tail */
omni_result omni_list_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* list-ref */
omni_check omni_list_set_x(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_owned c); /* list-set! */
omni_result omni_last_pair(omni_context *ctx, omni_borrowed a); /* last-pair */
omni_result omni_memq(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* memq */
omni_result omni_memv(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* memv */
omni_result omni_member(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* %member */
omni_result omni_assq(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* assq */
omni_result omni_assv(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* assv */
omni_result omni_assoc(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* %assoc */
omni_result omni_symbol_to_string(omni_context *ctx, omni_borrowed a); /* symbol->string */
omni_result omni_string_to_symbol(omni_context *ctx, omni_borrowed a); /* string->symbol */
omni_result omni_gensym(omni_context *ctx); /* gensym */
omni_result omni_char_to_integer(omni_context *ctx, omni_borrowed a); /* char->integer */
omni_check omni_integer_to_char(omni_context *ctx, omni_borrowed a); /* integer->char */
omni_check omni_symbol_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* symbol=? */
omni_check omni_char_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* char=? */
omni_check omni_char_ci_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* char-ci=? */
omni_check omni_string_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string=? */
omni_check omni_string_ci_eq(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string-ci=? */
omni_check omni_char_lt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* char<? */
omni_check omni_char_ci_lt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* char-ci<? */
omni_check omni_string_lt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string<? */
omni_check omni_string_ci_lt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string-ci<? */
omni_check omni_char_gt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* char>? */
omni_check omni_char_ci_gt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* char-ci>? */
omni_check omni_string_gt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string>? */
omni_check omni_string_ci_gt(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string-ci>? */
omni_check omni_char_le(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* char<=? */
omni_check omni_char_ci_le(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* char-ci<=? */
omni_check omni_string_le(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string<=? */
omni_check omni_string_ci_le(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string-ci<=? */
omni_check omni_char_ge(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* char>=? */
omni_check omni_char_ci_ge(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* char-ci>=? */
omni_check omni_string_ge(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string>=? */
omni_check omni_string_ci_ge(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string-ci>=? */
omni_check omni_char_alphabetic_p(omni_context *ctx, omni_borrowed a); /* char-alphabetic? */
omni_check omni_char_numeric_p(omni_context *ctx, omni_borrowed a); /* char-numeric? */
omni_check omni_char_whitespace_p(omni_context *ctx, omni_borrowed a); /* char-whitespace? */
omni_check omni_char_upper_case_p(omni_context *ctx, omni_borrowed a); /* char-upper-case? */
omni_check omni_char_lower_case_p(omni_context *ctx, omni_borrowed a); /* char-lower-case? */
omni_check omni_char_upcase(omni_context *ctx, omni_borrowed a); /* char-upcase */
omni_check omni_char_downcase(omni_context *ctx, omni_borrowed a); /* char-downcase */
omni_check omni_char_foldcase(omni_context *ctx, omni_borrowed a); /* char-foldcase */
omni_result omni_digit_value(omni_context *ctx, omni_borrowed a); /* digit-value */
omni_result omni_string_length(omni_context *ctx, omni_borrowed a); /* string-length */
omni_check omni_string_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string-ref */
omni_check omni_string_set_x(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_borrowed c); /* string-set! */
omni_result omni_substring(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_borrowed c); /* substring */
omni_result omni_string_append(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* string-append */
omni_result omni_list_to_string(omni_context *ctx, omni_borrowed a); /* list->string */
omni_result omni_string_upcase(omni_context *ctx, omni_borrowed a); /* string-upcase */
omni_result omni_string_downcase(omni_context *ctx, omni_borrowed a); /* string-downcase */
omni_result omni_string_foldcase(omni_context *ctx, omni_borrowed a); /* string-foldcase */
omni_immediate omni_bytevector_p(omni_context *ctx, omni_borrowed a); /* bytevector? */
omni_result omni_bytevector_length(omni_context *ctx, omni_borrowed a); /* bytevector-length */
omni_result omni_bytevector_u8_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* bytevector-u8-ref */
omni_check omni_bytevector_u8_set_x(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_borrowed c); /* bytevector-u8-set! */
omni_result omni_vector_length(omni_context *ctx, omni_borrowed a); /* vector-length */
omni_result omni_vector_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* vector-ref */
omni_check omni_vector_set_x(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_owned c); /* vector-set! */
omni_check omni_vector_fill_x(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* vector-fill! */
omni_result omni_list_to_vector(omni_context *ctx, omni_borrowed a); /* list->vector */
omni_result omni_make_hash_table(omni_context *ctx); /* make-hash-table */
omni_result omni_make_eqv_hash_table(omni_context *ctx); /* make-eqv-hash-table */
omni_immediate omni_hash_table_p(omni_context *ctx, omni_borrowed a); /* hash-table? */
omni_result omni_hash_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* hash-ref */
omni_result omni_hash_ref_or(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_borrowed c); /* hash-ref */
omni_check omni_hash_set_x(omni_context *ctx, omni_borrowed a, omni_owned b, omni_owned c); /* hash-set! */
omni_check omni_hash_delete_x(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* hash-delete! */
omni_check omni_hash_clear_x(omni_context *ctx, omni_borrowed a); /* hash-clear! */
omni_check omni_hash_has_key_p(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* hash-has-key? */
omni_result omni_hash_count(omni_context *ctx, omni_borrowed a); /* hash-count */
omni_result omni_hash_keys(omni_context *ctx, omni_borrowed a); /* hash-keys */
omni_result omni_hash_values(omni_context *ctx, omni_borrowed a); /* hash-values */
omni_result omni_hash_to_list(omni_context *ctx, omni_borrowed a); /* hash->list */
omni_result omni_hash_copy(omni_context *ctx, omni_borrowed a); /* hash-copy */
omni_check omni_raise_key(omni_context *ctx, omni_borrowed who, omni_borrowed b); /* %raise-key */
omni_check omni_raise(omni_context *ctx, omni_owned a); /* raise */
omni_check omni_raise_type(omni_context *ctx, omni_borrowed who, omni_borrowed what, omni_borrowed c); /* %raise-type */
omni_check omni_raise_index(omni_context *ctx, omni_borrowed who, omni_borrowed b); /* %raise-index */
omni_check omni_raise_division(omni_context *ctx, omni_borrowed who); /* %raise-division */
omni_check omni_raise_overflow(omni_context *ctx, omni_borrowed who); /* %raise-overflow */
omni_immediate omni_error_object_p(omni_context *ctx, omni_borrowed a); /* error-object? */
omni_immediate omni_read_error_p(omni_context *ctx, omni_borrowed a);   /* read-error? */
omni_immediate omni_file_error_p(omni_context *ctx, omni_borrowed a);   /* file-error? */
omni_result omni_error_object_message(omni_context *ctx, omni_borrowed a); /* error-object-message */
omni_result omni_error_object_irritants(omni_context *ctx, omni_borrowed a); /* error-object-irritants */
omni_result omni_condition_kind(omni_context *ctx, omni_borrowed a); /* condition-kind */
omni_result omni_make_generator(omni_context *ctx, omni_borrowed a); /* make-generator */
omni_immediate omni_generator_p(omni_context *ctx, omni_borrowed a); /* generator? */
omni_check omni_generator_done_p(omni_context *ctx, omni_borrowed a); /* generator-done? */
omni_result omni_make_parameter(omni_context *ctx, omni_owned a, omni_owned b); /* %make-parameter */
omni_immediate omni_parameter_p(omni_context *ctx, omni_borrowed a); /* %parameter? */
omni_result omni_parameter_converter(omni_context *ctx, omni_borrowed a); /* %parameter-converter */
omni_result omni_values_to_list(omni_context *ctx, omni_borrowed a); /* %values->list */
omni_result omni_make_record_type(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* %make-record-type */
omni_result omni_make_record(omni_context *ctx, omni_borrowed a); /* %make-record */
omni_immediate omni_record_is_p(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* %record-is? */
omni_result omni_record_ref(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* %record-ref */
omni_check omni_record_set_x(omni_context *ctx, omni_borrowed a, omni_borrowed b, omni_owned c); /* %record-set! */
omni_immediate omni_promise_p(omni_context *ctx, omni_borrowed a); /* promise? */
omni_result omni_promise_make(omni_context *ctx, omni_owned a); /* %promise */
omni_result omni_promise_content(omni_context *ctx, omni_borrowed a); /* %promise-content */
omni_check omni_promise_replace_x(omni_context *ctx, omni_borrowed a, omni_owned b); /* %promise-replace! */
omni_check omni_raise_match(omni_context *ctx, omni_borrowed a); /* %raise-match */
omni_check omni_raise_no_clause(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* %raise-no-clause */

omni_immediate omni_port_p(omni_context *ctx, omni_borrowed a); /* port? */
omni_immediate omni_input_port_p(omni_context *ctx, omni_borrowed a); /* input-port? */
omni_immediate omni_output_port_p(omni_context *ctx, omni_borrowed a); /* output-port? */
omni_immediate omni_textual_port_p(omni_context *ctx, omni_borrowed a); /* textual-port? */
omni_immediate omni_binary_port_p(omni_context *ctx, omni_borrowed a); /* binary-port? */
omni_check omni_input_port_open_p(omni_context *ctx, omni_borrowed a); /* input-port-open? */
omni_check omni_output_port_open_p(omni_context *ctx, omni_borrowed a); /* output-port-open? */
omni_owned omni_current_input_port(omni_context *ctx); /* current-input-port */
omni_owned omni_current_output_port(omni_context *ctx); /* current-output-port */
omni_owned omni_current_error_port(omni_context *ctx); /* current-error-port */
omni_result omni_set_current_port(omni_context *ctx, omni_borrowed a, omni_borrowed b); /* %set-current-port! */
omni_check omni_close_port(omni_context *ctx, omni_borrowed a); /* close-port */
omni_check omni_close_input_port(omni_context *ctx, omni_borrowed a); /* close-input-port */
omni_check omni_close_output_port(omni_context *ctx, omni_borrowed a); /* close-output-port */
omni_result omni_open_input_string(omni_context *ctx, omni_borrowed a); /* open-input-string */
omni_result omni_open_output_string(omni_context *ctx); /* open-output-string */
omni_result omni_get_output_string(omni_context *ctx, omni_borrowed a); /* get-output-string */
omni_result omni_open_input_bytevector(omni_context *ctx, omni_borrowed a); /* open-input-bytevector */
omni_result omni_open_output_bytevector(omni_context *ctx); /* open-output-bytevector */
omni_result omni_get_output_bytevector(omni_context *ctx, omni_borrowed a); /* get-output-bytevector */
omni_result omni_open_input_file(omni_context *ctx, omni_borrowed a); /* open-input-file */
omni_result omni_open_binary_input_file(omni_context *ctx, omni_borrowed a); /* open-binary-input-file */
omni_result omni_open_output_file(omni_context *ctx, omni_borrowed a); /* open-output-file */
omni_result omni_open_binary_output_file(omni_context *ctx, omni_borrowed a); /* open-binary-output-file */
omni_check omni_file_exists_p(omni_context *ctx, omni_borrowed a); /* file-exists? */
omni_check omni_delete_file(omni_context *ctx, omni_borrowed a); /* delete-file */
omni_result omni_read_char(omni_context *ctx); /* read-char */
omni_result omni_peek_char(omni_context *ctx); /* peek-char */
omni_result omni_read_line(omni_context *ctx); /* read-line */
omni_owned omni_eof_object(omni_context *ctx); /* eof-object */
omni_check omni_display(omni_context *ctx, omni_borrowed a); /* display */
omni_check omni_write(omni_context *ctx, omni_borrowed a); /* write */
omni_check omni_write_shared(omni_context *ctx, omni_borrowed a); /* write-shared */
omni_check omni_write_simple(omni_context *ctx, omni_borrowed a); /* write-simple */
omni_check omni_print(omni_context *ctx, omni_borrowed a); /* print */
omni_check omni_newline(omni_context *ctx); /* newline */
omni_check omni_write_string(omni_context *ctx, omni_borrowed a); /* write-string */
omni_check omni_write_char(omni_context *ctx, omni_borrowed a); /* write-char */
omni_result omni_current_jiffy(omni_context *ctx); /* current-jiffy */
omni_owned omni_jiffies_per_second(omni_context *ctx); /* jiffies-per-second */
omni_result omni_current_second(omni_context *ctx); /* current-second */
omni_result omni_command_line(omni_context *ctx); /* command-line */
omni_result omni_get_environment_variable(omni_context *ctx, omni_borrowed a); /* get-environment-variable */
omni_result omni_get_environment_variables(omni_context *ctx); /* get-environment-variables */

#endif
