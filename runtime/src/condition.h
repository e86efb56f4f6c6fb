/* condition.h: making conditions and raising them. Messages come from omni_messages.h, which is
 * generated from the table that the reference interpreter uses. */
#ifndef OMNI_CONDITION_H
#define OMNI_CONDITION_H

#include "omni_messages.h"
#include "text.h"
#include "value.h"

/* A condition without irritants whose message has no blanks. */
omni_result omni_condition_make(omni_context *ctx, omni_message message);
/* The same with one irritant. */
omni_result omni_condition_about(omni_context *ctx, omni_message message, omni_borrowed irritant);
/* A condition of any kind. Consumes message and irritants; either may be OMNI_FAILED. */
omni_result omni_condition_make_from(omni_context *ctx, omni_kind kind, omni_owned message,
                                     omni_owned irritants);
/* The text of a kind. */
const char *omni_kind_name(uint32_t kind);
/* Whether irritants follow the message after a colon: there are some and it does not end in one. */
int omni_condition_has_colon(const omni_condition *condition);
/* Append "KIND: MESSAGE" and the colon, if any. */
void omni_condition_head(omni_text *text, const omni_condition *condition);

/* Each raises a condition and gives OMNI_FAILED. Irritants are borrowed. */
omni_check omni_fail_type(omni_context *ctx, const char *who, const char *what, omni_borrowed v);
omni_check omni_fail_not_procedure(omni_context *ctx, omni_borrowed v);
/* maximum < 0: any number. */
omni_check omni_fail_arity(omni_context *ctx, const char *who, int minimum, int maximum, int got);
/* For a procedure none of whose clauses takes `got` arguments. */
omni_check omni_fail_no_clause(omni_context *ctx, const char *who, uint64_t got);
omni_check omni_fail_match(omni_context *ctx, omni_borrowed v);
omni_check omni_fail_unbound(omni_context *ctx, const char *who);
omni_check omni_fail_overflow(omni_context *ctx, const char *who);
omni_check omni_fail_division(omni_context *ctx, const char *who);
omni_check omni_fail_index(omni_context *ctx, const char *who, omni_borrowed index);
omni_check omni_fail_key(omni_context *ctx, const char *who, omni_borrowed key);
/* `what` is one of OMNI_FILE_..., about the name of a file or a port / one of OMNI_READ_.... */
omni_check omni_fail_file(omni_context *ctx, const char *who, const char *what, omni_borrowed v);
omni_check omni_fail_closed(omni_context *ctx, const char *who, omni_borrowed port);
omni_check omni_fail_read(omni_context *ctx, const char *what);
omni_check omni_fail_read_about(omni_context *ctx, const char *what, omni_borrowed v);
omni_check omni_fail_immutable(omni_context *ctx, const char *who, omni_borrowed v);
/* The generator is running already. */
omni_check omni_fail_running(omni_context *ctx, const char *who);
omni_check omni_fail_memory(omni_context *ctx);
omni_check omni_fail_stack(omni_context *ctx);
/* Raise any object; OMNI_FAILED stands for one that could not be made, its failure being under way. */
omni_check omni_fail_with(omni_context *ctx, omni_owned object);

#endif
