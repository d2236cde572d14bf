"""Encrypted volumes: BitLocker, LUKS, FileVault. Opened with a key that was given, else said to be locked."""

from collections.abc import Callable, Iterator
from typing import Any

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.keys import Keys
from everyframe.evidence.disk.media import Bytes, stream_of
from everyframe.evidence.disk.virtual import Virtual

__all__ = ["LOCKS", "Locked", "unlock"]


class Locked(EvidenceError):  # noqa: N818 - reads as the fact it states
    """Report that no key that was given opens a volume."""


def _tries(keys: Keys) -> Iterator[tuple[str, str]]:
    yield from (("set_password", word) for word in keys.passwords)
    yield from (("set_recovery_password", word) for word in keys.recovery)


def _opened(make: Callable[[], Any], data: Bytes, keys: Keys) -> Virtual:
    """Try each key on a volume of its own: libyal keeps what it was told."""
    stream = stream_of(data)
    for method, word in (("", ""), *_tries(keys)):
        volume = make()
        if method and not hasattr(volume, method):
            continue
        if method:
            getattr(volume, method)(word)
        volume.open_file_object(stream)
        if not volume.is_locked():
            return Virtual(volume, volume.get_size(), stream)
    raise Locked("no key that was given opens it" if keys != Keys() else "no key was given", "volume-locked")


def _bitlocker(data: Bytes, keys: Keys) -> Virtual:
    import pybde

    return _opened(pybde.volume, data, keys)


def _luks(data: Bytes, keys: Keys) -> Bytes:
    import pyluksde

    from everyframe.evidence.disk.luks2 import Luks2, is_luks2

    if is_luks2(data):
        volume = Luks2(data)
        if any(volume.unlock(word) for word in keys.passwords):
            return volume
        raise Locked("no key that was given opens it" if keys != Keys() else "no key was given", "volume-locked")
    return _opened(pyluksde.volume, data, keys)


def _corestorage(data: Bytes, keys: Keys) -> Virtual:
    """Open the first logical volume of a CoreStorage group of one disk."""
    import pyfvde

    stream = stream_of(data)
    volume = pyfvde.volume()
    volume.open_file_object(stream)
    volume.open_physical_volume_files_as_file_objects([stream])
    logical = volume.get_volume_group().get_logical_volume(0)
    for method, word in _tries(keys):
        if not logical.is_locked():
            break
        getattr(logical, method)(word)
        logical.unlock()
    if logical.is_locked():
        raise Locked("no key that was given opens it" if keys != Keys() else "no key was given", "volume-locked")
    return Virtual(logical, logical.get_size(), stream, volume)


LOCKS: dict[str, Callable[[Bytes, Keys], Bytes]] = {
    "bitlocker": _bitlocker,
    "luks": _luks,
    "corestorage": _corestorage,
}


def unlock(kind: str, data: Bytes, keys: Keys) -> Bytes:
    """Open an encrypted volume.

    Raises:
        Locked: no key opens it.
        EvidenceError: it is broken, or encrypted in a way that is not read.
    """
    try:
        return LOCKS[kind](data, keys)
    except (OSError, RuntimeError, MemoryError) as error:
        words = str(error).rpartition("lib")[2].partition(": ")[2].strip() or str(error)
        raise EvidenceError(f"its encryption cannot be read: {words}", "volume-unreadable") from error
