"""Digests, numbers and flags as text, read strictly: what does not fit is counted, never guessed."""

import base64
import binascii
import re
from typing import Final

from everyframe.known.entry import ALGORITHMS
from everyframe.known.lint import Lint

__all__ = ["MAX_NUMBER", "boolean", "digest", "number", "photodna_bytes"]

MAX_NUMBER: Final = 2**63 - 1
HEX: Final = re.compile(r"[0-9a-fA-F]+")
DIGITS: Final = re.compile(r"[0-9]{1,19}")
LENGTHS: Final = {algorithm: 2 * length for algorithm, length in ALGORITHMS.items()}
BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


def digest(text: object, algorithm: str, lint: Lint, where: str) -> bytes:
    """Read a digest written in hexadecimal (PhotoDNA: base64 too); empty when there is none or it is wrong."""
    if text is None or text == "":
        return b""
    if isinstance(text, str):
        if len(text) == LENGTHS[algorithm]:  # nearly always
            try:
                value = bytes.fromhex(text)
            except ValueError:
                value = b""
            if 2 * len(value) == len(text):
                return value
        clean = text.strip().strip('"')
        if not clean:
            return b""
        if algorithm == "photodna":
            value = photodna_bytes(clean)
        else:
            value = bytes.fromhex(clean) if len(clean) % 2 == 0 and HEX.fullmatch(clean) else b""
        if len(value) == ALGORITHMS[algorithm]:
            return value
    lint.add("bad-digest", where, f"{algorithm} {text!r:.60}")
    return b""


def photodna_bytes(text: str) -> bytes:
    """Read 144 bytes written as base64 or hexadecimal; empty when the text is neither."""
    length = ALGORITHMS["photodna"]
    if len(text) == 2 * length and HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return value if len(value) == length else b""


def number(value: object, lint: Lint, where: str, *, most: int = MAX_NUMBER) -> int:
    """Read a count that may be written as text; -1 when there is none or it is wrong."""
    if type(value) is int and 0 <= value <= most:
        return value
    if value is None or value == "":
        return -1
    if isinstance(value, str):
        clean = value.strip()
        if DIGITS.fullmatch(clean) and int(clean) <= most:
            return int(clean)
    lint.add("bad-number", where, repr(value)[:60])
    return -1


def boolean(value: object, lint: Lint, where: str) -> bool | None:
    """Read a flag that may be written as a word; None when nothing is said or it is wrong."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        found = BOOLEANS.get(value.strip().lower())
        if found is not None:
            lint.add("boolean-as-text", where)
            return found
        if not value.strip():
            return None
    lint.add("bad-boolean", where, repr(value)[:60])
    return None
