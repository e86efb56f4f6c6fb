"""What a generated program may contain: feature groups, size, share of errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from typing import Final


class Feature(Enum):
    """A group of constructs that swarm sampling switches on or off as a whole."""

    FLOATS = "floats"
    BIG_INTEGERS = "integers near the 64-bit limits"
    BITWISE = "bitwise operations and number theory"
    CHARS = "characters"
    STRINGS = "strings"
    SYMBOLS = "symbols"
    VECTORS = "vectors"
    PAIRS = "pairs that are not lists, association lists"
    NESTED_DATA = "lists and vectors of lists and vectors"
    BIG_LITERALS = "long quoted data"
    QUASIQUOTE = "quasiquotation"
    MUTATION = "set-car!, set-cdr!, vector-set!, vector-fill!"
    ASSIGNMENT = "set!"
    CYCLES = "data that contain themselves, procedures that reach themselves through variables"
    CLOSURES = "procedures as data, immediate and curried calls"
    HIGHER_ORDER = "library procedures that take procedures"
    REST = "rest parameters and apply"
    LOOPS = "do and named let"
    RECURSION = "recursive procedures"
    DEEP_RECURSION = "recursion some hundred calls deep"
    LETREC = "letrec, letrec*, mutual recursion"
    INTERNAL_DEFINES = "definitions inside bodies"
    CASES = "cond, case, when, unless"
    GUARD = "guard"
    OUTPUT = "printing before the end"
    SEVERAL_VALUES = "values, call-with-values and the forms that receive several values"
    CONTINUATIONS = "call/cc: exits and bounded re-entry"
    PROMPTS = "prompt, control"
    WINDS = "dynamic-wind"
    HANDLERS = "with-exception-handler, raise-continuable, guards that pass on"
    PARAMETERS = "make-parameter, parameterize"
    GENERATORS = "make-generator, yield and what goes through generators"
    EXIT = "exit, emergency-exit"
    SHADOWING = "variables named like special forms and builtins"
    DEAD_VALUES = "values that nothing uses"
    RECORDS = "record types"
    MATCH = "pattern matching"
    CASE_LAMBDA = "procedures with several parameter lists"
    PROMISES = "delayed values, streams"
    HASH_TABLES = "hash tables"
    BYTEVECTORS = "bytevectors"
    MUTABLE_TEXT = "strings that are changed"
    UNICODE = "characters beyond ASCII, their classes and cases"
    PORTS = "ports in memory, reading"
    FILES = "files, what the program finds around it"
    LABELS = "printing of shared and cyclic data"
    MACROS = "macros of the program's own"
    RARE_SYNTAX = "cond-expand, import, spliced definitions, nested templates"


ALL_FEATURES: Final = frozenset(Feature)
#: What captures, replaces or extends the continuation. Most programs have none of it: the whole-program
#: analysis of a compiler translates them differently from those that do.
SUSPENDING: Final = frozenset(
    {
        Feature.CONTINUATIONS,
        Feature.PROMPTS,
        Feature.WINDS,
        Feature.HANDLERS,
        Feature.PARAMETERS,
        Feature.GENERATORS,
        Feature.EXIT,
    }
)


@dataclass(frozen=True, slots=True)
class Subset:
    """A part of the language that other languages share.

    Programs of a subset use its ``names`` only, raise errors of its ``error_kinds`` only, and do not show what OmniLisp
    decides and Scheme leaves open: the order in which operands are evaluated, the truth and the text of ``nothing``,
    the conditions that built-in procedures raise, the identity of data, the text of procedures.
    """

    names: frozenset[str]
    error_kinds: frozenset[str]

    def within(self, other: Subset | None) -> Subset:
        """What is part of both; None stands for the whole language."""
        return self if other is None else Subset(self.names & other.names, self.error_kinds & other.error_kinds)


@dataclass(frozen=True, slots=True)
class GeneratorConfig:
    """How programs are generated.

    ``features`` are the groups in use; ``size`` the mean number of syntax nodes; ``error_percent`` of
    the programs raise an error on purpose; ``control_percent`` may use the features of :data:`SUSPENDING`, the others
    use none of them; ``steps`` bounds the evaluation steps of a run (what a program really takes is mostly a small
    part of it). ``subset`` is None for programs of the whole language.
    """

    features: frozenset[Feature] = ALL_FEATURES
    size: int = 140
    error_percent: int = 15
    control_percent: int = 35
    steps: int = 60_000
    subset: Subset | None = None


def swarm(random: Random, config: GeneratorConfig) -> GeneratorConfig:
    """``config`` with some of its features switched off.

    Programs that lack features reach states that programs with a little of everything do not
    (Groce et al., *Swarm Testing*, ISSTA 2012). One time in four everything stays on.
    """
    if random.randrange(4) == 0:
        return config
    ordered = sorted(config.features, key=lambda feature: feature.name)
    return replace(config, features=frozenset(f for f in ordered if random.randrange(3) != 0))


def with_control(random: Random, config: GeneratorConfig) -> GeneratorConfig:
    """``config`` with a part of its :data:`SUSPENDING` features for one program, mostly with none of them."""
    kept: frozenset[Feature] = frozenset()
    if random.randrange(100) >= 100 - config.control_percent:
        ordered = sorted(config.features & SUSPENDING, key=lambda feature: feature.name)
        kept = frozenset(feature for feature in ordered if random.randrange(3) != 0)
    return replace(config, features=config.features - SUSPENDING | kept)
