"""Beginning, watching and stopping long work; and the page on which this machine and this case are checked."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.intake.attention import ask_of_run
from everyframe.people.roles import Right
from everyframe.store import audit_log, runs, seat_talk
from everyframe.store.runs import StoredRun
from everyframe.store.seat import holder
from everyframe.web.bodies import Json, field_text, read_body
from everyframe.web.caller import who
from everyframe.web.desk import Desk
from everyframe.web.pages import page
from everyframe.web.running import Runs

__all__ = ["ENDED", "ROUTES", "begin", "checks_of", "place"]

HEAD = re.compile(r"[0-9]{1,12}:[0-9a-fA-F]{64}")
LONGEST_PATH = 4096
#: States of a run whose result is there to be read.
ENDED = ("done", "warnings", "failed", "stopped", "lost")


def _parts(request: Request) -> tuple[Desk, Runs]:
    return request.app.state.desk, request.app.state.runs


async def begin(request: Request, kind: str, arguments: Sequence[str], asked: dict[str, Any]) -> Response:
    """Begin a run in the name of whoever asks, and answer with its number."""
    desk, running = _parts(request)
    actor = desk.actor
    mine = await desk.run(lambda: running.start(kind, arguments, asked, actor=actor))
    return JSONResponse({"run": mine.as_json()})


def place(desk: Desk, name: str) -> Path:
    """Give a path in the case's folder for what is handed out, with the time in its name."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    stem, dot, ending = name.partition(".")
    return desk.case.directory.resolve() / "export" / f"{stem}-{stamp}{dot}{ending}"


async def now_running(request: Request) -> Response:
    """Send what runs, what the holder of the ``intake`` seat says, and which run ended last."""
    desk, running = _parts(request)

    def work() -> dict[str, Any]:
        directory = desk.case.directory
        current, held = running.current, holder(directory, "intake")
        asked = seat_talk.wish(directory)
        with desk.case.database.read() as connection:
            newest = runs.newest(connection)
        seat = {"purpose": held.get("purpose", ""), "since": held.get("since", "")} if held else None
        said = {"current": current.as_json() if current else None, "seat": seat, "asked": asked}
        return said | {"moment": seat_talk.said(directory), "newest": newest}

    return JSONResponse(await desk.run(work))


async def verify(request: Request) -> Response:
    """Verify the case; with a head that was noted earlier, where one is given."""
    desk, _ = _parts(request)
    body = await read_body(request)
    head = str(body.get("head") or "").strip()
    if head and not HEAD.fullmatch(head):
        raise UsageError("a head is a number, a colon and 64 hexadecimal digits, as verify prints it")
    previews = body.get("previews") is not False
    arguments = ["verify", str(desk.case.directory.resolve()), "--json", f"--head={head}"]
    arguments += [] if previews else ["--no-previews"]
    return await begin(request, "verify", arguments, {"head": head, "previews": previews})


async def match(request: Request) -> Response:
    """Match the case against the known sets of the agency once more."""
    desk, _ = _parts(request)
    await read_body(request)
    return await begin(request, "match", ["match", str(desk.case.directory.resolve()), "--json"], {})


async def validate(request: Request) -> Response:
    """Ask this machine for the known answers, and write a report."""
    desk, _ = _parts(request)
    await read_body(request)
    report = place(desk, "validate.json")
    return await begin(request, "validate", ["validate", "--json", f"--report={report}"], {"report": report.name})


async def intake(request: Request) -> Response:
    """Take a source in that the person names by its path on the machine that serves."""
    desk, _ = _parts(request)
    body = await read_body(request)
    path, exhibit = field_text(body, "path").strip(), field_text(body, "exhibit").strip()
    if not path.startswith("/") or "\0" in path or len(path) > LONGEST_PATH:
        raise UsageError("the path must be whole, from / on, as it is on the machine that serves this page")
    if not exhibit or "\0" in exhibit:
        raise UsageError("an exhibit needs a reference, as in JS/1")
    flags = [f"--{name}" for name in ("another", "verify") if body.get(name) is True]
    flags += ["--no-carve"] if body.get("carve") is False else []
    arguments = ["intake", str(desk.case.directory.resolve()), f"--exhibit={exhibit}", "--json", *flags, "--", path]
    return await begin(request, "intake", arguments, {"path": path, "exhibit": exhibit, "options": flags})


async def stop(request: Request) -> Response:
    """Ask the run that is going on to end: once to store what is in hand, twice to end at once."""
    desk, running = _parts(request)
    await read_body(request)
    current = running.current
    if current is not None and current.actor != desk.actor:
        actor, body = desk.actor, {"run": current.id, "kind": current.kind}

        def on_record() -> None:
            with desk.case.database.write() as connection:
                audit_log.append(connection, actor, "run.stop", body)

        await desk.change(on_record)
    return JSONResponse({"stopping": await desk.run(running.stop)})


async def ask(request: Request) -> Response:
    """Ask what holds the ``intake`` seat, wherever it was begun, to pause, go on or stop."""
    desk, _ = _parts(request)
    what, actor = field_text(await read_body(request), "do"), desk.actor
    await desk.change(lambda: ask_of_run(desk.case, what, actor=actor))
    return JSONResponse({"asked": what})


def checks_of(desk: Desk) -> dict[str, Any]:
    """Give the head of the audit and the newest verification and validation, as templates show them."""
    with desk.case.database.read() as connection:
        seq, digest = audit_log.head(connection)
        verified, validated = (runs.last(connection, kind, ENDED) for kind in ("verify", "validate"))
    return {"head": f"{seq}:{digest.hex()}", "verified": verified, "validated": validated}


async def validate_page(request: Request) -> Response:
    """Show what this machine answered last, and how the case verified last."""
    desk, _ = _parts(request)
    found = await desk.run(lambda: checks_of(desk))
    return page("validate.html", here="validate", info=desk.case.info, may=Right.CHECK in who().rights, **found)


async def report(request: Request) -> Response:
    """Send the newest report of the known answers as a file."""
    desk, _ = _parts(request)

    def work() -> StoredRun | None:
        with desk.case.database.read() as connection:
            return runs.last(connection, "validate", ("done", "warnings"))

    found = await desk.run(work)
    if found is None:
        raise UsageError("this machine was not validated from here yet")
    body: Json = {name: value for name, value in found.result.items() if name not in ("report", "sha256")}
    return JSONResponse(body, headers={"Content-Disposition": 'attachment; filename="validate.json"'})


ROUTES = (
    Route("/validate", validate_page),
    Route("/validate/report.json", report),
    Route("/api/runs", now_running),
    Route("/api/runs/verify", verify, methods=["POST"]),
    Route("/api/runs/match", match, methods=["POST"]),
    Route("/api/runs/validate", validate, methods=["POST"]),
    Route("/api/runs/intake", intake, methods=["POST"]),
    Route("/api/runs/stop", stop, methods=["POST"]),
    Route("/api/intake/ask", ask, methods=["POST"]),
)
