"""The limits a worker puts on itself before it touches evidence.

Memory, file size, open files and CPU time through resource limits; no file made, changed or opened for writing and no
TCP connection through Landlock (Linux 5.13 and 6.7), for the worker and every program it starts. Where the system lacks
Landlock the worker goes on without and says so; the resource limits always hold.
"""

import contextlib
import ctypes
import os
import resource
import signal
import struct
from pathlib import Path

__all__ = ["arm_cpu", "confine", "reset_signals"]

SYS_CREATE_RULESET, SYS_ADD_RULE, SYS_RESTRICT_SELF = 444, 445, 446  # the same on every architecture
PR_SET_NO_NEW_PRIVS = 38
CREATE_VERSION, PATH_BENEATH = 1, 1
WRITE_FILE, TRUNCATE_V3, REFER_V2 = 1 << 1, 1 << 14, 1 << 13
REMOVALS_AND_MAKES = sum(1 << bit for bit in range(4, 13))
NET_BIND, NET_CONNECT, NET_ABI = 1 << 0, 1 << 1, 4
FILE_BYTES = 8 << 30  # anonymous files in memory count as files too
OPEN_FILES = 256


def reset_signals() -> None:
    """Leave the keyboard's interrupt to the parent, which lets the work in hand end first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def confine(memory_bytes: int) -> str:
    """Put the limits on; gives what could not be limited, in words, or nothing.

    Args:
        memory_bytes: address space beyond what the libraries have taken already.
    """
    _limit(resource.RLIMIT_AS, _address_space() + memory_bytes)
    _limit(resource.RLIMIT_FSIZE, FILE_BYTES)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    return _landlock()


def arm_cpu(seconds: int) -> None:
    """Let this process use so many more seconds of CPU before the system ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _landlock() -> str:
    libc = _libc()
    abi = libc.syscall(SYS_CREATE_RULESET, None, ctypes.c_size_t(0), CREATE_VERSION)
    if abi < 1:
        return "this system has no Landlock: workers are not kept from making files"
    attributes = struct.pack("=QQ", _file_rights(abi), NET_BIND | NET_CONNECT if abi >= NET_ABI else 0)
    size = len(attributes) if abi >= NET_ABI else 8
    ruleset = libc.syscall(SYS_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    if ruleset < 0 or not _allow_nowhere(libc, ruleset, abi) or libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return f"Landlock refused its rules: {os.strerror(ctypes.get_errno())}"
    failed = libc.syscall(SYS_RESTRICT_SELF, ruleset, 0) != 0
    with contextlib.suppress(OSError):
        os.close(ruleset)
    return f"Landlock could not be put on: {os.strerror(ctypes.get_errno())}" if failed else ""


def _allow_nowhere(libc: ctypes.CDLL, ruleset: int, abi: int) -> bool:
    """Let /dev/null be written to: programs are started with their messages going there."""
    rights = _file_rights(abi) & (WRITE_FILE | TRUNCATE_V3)
    descriptor = os.open(os.devnull, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights, descriptor)
        return bool(libc.syscall(SYS_ADD_RULE, ruleset, PATH_BENEATH, rule, 0) == 0)
    finally:
        os.close(descriptor)


def _file_rights(abi: int) -> int:
    rights = WRITE_FILE | REMOVALS_AND_MAKES
    return rights | (REFER_V2 if abi >= 2 else 0) | (TRUNCATE_V3 if abi >= 3 else 0)  # noqa: PLR2004 - Landlock ABI
