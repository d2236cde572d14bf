"""The second factor: one-time codes from time, after RFC 6238 (HMAC-SHA-1, 30 seconds, 6 digits, as the apps expect)."""

import base64
import hashlib
import hmac
import secrets
import struct
from urllib.parse import quote

__all__ = ["STEP_SECONDS", "code", "matching_step", "new_secret", "uri"]

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
DRIFT = 1  # steps before and after that are taken as well


def new_secret() -> str:
    """Make a secret of 160 random bits, in base 32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Give the code of a time step (RFC 4226, 5.3)."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    number: int = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: str, given: str, seconds: float, after: int) -> int | None:
    """Give the time step that a code belongs to, or None; steps up to ``after`` were used and do not count again."""
    if not given.isascii():
        return None
    key, here = base64.b32decode(secret), int(seconds) // STEP_SECONDS
    for step in range(here - DRIFT, here + DRIFT + 1):
        if step > after and hmac.compare_digest(code(key, step), given):
            return step
    return None


def uri(secret: str, name: str, issuer: str) -> str:
    """Write the address that an app reads from a QR code."""
    label = quote(f"{issuer}:{name}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}&digits={DIGITS}&period={STEP_SECONDS}"
