"""Whatever the program has, the documentation explains under a heading of its own."""

import re
from collections.abc import Iterator

import click
import pytest
from tests.docs.reading import DOCS, PAGES, ROOT, Section, sections

from everyframe import errors
from everyframe.analysis import STAGES
from everyframe.cli import cli
from everyframe.model.settings import SETTINGS
from everyframe.model.states import State
from everyframe.model.warning import MEANING, WarningCode
from everyframe.store import schema
from everyframe.store.scheme_files import load_schemes

SOURCES = sorted((ROOT / "src" / "everyframe").rglob("*.py"))


def titles(page: str) -> list[str]:
    return [s.title.replace("`", "") for s in sections(DOCS / page)]


def text_of(page: str, title: str) -> str:
    found = [s for s in sections(DOCS / page) if s.title.replace("`", "") == title]
    assert len(found) == 1, f"{page} has {len(found)} headings {title!r}"
    return " ".join(found[0].text.split())


def leaves(command: click.Command = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from leaves(found, (*path, name))


def options() -> Iterator[str]:
    for path, command in leaves():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield f"{path} {parameter.opts[-1]}"


def test_every_command_has_a_heading() -> None:
    assert [t for t in titles("commands.md") if re.fullmatch(r"everyframe [a-z ]+", t)] == [
        f"everyframe {path}" for path, _ in leaves()
    ], "each command once, in the order of the program"


def test_every_option_has_a_heading_in_its_command() -> None:
    found = [t for t in titles("commands.md") if " --" in t and t != "everyframe --version"]
    assert sorted(found) == sorted(options())
    assert [t.split(" --")[0] for t in found] == sorted(
        (t.split(" --")[0] for t in found), key=[path for path, _ in leaves()].index
    )


def test_every_state_has_a_heading() -> None:
    assert [t for t in titles("account.md") if t in set(State)] == [s.value for s in State]


def test_the_account_page_lists_the_rules_with_their_states() -> None:
    rows = re.findall(r"^\| \d+ \| .* \| `([a-z-]+)` \|$", (DOCS / "account.md").read_text("utf-8"), re.MULTILINE)
    assert set(rows) == set(State)


@pytest.mark.parametrize("name", [n for n in errors.__all__ if not n.startswith("EXIT")])
def test_every_error_has_a_heading_and_its_exit_code(name: str) -> None:
    said = text_of("errors.md", name)
    assert said.startswith(f"Exit code {getattr(errors, name).exit_code}. ")


def test_no_error_is_explained_that_does_not_exist() -> None:
    assert set(titles("errors.md")) - {"Errors"} == {n for n in errors.__all__ if not n.startswith("EXIT")}


@pytest.mark.parametrize("code", [*WarningCode])
def test_every_warning_has_a_heading_its_meaning_and_what_to_do(code: WarningCode) -> None:
    said = text_of("warnings.md", code)
    assert said.startswith(MEANING[code])
    assert "*What to do.* " in said


def test_no_warning_is_explained_that_does_not_exist() -> None:
    assert set(titles("warnings.md")) - {"Warnings", "Reading again"} == set(WarningCode)


def test_every_setting_and_stage_is_in_its_table() -> None:
    settings, intake = ((DOCS / name).read_text("utf-8") for name in ("settings.md", "intake.md"))
    assert all(f"| `{s.name}` | {s.default} | {s.meaning} |" in settings for s in SETTINGS)
    assert all(f"| `{s.name}` | {s.description} |" in intake for s in STAGES)


def test_every_variable_of_the_environment_has_a_heading() -> None:
    used = {v for path in SOURCES for v in re.findall(r"\bEVERYFRAME_[A-Z_]+\b", path.read_text("utf-8"))}
    assert {t for t in titles("settings.md") if t.startswith("EVERYFRAME_")} == used


def test_every_scheme_has_a_heading() -> None:
    assert {t for t in titles("schemes.md") if t in load_schemes()} == set(load_schemes())


def test_every_table_is_named() -> None:
    said = (DOCS / "internals.md").read_text("utf-8")
    assert [t for t in schema.metadata.tables if f"`{t}`" not in said] == []


def test_every_action_of_the_audit_is_named() -> None:
    call = re.compile(r'audit_log\.append\(\s*\w+, [\w.]+, "([a-z.]+)"')
    written = {action for path in SOURCES for action in call.findall(path.read_text("utf-8"))}
    assert {"case.create", "intake.batch", "exclude"} <= written
    (section,) = [s for s in sections(DOCS / "internals.md") if s.title == "The audit chain"]
    assert [a for a in sorted(written | {"look", "undo", "redo"}) if f"`{a}`" not in section.text] == []


def test_every_limit_of_a_worker_is_stated() -> None:
    from everyframe.evidence.archive import ArchiveLimits
    from everyframe.intake import sandbox
    from everyframe.intake.worker import WorkerLimits

    worker, archive = WorkerLimits(), ArchiveLimits()
    (section,) = [s for s in sections(DOCS / "intake.md") if s.title == "Workers"]
    for row in (
        f"| memory beyond what its libraries take | {worker.memory_bytes >> 30} GiB |",
        f"| CPU time without a sign of progress | {worker.cpu_seconds} s |",
        f"| time without a sign of progress | {worker.wall_seconds:.0f} s |",
        f"| size of a file in memory | {sandbox.FILE_BYTES >> 30} GiB |",
        f"| open files | {sandbox.OPEN_FILES} |",
        f"| items, then it is replaced | {worker.items}, or {worker.growth_bytes >> 20} MiB more",
        f"| pixels that a picture declares | {worker.analysis.max_pixels:,} |",
        f"| frames or pages that are counted | {worker.analysis.max_frames:,} |",
        f"| bytes held in memory for a stage | {worker.analysis.memory_bytes >> 20} MiB |",
        f"| embedded pictures taken out | {worker.analysis.embedded_pictures} |",
        f"| time of the metadata reader | {worker.analysis.tool_seconds:.0f} s |",
        f"| members of one archive | {archive.members:,} |",
        f"| bytes unpacked for each byte of an archive, above 256 MiB | {archive.ratio:,} |",
        f"| bytes unpacked of one archive | {archive.total_bytes >> 40} TiB |",
        f"| bytes of one member | {archive.member_bytes >> 30} GiB |",
        f"| length of a member's name | {archive.name_bytes >> 10} KiB |",
        f"| archives inside archives | {worker.depth} |",
    ):
        assert row in section.text


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "index.md").read_text("utf-8")
    assert [p.name for p in DOCS.glob("*.md") if p.name != "index.md" and f"({p.name})" not in index] == []


def test_each_page_begins_with_its_one_title() -> None:
    for page in PAGES:
        if page.parent.name == "changelog.d" and page.name != "README.md":
            continue
        found: list[Section] = sections(page)
        assert [s.level for s in found].count(1) == 1, page
        assert found[0].level == 1, page
        assert len({s.title for s in found}) == len(found), f"{page} has a heading twice"


def test_each_fragment_says_the_problem_and_what_happens_now() -> None:
    fragments = [p for p in (ROOT / "changelog.d").glob("*.md") if p.name != "README.md"]
    for path in fragments:
        title, *paragraphs = path.read_text("utf-8").strip().split("\n\n")
        assert re.fullmatch(r"(New|Changed|Corrected|Security|Removed): [^\n]+[^.\n]", title), path
        assert len(paragraphs) == 2, path
    assert fragments
