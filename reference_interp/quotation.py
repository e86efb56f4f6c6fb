"""quote and quasiquote."""

from __future__ import annotations

from collections.abc import Sequence

from reference_interp.core import Const, Expr
from reference_interp.expander import Expander, malformed, primitive_call
from reference_interp.identifiers import Scope
from reference_interp.literals import literal
from reference_interp.reader import problem_at
from reference_interp.syntax import Kind, Syntax


def expand_quote(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(quote datum)``"""
    if len(form.items) != 2:
        raise malformed(form, "one datum is needed", "(quote datum) or 'datum")
    return Const(literal(form.items[1]), form.span)


def expand_quasiquote(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(quasiquote template)``: fresh data around what ``unquote`` and ``unquote-splicing`` give.

    Parts of a template without either are literals.
    """
    if len(form.items) != 2:
        raise malformed(form, "one template is needed", "(quasiquote template) or `template")
    return _Template(expander, scope, form.items[1]).fill(form.items[1], 1)


class _Template:
    def __init__(self, expander: Expander, scope: Scope, template: Syntax) -> None:
        self._expander = expander
        self._scope = scope
        self._dotted: dict[int, Syntax] = {}  # by the id of a template, the form after its dot
        # Id and level of the templates in which something is to be evaluated. A macro can bring the same
        # syntax to places of different level.
        self._evaluated = self._find_evaluated(template)

    def fill(self, template: Syntax, level: int) -> Expr:
        """The value of a template at quotation ``level``; 0 would be outside of all quotations."""
        if (id(template), level) not in self._evaluated:
            return Const(literal(template), template.span)
        self._expander.enter(template.span)
        filled = self._fill_evaluated(template, level)
        self._expander.leave()
        return filled

    def _fill_evaluated(self, template: Syntax, level: int) -> Expr:
        if template.kind is Kind.LABEL:
            raise problem_at(template.span, "a label cannot stand around an unquote", "labels belong to quoted data")
        if template.kind is Kind.VECTOR:
            parts = self._parts(template.items, level)
            if len(parts) == 1 and not isinstance(parts[0], Syntax):
                return primitive_call("vector", parts[0], template.span)
            return primitive_call("list->vector", [self._append(parts, None, template)], template.span)
        word = self._word(template)
        if word == "unquote":
            if level == 1:
                return self._expander.expand(self._operand(template), self._scope)
            return self._requote(template, level - 1)
        if word == "unquote-splicing" and level == 1:
            raise problem_at(template.span, "unquote-splicing: not inside of a list", "write `(,@list)")
        if word is not None:
            return self._requote(template, level + 1 if word == "quasiquote" else level - 1)
        items, tail = template.items, template.tail
        form_after_dot = self._form_after_dot(template)
        if form_after_dot is not None:
            return self._append(self._parts(items[:-2], level), self.fill(form_after_dot, level), template)
        end = None if tail is None else self.fill(tail, level)
        return self._append(self._parts(items, level), end, template)

    def _requote(self, template: Syntax, level: int) -> Expr:
        """A nested quasiquote, unquote or unquote-splicing form that stays in the result."""
        word = Const(literal(template.items[0]), template.items[0].span)
        parts = self._parts(template.items[1:], level)
        return self._append([[word], *parts], None, template)

    def _parts(self, items: Sequence[Syntax], level: int) -> list[list[Expr] | Syntax]:
        """Runs of element expressions, and between them the ``unquote-splicing`` forms of this level."""
        parts: list[list[Expr] | Syntax] = []
        for item in items:
            if level == 1 and self._word(item) == "unquote-splicing":
                parts.append(item)
                continue
            if not parts or isinstance(parts[-1], Syntax):
                parts.append([])
            run = parts[-1]
            assert isinstance(run, list)
            run.append(self.fill(item, level))
        return parts

    def _append(self, parts: list[list[Expr] | Syntax], tail: Expr | None, template: Syntax) -> Expr:
        """The list of all ``parts``, ending in ``tail`` or else in the empty list."""
        lists: list[Expr] = []
        last = len(parts) - 1
        for position, part in enumerate(parts):
            if isinstance(part, Syntax):
                lists.append(self._expander.expand(self._operand(part), self._scope))
            elif position == last and tail is not None:
                lists.append(primitive_call("cons*", [*part, tail], template.span))
                tail = None
            else:
                lists.append(primitive_call("list", part, template.span))
        if tail is not None:
            lists.append(tail)
        return lists[0] if len(lists) == 1 else primitive_call("append", lists, template.span)

    # ---- recognising the words ----------------------------------------------------------------------

    def _word(self, template: Syntax) -> str | None:
        """``quasiquote``, ``unquote`` or ``unquote-splicing`` if the template is such a form."""
        if template.is_proper_list and len(template.items) == 2:
            for word in ("quasiquote", "unquote", "unquote-splicing"):
                if self._expander.is_auxiliary(template.items[0], word, self._scope):
                    return word
        return None

    def _form_after_dot(self, template: Syntax) -> Syntax | None:
        """The form ``,b`` of the template ``(a . ,b)``, which reads as ``(a unquote b)``."""
        if template.is_proper_list and len(template.items) > 2:
            end = self._dotted.get(id(template))
            if end is None:
                end = Syntax(Kind.LIST, template.items[-2].span, None, template.items[-2:])
                self._dotted[id(template)] = end
            return end if self._word(end) is not None else None
        return None

    @staticmethod
    def _operand(template: Syntax) -> Syntax:
        return template.items[1]

    def _find_evaluated(self, template: Syntax) -> set[tuple[int, int]]:
        """Id and level of every template, ``template`` included, in which something is to be evaluated."""
        found: set[tuple[int, int]] = set()
        nodes = [(template, 1, -1)]  # template, level, position of what it is part of
        for position, (node, level, _) in enumerate(nodes):  # grows meanwhile
            word = self._word(node)
            if word == "quasiquote":
                nodes.append((node.items[1], level + 1, position))
            elif word is not None and level > 1:
                nodes.append((node.items[1], level - 1, position))
            elif word is not None:
                around = position
                while around >= 0 and (id(nodes[around][0]), nodes[around][1]) not in found:
                    found.add((id(nodes[around][0]), nodes[around][1]))
                    around = nodes[around][2]
            else:
                after_dot = self._form_after_dot(node)
                parts = node.children() if after_dot is None else (*node.items[:-2], after_dot)
                nodes.extend([(part, level, position) for part in parts])
        return found
