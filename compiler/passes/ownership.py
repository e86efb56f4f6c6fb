"""Flat → Owned: precise reference counting.

Every reference is dropped at its last use: an owned argument position moves a variable that is dead
afterwards and duplicates one that is not; what is borrowed for the last time is dropped right after;
what dies on one branch only is dropped where that branch begins; and a failing operation drops what
the failure path does not need. After Reinking, Xie, de Moura and Leijen, "Perceus" (PLDI 2021), on a
control-flow graph with exceptional edges: held references and live references coincide everywhere.
"""

from __future__ import annotations

from compiler.context import Context
from compiler.ir import flat, owned
from compiler.passes.library_once import once

_Live = frozenset[flat.Var]


def run(program: flat.FlatProgram, context: Context) -> owned.OwnedProgram:
    """Insert the operations; counts ``ownership.dups``, ``.drops``, ``.moves`` and ``.cleanups``."""
    functions = tuple([once(_owned, f, context) for f in program.functions])
    return owned.OwnedProgram(functions, program.forms, program.globals, program.file)


def _owned(function: flat.Function, context: Context) -> owned.Function:
    return _FunctionOwnership(function, context).run()


def _vars(atoms: tuple[flat.Atom, ...]) -> set[flat.Var]:
    return set(owned.counted(atoms))


class _FunctionOwnership:
    def __init__(self, function: flat.Function, context: Context) -> None:
        self.function = function
        self.context = context
        self.blocks = {b.label: b for b in function.blocks}
        self.order = {v: i for i, v in enumerate(flat.definitions(function))}
        self.live_in = self._liveness()
        self.next_number = 1 + max((v.number for v in self.order), default=0)
        self.next_edge = 0
        self.edges: list[owned.Block] = []
        self.predecessors: dict[str, int] = {}
        for block in function.blocks:
            for label in flat.successors(block.end):
                self.predecessors[label] = self.predecessors.get(label, 0) + 1
            if block.handler is not None:
                self.predecessors[block.handler] = self.predecessors.get(block.handler, 0) + 1
        self.edge_drops: dict[str, tuple[flat.Var, ...]] = {}

    # ---- liveness ----

    def _liveness(self) -> dict[str, _Live]:
        """Reference variables live on entry of each block, its parameters excluded."""
        live_in: dict[str, _Live] = {label: frozenset() for label in self.blocks}
        users: dict[str, list[str]] = {label: [] for label in self.blocks}
        for block in self.function.blocks:
            for label in flat.successors(block.end):
                users[label].append(block.label)
            if block.handler is not None:
                users[block.handler].append(block.label)
        work = [b.label for b in self.function.blocks]
        pending = set(work)
        while work:
            label = work.pop()
            pending.discard(label)
            block = self.blocks[label]
            live = self._live_out(block, live_in) | _vars(flat.terminator_atoms(block.end))
            handler = live_in[block.handler] if block.handler is not None else frozenset()
            for instr in reversed(block.instrs):
                if instr.result is not None:
                    live.discard(instr.result)
                live |= _vars(instr.args)
                if instr.op.gives.can_fail:
                    live |= handler
            new = frozenset(live - set(block.params))
            if new != live_in[label]:
                live_in[label] = new
                for user in users[label]:
                    if user not in pending:
                        pending.add(user)
                        work.append(user)
        return live_in

    @staticmethod
    def _live_out(block: flat.Block, live_in: dict[str, _Live]) -> set[flat.Var]:
        live: set[flat.Var] = set()
        for label in flat.successors(block.end):
            live |= live_in[label]
        return live

    # ---- insertion ----

    def run(self) -> owned.Function:
        f = self.function
        blocks = [self._block(b) for b in f.blocks]
        result = tuple(self._with_edge_drops(b) for b in blocks) + tuple(self.edges)
        return owned.Function(
            f.label, f.name, f.self_param, f.params, result, f.rest, f.packed, f.arity, f.span, library=f.library
        )

    def _with_edge_drops(self, block: owned.Block) -> owned.Block:
        drops = self.edge_drops.get(block.label)
        if not drops:
            return block
        actions = (*map(owned.Drop, drops), *block.actions)
        return owned.Block(block.label, block.params, actions, block.end, block.handler)

    def _sorted(self, variables: set[flat.Var]) -> tuple[flat.Var, ...]:
        """In order of definition, so that the output does not depend on hashing."""
        return tuple(sorted(variables, key=self.order.__getitem__))

    def _drop(self, variables: set[flat.Var]) -> tuple[flat.Var, ...]:
        """The variables to drop at a point; a planted fault loses or repeats one."""
        drops = self._sorted(variables)
        if drops and self.context.planted("lost-drop") and len(drops) == 1:
            self.context.count("plant.lost-drop")
            return ()
        if drops and self.context.planted("extra-drop") and len(drops) > 1:
            self.context.count("plant.extra-drop")
            return (*drops, drops[-1])
        self.context.count("ownership.drops", len(drops))
        return drops

    def _fresh(self, source: flat.Var) -> flat.Var:
        self.next_number += 1
        return flat.Var(source.name, self.next_number - 1)

    def _consume(
        self, atoms: tuple[flat.Atom, ...], ownership: str, kept: set[flat.Var]
    ) -> tuple[tuple[flat.Atom, ...], list[owned.Dup], set[flat.Var]]:
        """Make owned positions hold references of their own.

        Variables in ``kept`` are needed afterwards. Gives the new arguments, the duplications before
        the operation, and the variables that are moved into it.
        """
        borrowed = {a for a, o in zip(atoms, ownership, strict=True) if o == "b"}
        result: list[flat.Atom] = []
        dups: list[owned.Dup] = []
        moved: set[flat.Var] = set()
        for atom, how in zip(reversed(atoms), reversed(ownership), strict=True):
            if how == "o" and isinstance(atom, flat.Var) and atom.holds is flat.Holds.REFERENCE:
                if atom in borrowed or atom in moved:
                    self.context.count("ownership.argument-twice")
                if atom in kept or atom in borrowed or atom in moved:
                    copy = self._fresh(atom)
                    dups.append(owned.Dup(copy, atom))
                    atom = copy
                else:
                    moved.add(atom)
            result.append(atom)
        self.context.count("ownership.dups", len(dups))
        self.context.count("ownership.moves", len(moved))
        return tuple(reversed(result)), dups[::-1], moved

    def _block(self, block: flat.Block) -> owned.Block:
        end, actions, live = self._end(block)
        handler = set(self.live_in[block.handler]) if block.handler is not None else set()
        for instr in reversed(block.instrs):
            actions, live = self._instr(instr, actions, live, handler)
        entry = {p for p in block.params if p.holds is flat.Holds.REFERENCE}
        if block is self.function.blocks[0]:
            entry |= set(self.function.params)
            if self.function.self_param is not None:
                entry.add(self.function.self_param)
        actions.extend(owned.Drop(v) for v in reversed(self._drop(entry - live)))
        return owned.Block(block.label, block.params, tuple(reversed(actions)), end, block.handler)

    def _instr(
        self, instr: flat.Instr, actions: list[owned.Action], after: set[flat.Var], handler: set[flat.Var]
    ) -> tuple[list[owned.Action], set[flat.Var]]:
        """Handle one instruction, walking backwards; ``actions`` is in reverse order."""
        failing = handler if instr.op.gives.can_fail else set()
        result = instr.result
        kept = after | failing
        args, dups, moved = self._consume(instr.args, instr.op.ownership, kept)
        before = (after - {result}) | failing | _vars(instr.args) if result is not None else kept | _vars(instr.args)
        held = before - moved
        dead = held - after
        if result is not None and result.holds is flat.Holds.REFERENCE and result not in after:
            dead = dead | {result}
        cleanup: tuple[flat.Var, ...] = ()
        if instr.op.gives.can_fail:
            cleanup = self._sorted(held - failing)
            self.context.count("ownership.cleanups", len(cleanup))
        actions.extend(owned.Drop(v) for v in reversed(self._drop(dead)))
        actions.append(owned.Step(result, instr.op, args, instr.span, cleanup))
        actions.extend(reversed(dups))
        return actions, before

    def _end(self, block: flat.Block) -> tuple[flat.Terminator, list[owned.Action], set[flat.Var]]:
        """The terminator, the actions before it in reverse order, and what is live before those."""
        match block.end:
            case flat.Branch(condition=condition, then=then, otherwise=otherwise):
                held = self._live_out(block, self.live_in) | _vars((condition,))
                targets = [self._edge(label, held - self.live_in[label], block) for label in (then, otherwise)]
                return flat.Branch(condition, targets[0], targets[1]), [], held
            case flat.Jump(target=target, args=args):
                kept = set(self.live_in[target])
                if self.context.planted("jump-extra-dup"):
                    kept |= _vars(args)
                new, dups, _ = self._consume(args, "o" * len(args), kept)
                return flat.Jump(target, new), list(reversed(dups)), kept | _vars(args)
            case flat.Return(value=value):
                return block.end, [], _vars((value,))
            case flat.TailCall(args=args, as_list=as_list, span=span):
                new, dups, _ = self._consume(args, "o" * len(args), set())
                return flat.TailCall(new, as_list, span), list(reversed(dups)), _vars(args)
            case flat.Fail():
                return block.end, [], set()

    def _edge(self, label: str, dead: set[flat.Var], block: flat.Block) -> str:
        """Where a branch goes when ``dead`` must be dropped on the way to ``label``."""
        drops = self._drop(dead)
        if not drops or self.context.planted("branch-edge-keeps"):
            return label
        if self.predecessors[label] == 1:
            self.edge_drops[label] = drops
            return label
        self.context.count("ownership.edge-blocks")
        self.next_edge += 1
        name = f"E{self.next_edge}"
        self.edges.append(owned.Block(name, (), tuple(map(owned.Drop, drops)), flat.Jump(label), block.handler))
        return name
