"""Names for bugs: the same for every program that shows one bug, different for different bugs.

A name is made of what is known about the *reduced* program: in which manner it is wrong, which optional passes it
needs, which C compilers are wrong where others are not, and where the bug is: the place in a report that points at
the bug itself (an access beyond an object, a race, a broken rule of ownership), or else the procedures without which
nothing goes wrong. ``README.md`` has the reasons.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from compiler.verifier import Rule, State
from omnitest.compare import Diverged
from omnitest.engines.factory import ENGINE_NAMES
from omnitest.outcome import Fault, Frame
from omnitest.triage.literals import LITERAL
from omnitest.triage.mechanisms import CYCLE
from omnitest.triage.signature import Manner, manner_of, place_of, runtime_frames

#: Engines that differ in nothing but the C compiler.
PLAIN_ENGINES: Final = tuple(name for name in ENGINE_NAMES if name in ("tcc", "gcc-O0", "gcc-O2", "clang"))

#: Manners whose reports point at a consequence of the bug: somebody uses, or nobody frees, what something else got
#: wrong.
CONSEQUENCES: Final = frozenset({Manner.LEAK, Manner.MEMORY, Manner.UNINITIALISED, Manner.OUTCOME})

#: Passes that work on procedures of the language, so that a bug in one may concern some of them only.
_ON_PROCEDURES: Final = frozenset({"fold-constants"})

#: What the verifier says where paths meet and only one of them has dropped a local: on the other it was forgotten.
_LOST: Final = re.compile(
    r"paths meet where (\w+) "
    rf"(?:{State.OWNED.value}, but {State.EMPTY.value}|{State.EMPTY.value}, but {State.OWNED.value})"
)
_LOCAL: Final = re.compile(r"\b\w*_\d+\b|\d+")


def names_procedures(manner: Manner, passes: tuple[str, ...]) -> bool:
    """Whether culprits are part of the names of bugs of this manner that need these optional passes."""
    return manner in CONSEQUENCES and (not passes or not _ON_PROCEDURES.isdisjoint(passes))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the name of a bug is made of.

    ``diverged`` is the most telling divergence of the reduced program; ``passes`` are the optional passes that it
    needs, ``culprits`` the procedures (:func:`omnitest.triage.culprits.culprits`). ``engines`` are all engines that ran
    it, ``wrong`` those that were wrong. ``c_text`` is the C of the program, for violations of ownership.
    """

    diverged: Diverged
    passes: tuple[str, ...] = ()
    culprits: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    c_text: str = ""

    def parts(self) -> tuple[str, ...]:
        """The name in words."""
        manner = manner_of(self.diverged)
        return manner.value, *(f"pass {name}" for name in self.passes), *self._compilers(), *self._where(manner)

    def fingerprint(self) -> str:
        """The name as findings carry it."""
        parts = self.parts()
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]
        return f"{parts[0]}-{digest}"

    def _compilers(self) -> tuple[str, ...]:
        """The C compilers that are wrong, if some of those that ran the program are and some are not."""
        if self.diverged.fault is not None:
            return ()
        ran = [name for name in PLAIN_ENGINES if name in self.engines]
        wrong = [name for name in ran if name in self.wrong]
        return tuple(f"only {name}" for name in wrong) if 0 < len(wrong) < len(ran) else ()

    def _where(self, manner: Manner) -> tuple[str, ...]:
        fault = self.diverged.fault
        if manner is Manner.OWNERSHIP and fault is not None:
            return _role(fault, self.c_text)
        if manner not in CONSEQUENCES:
            return place_of(self.diverged)
        if not names_procedures(manner, self.passes):
            return ()
        if manner is Manner.LEAK and fault is not None and _is_cycle(fault):
            return (CYCLE,)
        if self.passes:  # folding works on literals: they say nothing
            return tuple(culprit for culprit in self.culprits if not culprit.endswith(LITERAL))
        return self.culprits or (_allocation(fault) if manner is Manner.LEAK and fault is not None else ())


def _is_cycle(fault: Fault) -> bool:
    """Whether everything that was lost is referred to by something else that was lost."""
    return fault.summary.startswith("indirect leak")


def _allocation(fault: Fault) -> tuple[str, ...]:
    """What allocated the lost object: the function of the runtime that emitted code called."""
    frames = runtime_frames(fault.stacks[0]) if fault.stacks else ()
    return frames[-1:]


def _role(fault: Fault, c_text: str) -> tuple[str, ...]:
    """What is wrong with a local of emitted C, without its name: what the verifier says, whether a branch led there,
    and whether the local was duplicated, which says that the reference too many was made on purpose."""
    rule, _, message = (part.strip() for part in fault.summary.partition(":"))
    local = _LOCAL.search(message)
    if (lost := _LOST.search(message)) is not None:
        rule, message = Rule.LEAKED.value, f"{lost[1]} owns a reference that nobody consumes"
    role = [rule, _LOCAL.sub("a local", message)]
    if "omni_truthy(" in fault.text or "omni_falsy(" in fault.text or lost is not None:
        role.append("on a branch")
    if local is not None and fault.stacks and _duplicated(local[0], fault.stacks[0][0], c_text):
        role.append("duplicated")
        role = [part for part in role if part != "on a branch"]
    return tuple(role)


def _duplicated(local: str, frame: Frame, c_text: str) -> bool:
    """Whether ``local`` is duplicated in the C function of ``frame``, whatever prefix it was emitted with."""
    suffix = frame.function.partition("_f")[2]
    _, head, rest = c_text.partition(f"_f{suffix}(omni_context *ctx")
    while head and "{" not in rest.partition("\n")[0]:  # a prototype
        _, head, rest = rest.partition(f"_f{suffix}(omni_context *ctx")
    return f"omni_dup({local})" in rest.partition("\n}")[0]
