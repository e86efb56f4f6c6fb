"""The special forms and keywords: keyword → expander function."""

from __future__ import annotations

from typing import Final

from reference_interp import (
    binding_forms,
    case_lambda,
    control_forms,
    dynamic_forms,
    promise_forms,
    quotation,
    record_forms,
    syntax_forms,
)
from reference_interp.definitions import DefinitionForm
from reference_interp.expander import Form
from reference_interp.matching.form import expand_match

FORMS: Final[dict[str, Form]] = {
    "and": control_forms.expand_and,
    "begin": control_forms.expand_begin,
    "case": control_forms.expand_case,
    "case-lambda": case_lambda.expand_case_lambda,
    "cond": control_forms.expand_cond,
    "cond-expand": syntax_forms.expand_cond_expand,
    "control": dynamic_forms.expand_control,
    "define": control_forms.reject_define,  # where definitions may stand, expander.py handles them
    "define-record-type": record_forms.DEFINE_RECORD_TYPE,
    "define-syntax": syntax_forms.reject_syntax_definition,
    "define-values": DefinitionForm(dynamic_forms.parse_define_values),
    "delay": promise_forms.expand_delay,
    "delay-force": promise_forms.expand_delay_force,
    "do": binding_forms.expand_do,
    "fn": binding_forms.expand_fn,
    "guard": control_forms.expand_guard,
    "if": control_forms.expand_if,
    "import": syntax_forms.reject_import,
    "lambda": binding_forms.expand_lambda,
    "let": binding_forms.expand_let,
    "let*": binding_forms.expand_let_star,
    "let-syntax": syntax_forms.expand_let_syntax,
    "let*-values": dynamic_forms.expand_let_star_values,
    "let-values": dynamic_forms.expand_let_values,
    "letrec": binding_forms.expand_letrec,
    "letrec*": binding_forms.expand_letrec,
    "letrec-syntax": syntax_forms.expand_letrec_syntax,
    "match": expand_match,
    "or": control_forms.expand_or,
    "parameterize": dynamic_forms.expand_parameterize,
    "prompt": dynamic_forms.expand_prompt,
    "quasiquote": quotation.expand_quasiquote,
    "quote": quotation.expand_quote,
    "receive": dynamic_forms.expand_receive,
    "set!": control_forms.expand_set,
    "syntax-error": syntax_forms.expand_syntax_error,
    "syntax-rules": syntax_forms.reject_transformer,
    "unless": control_forms.expand_unless,
    "unquote": control_forms.reject_auxiliary,
    "unquote-splicing": control_forms.reject_auxiliary,
    "when": control_forms.expand_when,
}

#: All keywords: the forms, and words that are no form of their own or that this language has no form for.
KEYWORDS: Final[dict[str, Form]] = {
    **FORMS,
    "...": syntax_forms.reject_lone_auxiliary,
    "=>": syntax_forms.reject_lone_auxiliary,
    "_": syntax_forms.reject_lone_auxiliary,
    "define-library": syntax_forms.reject_library,
    "else": syntax_forms.reject_lone_auxiliary,
    "include": syntax_forms.reject_include,
    "include-ci": syntax_forms.reject_include,
}
