"""Owned → Owned: functions whose calls can suspend also exist as state machines on heap frames.

A call that suspends returns through its callers; each saves what is alive behind the call as a frame. Its
second version, added here, begins with that frame: it takes back what was saved, receives the value (or the
failure) that the call would have given, and goes on as the first version would. Ordinary calls pay nothing.
After Pettyjohn, Clements, Marshall, Krishnamurthi and Felleisen, "Continuations from generalized stack
inspection" (ICFP 2005); frames are counted values, continued any number of times.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from compiler.context import Context
from compiler.ir import flat, owned
from compiler.passes.suspension import SuspendingCalls

_Live = frozenset[flat.Var]


def run(program: owned.OwnedProgram, context: Context) -> owned.OwnedProgram:
    """Mark the steps that can suspend and add the resume functions; counts ``resumable.functions`` and ``.states``."""
    calls = SuspendingCalls(program)
    if not calls.possible:
        return program
    functions: list[owned.Function] = []
    for function in program.functions:
        suspending = tuple(
            [a for b in function.blocks for a in b.actions if isinstance(a, owned.Step) and calls.can_suspend(a)]
        )
        if suspending:
            both = _both_of_library if function.library is not None else _both
            functions += both(function, suspending, context.planted("resumable-slots"))
            context.count("resumable.functions")
            context.count("resumable.states", len(suspending))
            if any(block.handler is not None for block in function.blocks):
                context.count("resumable.guarded-functions")
        else:
            functions.append(function)
    return replace(program, functions=tuple(functions))


def _both(
    function: owned.Function, suspending: tuple[owned.Step, ...], swapped: bool
) -> tuple[owned.Function, owned.Function]:
    """``function`` with its ``suspending`` steps marked, and the one that resumes it; ``swapped`` plants a fault."""
    marked = _mark(function, frozenset(suspending))
    return marked, _resume_function(marked, swapped)


#: As :func:`_both`, giving the same objects each time for what is the same in each program.
_both_of_library = lru_cache(maxsize=2048)(_both)


# ---- what a frame holds ----


def _variables(atoms: tuple[flat.Atom, ...]) -> set[flat.Var]:
    return {a for a in atoms if isinstance(a, flat.Var)}


def _before(action: owned.Action, after: set[flat.Var], handler: _Live) -> set[flat.Var]:
    """The variables alive before ``action``; ``after`` are those alive behind it."""
    match action:
        case owned.Dup(result=result, source=source):
            return (after - {result}) | {source}
        case owned.Drop(variable=variable):
            return after | {variable}
        case owned.Restore(result=result):
            return after - {result}
        case owned.Step():
            return _across(action, after, handler) | _variables(action.args)


def _across(step: owned.Step, after: set[flat.Var], handler: _Live) -> set[flat.Var]:
    """The variables alive while ``step`` is under way: for what follows it, and for when it fails."""
    alive = after - {step.result} if step.result is not None else set(after)
    return alive | handler | set(step.cleanup) if step.op.gives.can_fail else alive


def _live_in(function: owned.Function) -> dict[str, _Live]:
    """The variables alive on entry of each block, its parameters excluded."""
    live: dict[str, _Live] = {b.label: frozenset() for b in function.blocks}
    users: dict[str, list[str]] = {b.label: [] for b in function.blocks}
    blocks = {b.label: b for b in function.blocks}
    for block in function.blocks:
        targets = owned.successors(block.end)
        for label in (*targets, *((block.handler,) if block.handler is not None else ())):
            users[label].append(block.label)
    work = [b.label for b in function.blocks]
    pending = set(work)
    while work:
        label = work.pop()
        pending.discard(label)
        block = blocks[label]
        handler = live[block.handler] if block.handler is not None else frozenset[flat.Var]()
        alive = _live_out(block, live)
        for action in reversed(block.actions):
            alive = _before(action, alive, handler)
        new = frozenset(alive - set(block.params))
        if new != live[label]:
            live[label] = new
            for user in users[label]:
                if user not in pending:
                    pending.add(user)
                    work.append(user)
    return live


def _live_out(block: owned.Block, live: dict[str, _Live]) -> set[flat.Var]:
    assert not isinstance(block.end, owned.Dispatch)
    alive = _variables(flat.terminator_atoms(block.end))
    for label in flat.successors(block.end):
        alive |= live[label]
    return alive


def _mark(function: owned.Function, suspending: frozenset[owned.Step]) -> owned.Function:
    """``function`` with its suspending steps numbered."""
    live = _live_in(function)
    resume = f"{function.label}{owned.RESUME}"
    state = 0
    blocks: list[owned.Block] = []
    for block in function.blocks:
        handler = live[block.handler] if block.handler is not None else frozenset[flat.Var]()
        alive = _live_out(block, live)
        actions: list[owned.Action] = []
        for action in reversed(block.actions):
            before = _before(action, alive, handler)
            if isinstance(action, owned.Step) and action in suspending:
                state += 1
                saved = sorted(_across(action, alive, handler), key=lambda v: v.number)
                action = replace(action, suspension=owned.Suspension(resume, state, tuple(saved)))
            actions.append(action)
            alive = before
        blocks.append(replace(block, actions=tuple(reversed(actions))))
    return replace(function, blocks=tuple(blocks))


# ---- the second version ----


def _resume_function(function: owned.Function, swapped: bool) -> owned.Function:
    """The state machine that continues frames of ``function``, whose suspending steps are marked."""
    pieces: list[owned.Block] = []
    entries: list[tuple[int, owned.Block]] = []
    for block in function.blocks:
        label, params, actions = block.label, block.params, list[owned.Action]()
        for action in block.actions:
            actions.append(action)
            if isinstance(action, owned.Step) and action.suspension is not None:
                state = action.suspension.state
                rest = f"A{state}"
                entries.append((state, _entry(action, rest, block.handler, swapped)))
                pieces.append(owned.Block(label, params, tuple(actions), flat.Jump(rest), block.handler))
                label, params, actions = rest, (), []
        pieces.append(owned.Block(label, params, tuple(actions), block.end, block.handler))
    continued = [block for _, block in sorted(entries, key=lambda entry: entry[0])]
    dispatch = owned.Block("R", (), (), owned.Dispatch(tuple(b.label for b in continued)))
    blocks = _reachable([dispatch, *continued, *pieces])
    return owned.Function(
        f"{function.label}{owned.RESUME}",
        function.name,
        None,
        (),
        blocks,
        span=function.span,
        resumes=function.label,
        library=function.library,
    )


def _entry(step: owned.Step, rest: str, handler: str | None, swapped: bool) -> owned.Block:
    """Take the frame of ``step`` apart, then fail like it or go on behind it; ``swapped`` plants a fault."""
    assert step.suspension is not None
    restores = [owned.Restore(variable, index) for index, variable in enumerate(step.suspension.saved)]
    if swapped and len(restores) > 1 and restores[0].result.holds is restores[1].result.holds:
        first, second, *others = restores
        restores = [replace(first, result=second.result), replace(second, result=first.result), *others]
    resumed = owned.Step(step.result, owned.Resumed(), (), step.span, step.cleanup)
    return owned.Block(f"R{step.suspension.state}", (), (*restores, resumed), flat.Jump(rest), handler)


def _reachable(blocks: list[owned.Block]) -> tuple[owned.Block, ...]:
    by_label = {b.label: b for b in blocks}
    seen: set[str] = set()
    work = [blocks[0].label]
    while work:
        label = work.pop()
        if label in seen:
            continue
        seen.add(label)
        block = by_label[label]
        work.extend(owned.successors(block.end))
        can_fail = any(isinstance(a, owned.Step) and a.op.gives.can_fail for a in block.actions)
        if block.handler is not None and can_fail:
            work.append(block.handler)
    return tuple(b if b.handler in seen else replace(b, handler=None) for b in blocks if b.label in seen)
