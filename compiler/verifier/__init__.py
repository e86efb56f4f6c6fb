"""The ownership verifier: proves over the emitted C that every reference is consumed exactly once."""

from compiler.verifier.check import OwnershipViolation, Rule, verify
from compiler.verifier.memo import Memory
from compiler.verifier.parse import NotPlainC, parse_program

__all__ = ["Memory", "NotPlainC", "OwnershipViolation", "Rule", "parse_program", "verify"]
