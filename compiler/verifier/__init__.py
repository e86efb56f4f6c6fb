"""The ownership verifier: proves over the emitted C that every reference is consumed exactly once."""

from compiler.verifier.check import OwnershipViolation, Rule, verify
from compiler.verifier.items import ItemReader
from compiler.verifier.parse import NotPlainC

__all__ = ["ItemReader", "NotPlainC", "OwnershipViolation", "Rule", "verify"]
