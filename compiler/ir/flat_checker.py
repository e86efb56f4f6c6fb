"""Well-formedness of Flat: single assignment, definition before use, jumps that fit their blocks."""

from __future__ import annotations

from functools import lru_cache

from compiler.ir import flat
from compiler.ir.errors import MalformedIR


def check_program(program: flat.FlatProgram) -> None:
    """Raise :class:`MalformedIR` naming function and block of the first thing that is wrong."""
    labels = {f.label for f in program.functions}
    if len(labels) != len(program.functions):
        raise MalformedIR("flat", program.file, "two functions share a label")
    if not labels.issuperset(program.forms):
        raise MalformedIR("flat", program.file, f"no function {min(set(program.forms) - labels)}")
    for function in program.functions:
        called = _check(function) if function.library is None else _check_library(function)
        if not called <= labels:
            raise MalformedIR("flat", function.label, f"call of unknown function {min(called - labels)}")


def _check(function: flat.Function) -> frozenset[str]:
    """Check what ``function`` says alone, and give the labels of the functions that it calls."""
    _FunctionCheck(function).check()
    operations = [instr.op for block in function.blocks for instr in block.instrs]
    return frozenset([op.label for op in operations if isinstance(op, flat.CallKnown)])


_check_library = lru_cache(maxsize=4096)(_check)  # the same objects in each program


class _FunctionCheck:
    def __init__(self, function: flat.Function) -> None:
        self.function = function
        self.blocks = {b.label: b for b in function.blocks}

    def fail(self, block: str, message: str) -> MalformedIR:
        return MalformedIR("flat", f"{self.function.label}/{block}", message)

    def check(self) -> None:
        if len(self.blocks) != len(self.function.blocks):
            raise self.fail("", "two blocks share a label")
        if self.function.blocks[0].params:
            raise self.fail(self.function.blocks[0].label, "the entry block takes parameters")
        self.check_single_assignment()
        for block in self.function.blocks:
            self.check_edges(block)
        self.check_definitions()

    def check_single_assignment(self) -> None:
        seen: set[flat.Var] = set(self.function.params)
        if self.function.self_param is not None:
            seen.add(self.function.self_param)
        for block in self.function.blocks:
            results = [i.result for i in block.instrs if i.result is not None]
            for var in (*block.params, *results):
                if var in seen:
                    raise self.fail(block.label, f"{var!r} is defined twice")
                seen.add(var)

    def check_edges(self, block: flat.Block) -> None:
        for instr in block.instrs:
            if len(instr.op.ownership) != len(instr.args):
                raise self.fail(block.label, f"{instr.op} takes {len(instr.op.ownership)} arguments")
            if (instr.result is None) != (instr.op.gives is flat.Gives.NONE):
                raise self.fail(block.label, f"{instr.op}: result and convention disagree")
        if block.handler is not None:
            target = self.blocks.get(block.handler)
            if target is None or target.params:
                raise self.fail(block.label, f"handler {block.handler} is missing or takes parameters")
        for label in flat.successors(block.end):
            target = self.blocks.get(label)
            if target is None:
                raise self.fail(block.label, f"jump to unknown block {label}")
            given = len(block.end.args) if isinstance(block.end, flat.Jump) else 0
            if given != len(target.params):
                raise self.fail(block.label, f"jump to {label} gives {given} of {len(target.params)} arguments")

    def check_definitions(self) -> None:
        """Every use is preceded by its definition on every path: a forward must-analysis."""
        entry = set(self.function.params)
        if self.function.self_param is not None:
            entry.add(self.function.self_param)
        known: dict[str, set[flat.Var]] = {self.function.blocks[0].label: entry}
        work = [self.function.blocks[0].label]
        while work:
            block = self.blocks[work.pop()]
            have = known[block.label] | set(block.params)
            for instr in block.instrs:
                for var in flat.variables(instr.args):
                    if var not in have:
                        raise self.fail(block.label, f"{var!r} may be used before it is defined")
                if block.handler is not None and instr.op.gives.can_fail:
                    self.flow(have, block.handler, known, work)
                if instr.result is not None:
                    have.add(instr.result)
            for var in flat.variables(flat.terminator_atoms(block.end)):
                if var not in have:
                    raise self.fail(block.label, f"{var!r} may be used before it is defined")
            for label in flat.successors(block.end):
                self.flow(have, label, known, work)

    @staticmethod
    def flow(have: set[flat.Var], label: str, known: dict[str, set[flat.Var]], work: list[str]) -> None:
        before = known.get(label)
        after = set(have) if before is None else before & have
        if before is None or after != before:
            known[label] = after
            work.append(label)
