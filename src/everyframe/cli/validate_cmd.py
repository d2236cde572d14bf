"""``everyframe validate``: known answers on this machine."""

import hashlib
import json
import platform
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from everyframe.atomic import atomic_file
from everyframe.audit.chain import START, canonical, link
from everyframe.cli.common import actor, json_option, print_json
from everyframe.cli.ticker import Ticker
from everyframe.errors import EveryframeError, SelfTestError, UsageError
from everyframe.known.match_selftest import self_test as find_planted
from everyframe.model.clock import now
from everyframe.validate.selftest import CHECKS, Check, Checked, known_answers, versions

__all__ = ["validate"]

#: SHA-256 over 32 zero bytes and ``[1,"2026-01-01T00:00:00+00:00","a","case.create","{\\"b\\":1}"]``.
LINK = "a9957aae2878587bb94a3098c5a25813b9b9ef3c6735d8453abc5389e461668b"


def _chain() -> None:
    found = link(START, 1, "2026-01-01T00:00:00+00:00", "a", "case.create", canonical({"b": 1})).hex()
    if found != LINK:
        raise SelfTestError(f"the first record of an audit comes out with another hash: {found}")


def _exiftool() -> str:
    try:
        done = subprocess.run(["exiftool", "-ver"], capture_output=True, text=True, check=True, timeout=30)  # noqa: S607 - on PATH by its package
    except (OSError, subprocess.SubprocessError) as error:
        raise SelfTestError(
            f"exiftool does not run: {error}. Install it: apt-get install libimage-exiftool-perl"
        ) from error
    return done.stdout.strip()


def _exiftool_runs() -> None:
    _exiftool()


#: What this command asks beside what each run of intake asks.
MORE: tuple[Check, ...] = (
    Check("audit-chain", "the hash of a first audit record", _chain),
    Check("matching", "a planted picture is found by its digests, and in every orientation", find_planted),
    Check("exiftool", "exiftool runs", _exiftool_runs),
)


@click.command()
@click.option(
    "--report", metavar="FILE", type=click.Path(path_type=Path), help="Write a report with every check and its answer."
)
@json_option
def validate(*, report: Path | None, as_json: bool) -> None:
    """Check that this machine gives the known answers, and name what it decodes with.

    Every check is run, also after one that fails; then the command ends with exit code 15.
    """
    if report and report.exists():
        raise UsageError(f"{report} exists already; nothing is written over it: choose another name")
    step = Ticker("validating", as_events=True).step if as_json else lambda *_: None
    checked = known_answers((*CHECKS, *MORE), step)
    found = _found(checked)
    if report:
        found |= {"report": str(report), "sha256": _write(report, found)}
    if as_json:
        print_json(found)
    else:
        _say(found)
    faults = [c for c in checked if not c.passed]
    if faults:
        said = f"{len(faults)} of {len(checked)} checks give other answers; do not work on this machine"
        raise SelfTestError(f"{said}: {faults[0].fault}")


def _found(checked: list[Checked]) -> dict[str, Any]:
    seen = versions() | {"system": platform.platform()}
    try:
        seen["exiftool"] = _exiftool()
    except EveryframeError:
        seen["exiftool"] = ""
    rows = [asdict(c) | {"passed": c.passed} for c in checked]
    at = {"at": now(), "machine": platform.node(), "actor": actor()}
    return {"passed": all(c.passed for c in checked), "checks": rows, "versions": seen} | at


def _write(report: Path, found: dict[str, Any]) -> str:
    """Write the report, whole or not at all; gives its SHA-256."""
    data = json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n"
    try:
        with atomic_file(report) as file:
            file.write(data)
    except OSError as error:
        raise UsageError(f"{report} could not be written: {error.strerror}") from error
    return hashlib.sha256(data).hexdigest()


def _say(found: dict[str, Any]) -> None:
    for check in found["checks"]:
        click.echo(
            f"{'ok' if check['passed'] else 'WRONG':6} {check['asks']}{': ' if check['fault'] else ''}{check['fault']}"
        )
    for name, version in found["versions"].items():
        click.echo(f"  {name:14} {version}")
    if "report" in found:
        click.echo(f"report {found['report']}, SHA-256 {found['sha256']}")
