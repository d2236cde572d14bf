"""The program as a whole: help, versions, how errors are shown, and the commands that need no case."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import everyframe
from everyframe import errors
from everyframe.cli import COMMANDS, cli, main
from everyframe.errors import EveryframeError, SelfTestError, WorkerError

if TYPE_CHECKING:
    from tests.conftest import Command, Ran


def leaves(command: click.Command = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from leaves(found, (*path, name))
    else:
        yield path


def test_every_command_explains_itself(run: "Command") -> None:
    found = [*leaves()]
    assert {path[0] for path in found} == {name for name, _, _ in COMMANDS}
    for path in ((), ("case",), ("demo",), *found):
        shown = run(*path, "--help")
        assert (shown.code, shown.err) == (0, "")
        assert re.match(rf"Usage: .+?{''.join(f' {name}' for name in path)} ", shown.out)
        assert run(*path, "-h") == shown


def test_as_a_program_it_names_itself(program: "Command") -> None:
    assert program("--version").out == f"Everyframe, version {everyframe.__version__}\n"
    shown = program("intake", "--help", COLUMNS="100")
    assert shown.code == 0
    assert "Usage: " in shown.out
    assert "Ctrl-C finishes the files in hand" in shown.out


def test_what_does_not_exist_is_said_with_exit_code_2(run: "Command") -> None:
    for arguments, says in (
        (("frobnicate",), "No such command 'frobnicate'"),
        (("account", "x", "--frob"), "No such option"),
        (("account",), "Missing argument 'CASE'"),
    ):
        asked = run(*arguments)
        assert (asked.code, asked.out) == (2, "")
        assert says in asked.err


def raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli, "main", fail)


def test_each_error_has_its_exit_code_and_no_traceback(run: "Command", monkeypatch: pytest.MonkeyPatch) -> None:
    classes = [getattr(errors, name) for name in errors.__all__ if not name.startswith("EXIT")]
    for kind in classes:
        raising(kind("what is wrong"), monkeypatch)
        shown = run()
        assert (shown.code, shown.err) == (kind.exit_code, "everyframe: what is wrong\n")
    assert len({c.exit_code for c in classes}) == len(classes) - 1, "only UsageError shares its code, with the family"


def test_tracebacks_are_shown_where_they_help_and_are_asked_for(
    run: "Command", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERYFRAME_TRACEBACK", "1")
    for kind, shown in ((EveryframeError, False), (SelfTestError, True), (WorkerError, True)):
        raising(kind("wrong"), monkeypatch)
        assert ("Traceback" in run().err) is shown


def test_what_should_not_happen_is_said_so(run: "Command", monkeypatch: pytest.MonkeyPatch) -> None:
    raising(ZeroDivisionError("by zero"), monkeypatch)
    shown = run()
    assert shown.code == 2
    assert "this should not happen: ZeroDivisionError('by zero')" in shown.err
    assert "Traceback" in shown.err


def test_the_keyboard_ends_it_with_130(run: "Command", monkeypatch: pytest.MonkeyPatch) -> None:
    raising(KeyboardInterrupt(), monkeypatch)
    assert (run().code, run().err) == (130, "everyframe: stopped\n")


def test_a_reader_that_goes_away_is_no_fault(taken: Path) -> None:
    words = [sys.executable, "-m", "everyframe", "case", "schemes"]
    readable, writable = os.pipe()
    os.close(readable)
    done = subprocess.run(words, stdout=writable, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    os.close(writable)
    assert done.returncode in {1, 128 + signal.SIGPIPE}
    assert done.stderr == ""


def test_validate_names_what_it_decodes_with(run: "Command") -> None:
    shown = run("validate")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("ok     MD5, SHA-1 and SHA-256 of no bytes\n")
    found = run("validate", "--json").json()
    assert found["passed"] is True
    assert found["versions"]["everyframe"] == everyframe.__version__
    assert {"python", "pillow", "simplejpeg", "numba", "exiftool"} <= set(found["versions"])


def test_validate_fails_where_an_answer_is_wrong(run: "Command", monkeypatch: pytest.MonkeyPatch) -> None:
    from everyframe.validate import selftest

    monkeypatch.setattr(selftest, "WAVES", ("00" * 32, 100))
    shown = run("validate")
    assert shown.code == 15
    assert "WRONG  the PDQ hash of a drawn picture" in shown.out
    assert shown.out.count("ok     ") == 8, "the others are asked all the same"
    assert "the perceptual hash of the test picture comes out wrong" in shown.err


def test_validate_fails_where_a_program_is_missing(
    run: "Command", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    shown = run("validate")
    assert shown.code == 15
    assert "apt-get install libimage-exiftool-perl" in shown.err


def test_a_port_that_is_taken_is_said(run: "Command", taken: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        shown = run("serve", taken, "--port", str(port))
    assert (shown.code, shown.out) == (2, "")
    assert f"port {port} of 127.0.0.1 cannot be used" in shown.err
    assert run("serve", taken, "--port", "70000").code == 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def ended(process: "subprocess.Popen[str]") -> Iterator[None]:
    """End a program with the test, however the test ends."""
    try:
        yield
    finally:
        process.kill()


def test_serve_prints_a_link_holds_the_seat_and_ends_with_ctrl_c(program: "Command", taken: Path) -> None:
    port = free_port()
    words = [sys.executable, "-m", "everyframe", "serve", str(taken), "--port", str(port)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server, ended(server):
        assert server.stderr is not None
        first = server.stderr.readline()
        assert re.fullmatch(rf"Open this link; it works once: http://127\.0\.0\.1:{port}/open#[\w-]{{43}}\n", first)
        assert server.stderr.readline() == "Ctrl-C stops.\n"
        helpers = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        waiting = [p for p in helpers if b"forkserver" in Path(f"/proc/{p}/cmdline").read_bytes()]
        assert len(waiting) == 1, "what decodes for the screen is forked at once"
        second = program("serve", taken, "--port", str(free_port()))
        assert second.code == 6
        assert f"held by process {server.pid} " in second.err
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10)  # no browser, no entry
        server.send_signal(signal.SIGINT)
        out, _ = server.communicate(timeout=30)
    assert (server.returncode, out) == (0, "")
    end = time.monotonic() + 20
    while Path(f"/proc/{waiting[0]}").exists():
        assert time.monotonic() < end, "it stayed behind"
        time.sleep(0.05)


def test_the_demo_exhibit_is_drawn_once(run: "Command", program: "Command", tmp_path: Path) -> None:
    made: Ran = program("demo", "make", tmp_path / "demo", "--files", "40", "--workers", "1", "--json")
    assert made.code == 0, made.err
    found = made.json()
    assert found["exhibit"] == str(tmp_path / "demo" / "exhibit")
    manifest = json.loads((tmp_path / "demo" / "manifest.json").read_text("utf-8"))
    assert found["files"] == len(manifest["rows"]) > 100
    again = run("demo", "make", tmp_path / "demo")
    assert again.code == 2
    assert "is not empty; the demo exhibit gets a directory of its own" in again.err
    assert run("demo", "make", tmp_path / "d2", "--files", "3").code == 2


def test_main_takes_its_arguments_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["everyframe", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert everyframe.__version__ in capsys.readouterr().out
