"""The special forms: one table, keyword → expander function."""

from __future__ import annotations

from typing import Final

from reference_interp import binding_forms, control_forms, dynamic_forms, quotation
from reference_interp.expander import DefiningForm, Form

FORMS: Final[dict[str, Form]] = {
    "and": control_forms.expand_and,
    "begin": control_forms.expand_begin,
    "case": control_forms.expand_case,
    "cond": control_forms.expand_cond,
    "control": dynamic_forms.expand_control,
    "define": control_forms.reject_define,  # where definitions may stand, expander.py handles them
    "define-values": DefiningForm(dynamic_forms.parse_define_values),
    "do": binding_forms.expand_do,
    "fn": binding_forms.expand_fn,
    "guard": control_forms.expand_guard,
    "if": control_forms.expand_if,
    "lambda": binding_forms.expand_lambda,
    "let": binding_forms.expand_let,
    "let*": binding_forms.expand_let_star,
    "let*-values": dynamic_forms.expand_let_star_values,
    "let-values": dynamic_forms.expand_let_values,
    "letrec": binding_forms.expand_letrec,
    "letrec*": binding_forms.expand_letrec,
    "or": control_forms.expand_or,
    "parameterize": dynamic_forms.expand_parameterize,
    "prompt": dynamic_forms.expand_prompt,
    "quasiquote": quotation.expand_quasiquote,
    "quote": quotation.expand_quote,
    "receive": dynamic_forms.expand_receive,
    "set!": control_forms.expand_set,
    "unless": control_forms.expand_unless,
    "unquote": control_forms.reject_auxiliary,
    "unquote-splicing": control_forms.reject_auxiliary,
    "when": control_forms.expand_when,
}
