"""Calls of small procedures become their bodies.

Only procedures that call nothing themselves, catch nothing and need nothing of their closure are put in the place of a
call: what records, predicates and checks of arguments are made of. So nothing recursive is unrolled, and what grows is
bounded by what is small. An operation of the body that has no position in the program, as in the library, gets that of
the call, where its errors are reported either way.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from compiler.context import Context
from compiler.ir import flat
from compiler.passes.mentions import is_closed, mentions
from reference_interp.core import Span

#: A body of more instructions is called. Those of record accessors have 6.
MOST_INSTRUCTIONS: Final = 8
#: No function grows by more than this many instructions.
MOST_GROWTH: Final = 300
#: What calls a procedure.
_CALLS: Final = (flat.CallKnown, flat.CallValue, flat.CallList, flat.RaiseAgain)

_Bodies = tuple[tuple[str, flat.Function], ...]


def run(program: flat.FlatProgram, context: Context) -> flat.FlatProgram:
    """Inline what is small; counts ``inlining.calls`` and ``inlining.stack-checks`` that nothing needs any more."""
    forms = frozenset(program.forms)
    small = {f.label: f for f in program.functions if f.label not in forms and _is_small_leaf(f)}
    swapped, uncaught = context.planted("inlining-swap"), context.planted("inlining-uncaught")
    functions = []
    for function in program.functions:
        bodies = tuple([(label, small[label]) for label in sorted(mentions(function).called & small.keys())])
        if bodies and function.label not in small:
            work = _inlined if function.library is None else _inlined_in_library
            function, calls, checks = work(function, bodies, swapped, uncaught)
            context.count("inlining.calls", calls)
            context.count("inlining.stack-checks", checks)
        functions.append(function)
    return replace(program, functions=tuple(functions))


def _is_small_leaf(function: flat.Function) -> bool:
    """Whether a call of ``function`` can be its body."""
    return _look(function) if function.library is None else _look_at_library(function)


def _look(function: flat.Function) -> bool:
    instrs = [instr for block in function.blocks for instr in block.instrs]
    if len(instrs) > MOST_INSTRUCTIONS or function.rest or function.packed:
        return False
    if any(isinstance(block.end, flat.TailCall) or block.handler is not None for block in function.blocks):
        return False
    return is_closed(function) and not any(isinstance(instr.op, _CALLS) for instr in instrs)


_look_at_library = lru_cache(maxsize=4096)(_look)  # the same objects in each program


def _inlined(function: flat.Function, bodies: _Bodies, swapped: bool, uncaught: bool) -> tuple[flat.Function, int, int]:
    """``function`` with ``bodies`` in the place of their calls, how many there were, and stack checks left out."""
    return _Inlining(function, dict(bodies), swapped, uncaught).run()


_inlined_in_library = lru_cache(maxsize=4096)(_inlined)


class _Inlining:
    def __init__(
        self, function: flat.Function, bodies: dict[str, flat.Function], swapped: bool, uncaught: bool
    ) -> None:
        self.function, self.bodies = function, bodies
        self.swapped, self.uncaught = swapped, uncaught
        self.next_number = 1 + max((v.number for v in flat.definitions(function)), default=0)
        self.next_label = 1 + max(int(b.label.lstrip("L")) for b in function.blocks)
        self.blocks: list[flat.Block] = []
        self.growth = 0
        self.calls = 0

    def run(self) -> tuple[flat.Function, int, int]:
        for block in self.function.blocks:
            self._block(block)
        blocks, checks = tuple(self.blocks), 0
        if not any(isinstance(i.op, _CALLS) for b in blocks for i in b.instrs):
            blocks = tuple([replace(b, instrs=tuple([i for i in b.instrs if not _is_check(i)])) for b in blocks])
            checks = sum(_is_check(i) for b in self.blocks for i in b.instrs)
        return replace(self.function, blocks=flat.reachable(blocks)), self.calls, checks

    def _block(self, block: flat.Block) -> None:
        """Cut ``block`` at each call that is inlined."""
        label, params = block.label, block.params
        instrs: list[flat.Instr] = []
        for instr in block.instrs:
            body = self.bodies.get(instr.op.label) if isinstance(instr.op, flat.CallKnown) else None
            if body is None or self.growth > MOST_GROWTH:
                instrs.append(instr)
                continue
            assert instr.result is not None
            self.calls += 1
            after = self._label()
            entry = self._body(body, instr, after, block.handler)
            self.blocks.append(flat.Block(label, params, tuple(instrs), flat.Jump(entry[0].label), block.handler))
            self.blocks += entry
            label, params, instrs = after, (instr.result,), []
        self.blocks.append(flat.Block(label, params, tuple(instrs), block.end, block.handler))

    def _body(self, body: flat.Function, call: flat.Instr, after: str, handler: str | None) -> list[flat.Block]:
        """The blocks of ``body`` with the arguments of ``call``, which go on at ``after``."""
        args = call.args if body.self_param is None else call.args[1:]
        if self.swapped and len(args) > 1:
            args = (args[1], args[0], *args[2:])
        atoms: dict[flat.Var, flat.Atom] = dict(zip(body.params, args, strict=True))
        labels = {block.label: self._label() for block in body.blocks}
        for block in body.blocks:
            for var in (*block.params, *(i.result for i in block.instrs if i.result is not None)):
                atoms[var] = self._fresh(var)
            self.growth += len(block.instrs)
        handler = None if self.uncaught else handler
        return [_renamed(block, atoms, labels, after, handler, call.span) for block in body.blocks]

    def _label(self) -> str:
        self.next_label += 1
        return f"L{self.next_label - 1}"

    def _fresh(self, var: flat.Var) -> flat.Var:
        self.next_number += 1
        return flat.Var(var.name, self.next_number - 1, var.holds)


def _is_check(instr: flat.Instr) -> bool:
    return isinstance(instr.op, flat.StackCheck)


def _renamed(
    block: flat.Block,
    atoms: dict[flat.Var, flat.Atom],
    labels: dict[str, str],
    after: str,
    handler: str | None,
    span: Span | None,
) -> flat.Block:
    """``block`` with other variables and labels, which continues at ``after`` where it returned."""

    def new(atom: flat.Atom) -> flat.Atom:
        return atoms[atom] if isinstance(atom, flat.Var) else atom

    def variable(var: flat.Var) -> flat.Var:
        renamed = atoms[var]
        assert isinstance(renamed, flat.Var)
        return renamed

    instrs = [
        flat.Instr(
            None if i.result is None else variable(i.result), i.op, tuple([new(a) for a in i.args]), i.span or span
        )
        for i in block.instrs
    ]
    end: flat.Terminator
    match block.end:
        case flat.Jump(target=target, args=args):
            end = flat.Jump(labels[target], tuple([new(a) for a in args]))
        case flat.Branch(condition=condition, then=then, otherwise=otherwise):
            end = flat.Branch(new(condition), labels[then], labels[otherwise])
        case flat.Return(value=value):
            end = flat.Jump(after, (new(value),))
        case _:
            assert isinstance(block.end, flat.Fail)
            end = block.end
    params = tuple([variable(p) for p in block.params])
    return flat.Block(labels[block.label], params, tuple(instrs), end, handler)
