"""The ownership verifier: proves over the emitted C that every reference is consumed exactly once."""

from compiler.verifier.check import OwnershipViolation, Rule, State, Verifier, verify
from compiler.verifier.parse import NotPlainC

__all__ = ["NotPlainC", "OwnershipViolation", "Rule", "State", "Verifier", "verify"]
