"""Recursive procedures that end: they count a small integer down (or up) or take a list apart.

What a recursion computes is an accumulation: a value of the result type that one step after the other
extends. :func:`first_type` and :func:`extended` keep it inside the bounds of that type for a known
number of steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from omnitest.generate.builder import Builder
from omnitest.generate.config import Feature
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import BOOL, NOTHING, NUMBER, WIDE, Bool, Float, Int, List, Str, Type, Vec, fits


def first_type(type_: Type, times: int) -> Type:
    """The type of the first value of an accumulation of ``type_`` in at most ``times`` steps."""
    match type_:
        case Int() if type_.low <= 0 <= type_.high:
            return Int(-(-type_.low // (times + 1)), type_.high // (times + 1))
        case List() if type_.most - times >= type_.least:
            return List(type_.item, type_.least, type_.most - times)
        case Str() if type_.most // (times + 1) >= type_.least:
            return Str(type_.least, type_.most // (times + 1))
        case _:
            return type_


def extended(g: Builder, type_: Type, times: int, so_far: Tree, size: int) -> Tree:
    """``so_far``, an accumulation of ``type_``, one of at most ``times`` steps further."""
    first = first_type(type_, times)
    match first, type_:
        case Int(), Int() if first != type_ and first.high > 0:
            if fits(type_, WIDE) and type_.high > 1_000_003 and g.randrange(3) == 2:
                mixed: Tree = ["+", ["*", so_far, "31"], g.expr(Int(0, 1000), size - 5)]
                return ["modulo", mixed, str(min(first.high + 1, 1_000_003))]
            part = g.expr(first, size - 2)
            return ["+", so_far, part] if g.randrange(3) else ["+", part, so_far]
        case Float(), _:
            return [g.pick(("+", "-", "*", "max")), so_far, g.expr(NUMBER, size - 2)]
        case Bool(), _:
            return ["not", so_far] if size < 4 else [g.pick(("or", "and", "eq?")), g.expr(BOOL, size - 2), so_far]
        case List(), List() if first != type_:
            item = g.expr(type_.item, size - 2)
            return ["cons", item, so_far] if g.randrange(4) else ["append", so_far, ["list", item]]
        case Str(), Str() if first != type_:
            part = g.expr(Str(0, first.most), size - 2)
            return ["string-append", part, so_far] if g.randrange(2) else ["string-append", so_far, part]
        case _:
            left, right = g.split(size - 2, 2)
            return ["if", g.expr(BOOL, left), so_far, g.expr(type_, right)]


@dataclass(frozen=True, slots=True)
class Recursion:
    """A recursive procedure: its parameters, what the first call may pass for them, its body."""

    params: list[Var]
    entry: tuple[Type, ...]
    body: list[Tree]


Shape = Callable[[Builder, Var, Type, int, int], Recursion]


def choose(g: Builder, condition: Tree, then: Tree, otherwise: Tree) -> Tree:
    """A conditional written as if, or as cond."""
    if g.has(Feature.CASES) and g.randrange(4) == 3:
        return ["cond", [condition, then], ["else", otherwise]]
    return ["if", condition, then, otherwise]


def _is_zero(g: Builder, counter: Var) -> Tree:
    return g.one_of((["=", counter, "0"], ["<=", counter, "0"], ["zero?", counter], ["<", counter, "1"]))


def _less_one(counter: Var) -> Tree:
    return ["-", counter, "1"]


def _loop_body(g: Builder, size: int, final: Tree) -> list[Tree]:
    """The body of a loop, sometimes with an effect before ``final``."""
    if size > 8 and g.randrange(3) == 2:
        return [g.expr(NOTHING, size // 2), final]
    return [final]


def count_down(g: Builder, self: Var, type_: Type, size: int, times: int) -> Recursion:
    """Tail recursion on a decreasing counter with an accumulator."""
    counter, result = Var(Int(0, times)), Var(type_)
    with g.visible(counter, result):
        step = extended(g, type_, times, result, size - 8)
        body = _loop_body(g, size, choose(g, _is_zero(g, counter), result, [self, _less_one(counter), step]))
    return Recursion([counter, result], (Int(0, times), first_type(type_, times)), body)


def count_up(g: Builder, self: Var, type_: Type, size: int, times: int) -> Recursion:
    """Tail recursion on a counter that grows to a constant."""
    counter, result = Var(Int(0, times)), Var(type_)
    with g.visible(counter, result):
        step = extended(g, type_, times, result, size - 8)
        again: Tree = [self, step, ["+", "1", counter]]
        test = g.one_of((["<", counter, str(times)], ["not", ["=", counter, str(times)]]))
        body = _loop_body(g, size, choose(g, test, again, result))
    return Recursion([result, counter], (first_type(type_, times), Int(0, times)), body)


def down_a_list(g: Builder, self: Var, type_: Type, size: int, times: int) -> Recursion:
    """Tail recursion along a list with an accumulator."""
    item = g.data_type(1)
    items, result, head = Var(List(item, 0, times)), Var(type_), Var(item)
    with g.visible(result, head):
        step = extended(g, type_, times, result, size - 9)
    again: Tree = [self, ["cdr", items], step]
    inner = Form(["let", [[head, ["car", items]]], again], ([head], [again]))
    body: list[Tree] = [choose(g, ["null?", items], result, inner)]
    return Recursion([items, result], (List(item, 0, times), first_type(type_, times)), body)


def back_from_zero(g: Builder, self: Var, type_: Type, size: int, times: int) -> Recursion:
    """Recursion on a decreasing counter that works on the way back."""
    counter = Var(Int(0, times))
    base_size, step_size = g.split(size - 8, 2)
    base = g.expr(first_type(type_, times), base_size)
    with g.visible(counter):
        step = extended(g, type_, times, [self, _less_one(counter)], step_size)
    return Recursion([counter], (Int(0, times),), [choose(g, _is_zero(g, counter), base, step)])


def back_along_a_list(g: Builder, self: Var, type_: Type, size: int, times: int) -> Recursion:
    """Structural recursion on a list, with a second parameter that is passed on."""
    item = g.data_type(1)
    also = Var(g.any_type())
    items, head = Var(List(item, 0, times)), Var(item)
    base_size, step_size = g.split(size - 9, 2)
    base = g.expr(first_type(type_, times), base_size)
    with g.visible(also, head):
        step = extended(g, type_, times, [self, ["cdr", items], also], step_size)
    inner = Form(["let", [[head, ["car", items]]], step], ([head], [step]))
    test: Tree = ["pair?", items]
    body: list[Tree] = [choose(g, test, inner, base)]
    return Recursion([items, also], (List(item, 0, times), also.type), body)


def along_a_vector(g: Builder, self: Var, type_: Type, size: int, times: int) -> Recursion:
    """Tail recursion on an index of a vector."""
    item, length = g.data_type(1), max(1, min(times, 6))
    vector, index, result, head = Var(Vec(item, length)), Var(Int(0, length)), Var(type_), Var(item)
    with g.visible(vector, result, head):
        step = extended(g, type_, times, result, size - 11)
    again: Tree = [self, vector, ["+", index, "1"], step]
    inner = Form(["let", [[head, ["vector-ref", vector, index]]], again], ([head], [again]))
    body: list[Tree] = [choose(g, ["=", index, ["vector-length", vector]], result, inner)]
    return Recursion([vector, index, result], (Vec(item, length), Int(0, length), first_type(type_, times)), body)


def two_calls(g: Builder, self: Var, type_: Type, size: int, times: int) -> Recursion:
    """Tree recursion: two calls with a smaller counter; ``times`` bounds the number of calls."""
    depth = max(1, times.bit_length() - 1)  # a tree of that depth has fewer than ``times`` calls
    counter, left, right = Var(Int(0, depth)), Var(type_), Var(type_)
    base_size, step_size = g.split(size - 12, 2)
    base = g.expr(type_, base_size)
    with g.visible(counter, left, right):
        both = g.expr(type_, step_size)
    second = g.pick(("1", "2"))
    calls: Tree = [[left, [self, _less_one(counter)]], [right, [self, ["-", counter, second]]]]
    inner = Form(["let", calls, both], ([left, right], [both]))
    return Recursion([counter], (Int(0, depth),), [choose(g, ["<=", counter, "1"], base, inner)])


TAIL_SHAPES: tuple[Shape, ...] = (count_down, count_up, down_a_list, along_a_vector)
ALL_SHAPES: tuple[Shape, ...] = (*TAIL_SHAPES, back_from_zero, back_from_zero, back_along_a_list, two_calls)


def shapes(g: Builder) -> tuple[Shape, ...]:
    """The shapes that the program's features allow."""
    available = ALL_SHAPES if g.has(Feature.RECURSION) else TAIL_SHAPES
    if not g.has(Feature.VECTORS):
        available = tuple(shape for shape in available if shape is not along_a_vector)
    return available


def times_for(g: Builder, type_: Type, size: int) -> int:
    """A number of steps for a recursion of ``size`` nodes that computes ``type_``; 0 if it does not fit here."""
    most = g.pick((3, 5, 10, 20, 30, 50, 100))
    if g.has(Feature.DEEP_RECURSION) and g.randrange(8) == 7:
        most = g.pick((100, 300, 600))
    match type_:
        case List() if type_.most > type_.least:
            most = min(most, type_.most - type_.least)
        case Str() if type_.most > 1:
            most = min(most, type_.most // 2)
        case _:
            pass
    most = g.iterations(12 + 4 * max(4, size), most)
    return most if most >= 2 else 0
