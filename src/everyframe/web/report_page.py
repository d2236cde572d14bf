"""Report and exchange: choosing what is handed out, counting it beforehand, making it, and fetching what was made."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.model.states import State
from everyframe.review.query import view_of
from everyframe.store import audit_log, exchange_rows, runs, sources
from everyframe.store.exchange_choice import NO_CATEGORY, Choice
from everyframe.store.exchange_preview import preview
from everyframe.store.views import SHOWS
from everyframe.web.bodies import Json, field_list, field_text, read_body
from everyframe.web.desk import Desk
from everyframe.web.pages import page
from everyframe.web.run_pages import begin, place

__all__ = ["FORMATS", "ROUTES"]

RUNS_SHOWN = 20
MOST = 1000
#: What can be made: the words of the command, and the ending of the file.
FORMATS: dict[str, tuple[tuple[str, ...], str]] = {
    "vics-2.0": (("vics", "--version=2.0"), ".json"),
    "vics-1.3": (("vics", "--version=1.3"), ".json"),
    "vics-2.0-files": (("vics", "--version=2.0", "--files"), ""),
    "vics-hashset": (("vics", "--what=hashset"), ".json"),
    "csv": (("csv",), ".csv"),
    "case": (("case",), ".jsonld"),
    "hashes-md5": (("hashes", "--algorithm=md5"), ".txt"),
    "hashes-sha1": (("hashes", "--algorithm=sha1"), ".txt"),
    "hashes-sha256": (("hashes", "--algorithm=sha256"), ".txt"),
}


async def report_page(request: Request) -> Response:
    """Show what can be handed out, and what was."""
    desk: Desk = request.app.state.desk

    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            references = list(sources.references(connection).values())
            past = runs.recent(connection, "export", RUNS_SHOWN)
        folder = desk.case.directory / "export"
        there = {p.name for p in folder.iterdir() if p.is_file() and not p.is_symlink()} if folder.is_dir() else set()
        return {"references": references, "past": past, "there": there}

    own: dict[str, Any] = {"formats": list(FORMATS), "scheme": desk.case.scheme, "shows": SHOWS, "no_code": NO_CATEGORY}
    return page("report.html", here="report", info=desk.case.info, **own, **await desk.run(work))


async def count(request: Request) -> Response:
    """Count what would go out and what would stay."""
    desk: Desk = request.app.state.desk
    choice = _choice(desk, await read_body(request))

    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            vics = asdict(exchange_rows.count(connection, choice))
            return preview(connection, choice).as_json() | {"vics": vics}

    return JSONResponse(await desk.run(work))


async def export(request: Request) -> Response:
    """Begin an export into the case's own folder, with a sheet of the digests."""
    desk: Desk = request.app.state.desk
    body = await read_body(request)
    form, choice = field_text(body, "format"), _choice(desk, body)
    if form not in FORMATS:
        raise UsageError(f"there is no format {form!r}; there is {', '.join(FORMATS)}")
    words, ending = FORMATS[form]
    out = place(desk, f"{form.replace('.', '-')}{ending}")
    arguments = ["export", words[0], str(desk.case.directory.resolve()), str(out), *words[1:], "--sheet", "--json"]
    arguments += [f"--exhibit={r}" for r in choice.exhibits] + [f"--state={s.value}" for s in choice.states]
    arguments += [f"--category={c}" for c in choice.categories]
    if choice.view is not None:
        arguments += [f"--query={choice.view.q}", f"--show={choice.view.show}"]
    return await begin(request, "export", arguments, {"format": form, "out": out.name, "choice": choice.as_json()})


def _choice(desk: Desk, body: Json) -> Choice:
    named = {n: tuple(map(str, field_list(body, n, MOST))) for n in ("exhibits", "states", "categories")}
    lost = [s for s in named["states"] if s not in list(State)]
    lost += [c for c in named["categories"] if c not in (*desk.codes, NO_CATEGORY)]
    if lost:
        raise UsageError(f"there is no state or category {lost[0]!r}")
    asked = {"q": field_text(body, "query") if "query" in body else "", "show": str(body.get("show") or "")}
    view = view_of(asked) if any(asked.values()) else None
    states = tuple(State(s) for s in named["states"])
    exhibits, categories = named["exhibits"], named["categories"]
    return Choice(exhibits=exhibits, states=states, categories=categories, scheme=desk.case.scheme.id, view=view)


async def made(request: Request) -> Response:
    """Send a file that was made; who fetched it goes on record first."""
    desk: Desk = request.app.state.desk
    name, actor = request.path_params["name"], desk.actor

    def find() -> Path | None:
        folder = desk.case.directory / "export"
        paths = [p for p in folder.iterdir() if p.name == name] if folder.is_dir() else []
        return next((p for p in paths if p.is_file() and not p.is_symlink()), None)

    path = await desk.run(find)
    if path is None:
        raise UsageError("no such file was made here, or it was taken away")

    def on_record() -> None:
        with desk.case.database.write() as connection:
            audit_log.append(connection, actor, "export.fetch", {"file": name, "bytes": path.stat().st_size})

    await desk.change(on_record)
    return FileResponse(path, filename=name, media_type="application/octet-stream")


ROUTES = (
    Route("/report", report_page),
    Route("/report/files/{name}", made),
    Route("/api/report/count", count, methods=["POST"]),
    Route("/api/runs/export", export, methods=["POST"]),
)
