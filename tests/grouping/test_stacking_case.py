"""Stacks of a case: folded, looked at, decided on; what people decided outlives every run."""

from __future__ import annotations

import io
import shutil
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from sqlalchemy import delete, insert, select, update

from everyframe.errors import DecisionError, UsageError
from everyframe.grouping.stacking import Stacked, radius_of, stack_case
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.model.states import State
from everyframe.review.decisions import decide, undo
from everyframe.review.looks import record_looks
from everyframe.store import exclusions, known_facts, schema, settings, stack_decisions
from everyframe.store.account import read_account
from everyframe.store.case import Case, NewCase
from everyframe.store.digest import result_digest
from everyframe.store.known_facts import HitRow
from everyframe.store.looking import SeenLook
from everyframe.store.orders import counts, read_order
from everyframe.store.stack_members import read_stack
from everyframe.store.stack_schema import stack_comparison, stack_decision, stack_member
from everyframe.store.verify import verify
from everyframe.store.views import View
from everyframe.store.windows import read_items
from everyframe.testing.exhibits import draw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Command

M, F, T = schema.media, schema.media_file, stack_member
OPS = (f"{n:032d}" for n in count())
#: Each with the picture that it was made from.
FILES = {"a.png": "a", "a small.jpg": "a", "a poor.jpg": "a", "a marked.jpg": "a", "b.png": "b", "b poor.jpg": "b"}


def scene(seed: int) -> Image.Image:
    rough = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    return Image.fromarray(rough).resize((512, 384), Image.Resampling.BICUBIC)


def saved(image: Image.Image, form: str, quality: int = 90) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, quality=quality)
    return buffer.getvalue()


def pictures() -> dict[str, bytes]:
    a, b = scene(1), scene(2)
    marked = a.copy()
    ImageDraw.Draw(marked).rectangle((200, 180, 262, 204), fill=(255, 255, 255))
    flat = Image.new("RGB", (320, 240), (90, 90, 90))
    lighter = Image.new("RGB", (320, 240), (91, 91, 91))
    return {
        "a.png": saved(a, "PNG"),
        "a small.jpg": saved(a.resize((256, 192)), "JPEG"),
        "a poor.jpg": saved(a, "JPEG", 60),
        "a marked.jpg": saved(marked, "JPEG"),
        "b.png": saved(b, "PNG"),
        "b poor.jpg": saved(b, "JPEG", 60),
        "c.png": saved(Image.fromarray(draw(7)), "PNG"),
        "plain.png": saved(flat, "PNG"),
        "plain too.png": saved(lighter, "PNG"),
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("stacking")
    (directory / "exhibit").mkdir()
    for name, data in pictures().items():
        (directory / "exhibit" / name).write_bytes(data)
    with Case.create(directory / "case", NewCase(number="1"), actor="t") as case:
        Intake(case, IntakeRequest(sources=(directory / "exhibit",), exhibit="A", actor="t", workers=1)).run()
    return directory


@pytest.fixture
def case(made: Path, tmp_path: Path) -> Iterator[Case]:
    with Case(shutil.copytree(made / "case", tmp_path / "case")) as opened:
        yield opened


def folded(case: Case, **asked: Any) -> Stacked:
    found = stack_case(case, actor="t", **asked)
    assert verify(case).problems == []
    return found


def ids(case: Case) -> dict[str, int]:
    with case.database.read() as connection:
        return dict(connection.execute(select(F.c.display, F.c.media_id)).all())


def members(case: Case) -> dict[str, tuple[str, bool]]:
    """Give the representative of each member, and whether it shows something else."""
    names = {i: name for name, i in ids(case).items()}
    with case.database.read() as connection:
        rows = connection.execute(select(T)).all()
    return {names[r.media_id]: (names[r.representative_id], r.differs) for r in rows}


def shown(case: Case, show: str = "all") -> set[str]:
    names = {i: name for name, i in ids(case).items()}
    with case.database.read() as connection:
        found = read_order(connection, View(show), "triage", ()).ids.tolist()
        if not show.startswith("stack:"):
            assert counts(connection, "", "triage", ())[show] == len(found)
    return {names[i] for i in found}


def look(case: Case, *names: str) -> None:
    own = ids(case)
    looks = [SeenLook(own[n], 500, 400, 5000, 1, blurred=False, manner="viewer") for n in names]
    assert record_looks(case, looks, op=next(OPS), actor="t")["recorded"] == len(names)


def states(case: Case) -> dict[State, int]:
    with case.database.read() as connection:
        account = read_account(connection)
    assert account.balanced
    return {s: t.files for s, t in account.states.items() if t.files}


FOLDED = {
    "a small.jpg": ("a.png", False),
    "a poor.jpg": ("a.png", False),
    "a marked.jpg": ("a.png", True),
    "b poor.jpg": ("b.png", False),
}


def test_copies_are_folded_and_what_shows_something_else_is_marked(case: Case) -> None:
    with case.database.read() as connection:
        digest = result_digest(connection)
    found = folded(case)
    assert members(case) == FOLDED
    assert (found.pictures, found.stacks, found.members, found.differing, found.by_hand) == (9, 2, 4, 1, 0)
    assert shown(case) == {"a.png", "a marked.jpg", "b.png", "c.png", "plain.png", "plain too.png"}
    assert shown(case, "variants") == {"a marked.jpg"}
    assert shown(case, "stacked") == {"a.png", "b.png"}
    for name in ("a.png", "a poor.jpg", "a marked.jpg"):
        assert shown(case, f"stack:{ids(case)[name]}") == {n for n, of in FILES.items() if of == "a"}
    with case.database.read() as connection:
        assert result_digest(connection) == digest


def test_turned_and_mirrored_copies_are_folded_and_shown_to_be_turned(tmp_path: Path) -> None:
    (tmp_path / "exhibit").mkdir()
    whole = scene(1)
    marked = whole.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    ImageDraw.Draw(marked).rectangle((200, 180, 262, 204), fill=(255, 255, 255))
    turns = {f"turned {way + 2}.jpg": whole.transpose(Image.Transpose(way)) for way in range(7)}
    for name, image in {"a.png": whole, "mirrored and marked.jpg": marked, **turns}.items():
        image.save(tmp_path / "exhibit" / name)
    with Case.create(tmp_path / "case", NewCase(number="1"), actor="t") as case:
        Intake(case, IntakeRequest(sources=(tmp_path / "exhibit",), exhibit="A", actor="t", workers=1)).run()
        folded(case)
        assert members(case) == dict.fromkeys(turns, ("a.png", False)) | {"mirrored and marked.jpg": ("a.png", True)}
        names = {i: name for name, i in ids(case).items()}
        with case.database.read() as connection:
            stack = read_stack(connection, ids(case)["a.png"])
        # Pillow's ways by number: mirrored, top to bottom, 90, 180, 270 against the clock, both diagonals
        expected = dict(zip(turns, (2, 4, 8, 3, 6, 5, 7), strict=True)) | {"mirrored and marked.jpg": 2}
        assert {names[r["media_id"]]: r["turn"] for r in stack["rows"]} == expected  # type: ignore[index]


def test_a_look_at_the_representative_accounts_for_what_shows_the_same_only(case: Case) -> None:
    folded(case)
    look(case, "a.png")
    assert states(case) == {State.LOOKED: 1, State.STACKED_UNDER_LOOKED: 2, State.REMAINING: 6}
    look(case, "a marked.jpg", "a small.jpg")
    assert states(case) == {State.LOOKED: 3, State.STACKED_UNDER_LOOKED: 1, State.REMAINING: 5}


def test_a_look_at_a_member_says_nothing_of_the_others(case: Case) -> None:
    folded(case)
    look(case, "a small.jpg")
    assert states(case) == {State.LOOKED: 1, State.REMAINING: 8}


def test_a_rerun_gives_the_same_and_compares_nothing_twice(case: Case) -> None:
    first = folded(case)
    told: list[object] = []
    assert folded(case, tell=lambda *what: told.append(what)) == first
    assert told == []


def test_a_smaller_radius_folds_less(case: Case) -> None:
    assert folded(case, radius=0).members < 4
    with case.database.write() as connection:
        settings.change(connection, "stacks.radius", "32", "t")
    with pytest.raises(UsageError, match="at most 31"):
        radius_of(case)


def decided(case: Case, kind: str, *names: str) -> None:
    own, op = ids(case), next(OPS)
    with case.database.write() as connection:
        {"split": stack_decisions.split, "merge": stack_decisions.merge}[kind](
            connection, [own[n] for n in names], op=op, actor="t"
        )


def test_split_and_merge_outlive_every_run_and_undo_takes_them_back(case: Case) -> None:
    folded(case)
    decided(case, "split", "a small.jpg")
    folded(case)
    assert members(case) == {n: m for n, m in FOLDED.items() if n != "a small.jpg"}
    decided(case, "merge", "c.png", "b.png")
    for _ in range(2):
        found = folded(case)
        assert members(case)["c.png"] == ("b.png", False)
        assert found.by_hand == 1
    for expected in (FOLDED.keys() - {"a small.jpg"}, FOLDED.keys()):
        with case.database.write() as connection:
            stack_decisions.undo(connection, op=next(OPS), actor="t")
        folded(case)
        assert members(case).keys() == expected
    with case.database.write() as connection, pytest.raises(DecisionError, match="stands"):
        stack_decisions.undo(connection, op=next(OPS), actor="t")
    with case.database.read() as connection:
        assert len(connection.execute(select(stack_decision)).all()) == 4


def test_the_newest_decision_on_a_pair_counts(case: Case) -> None:
    folded(case)
    decided(case, "split", "b poor.jpg")
    folded(case)
    decided(case, "merge", "b.png", "b poor.jpg")
    folded(case)
    assert members(case) == FOLDED


def test_what_cannot_be_split_or_merged_is_refused(case: Case) -> None:
    folded(case)
    with pytest.raises(DecisionError, match="no member"):
        decided(case, "split", "a.png")
    with pytest.raises(DecisionError, match="two pictures"):
        decided(case, "merge", "a.png", "a.png")
    with case.database.read() as connection:
        for named in ("99999", "9" * 30, "-1", "x", "ab" * 32, "zz" * 32):
            with pytest.raises(UsageError):
                stack_decisions.find_media(connection, named)


def test_members_show_themselves_when_their_representative_is_known_or_excluded(case: Case) -> None:
    folded(case)
    with case.database.write() as connection:
        facts = {"name": "s", "version": "", "kind": "reference", "scheme": ""}
        own = known_facts.put_set(connection, "s-1", facts)
        known_facts.add_hits(connection, own.id, [HitRow(ids(case)["a.png"], "exact", "", "md5", 0, 1)])
    assert {"a small.jpg", "a poor.jpg"} <= shown(case)
    assert "a.png" not in shown(case)
    assert shown(case, "known") == {"a.png"}
    assert states(case) == {State.KNOWN: 1, State.REMAINING: 8}
    with case.database.write() as connection:
        number = exclusions.exclude(connection, pattern="b.png", reference="", why="x", actor="t")
    assert "b poor.jpg" in shown(case)
    assert shown(case, "remaining") == shown(case) - {"b.png"}
    with case.database.write() as connection:
        exclusions.withdraw(connection, number, "t")
    assert "b poor.jpg" not in shown(case)
    folded(case)
    assert members(case)["a small.jpg"][0] != "a.png"


def test_a_preview_that_cannot_be_read_makes_a_member_stand_for_itself(case: Case) -> None:
    with case.database.write() as connection:
        p = schema.preview
        of_member = (p.c.media_id == ids(case)["a poor.jpg"], p.c.role == "grid")
        connection.execute(update(p).where(*of_member).values(length=p.c.length - 1))
    stack_case(case, actor="t")
    assert members(case)["a poor.jpg"] == ("a.png", True)
    with case.database.write() as connection:
        connection.execute(update(p).where(*of_member).values(length=p.c.length + 1))
    folded(case)
    assert members(case) == FOLDED


def test_stopped_while_comparing_it_goes_on(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("everyframe.grouping.stacking.BATCH", 1)

    def stop(_phase: str, done: int, _total: int) -> None:
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        stack_case(case, actor="t", tell=stop)
    assert members(case) == {}
    assert verify(case).problems == []
    left: list[int] = []
    folded(case, tell=lambda _phase, _done, total: left.append(total))
    assert set(left) == {2}
    assert members(case) == FOLDED


def test_a_decision_spreads_to_the_stack_only_when_a_person_says_so(case: Case) -> None:
    folded(case)
    own = ids(case)

    def standing() -> set[int]:
        with case.database.read() as connection:
            return set(connection.execute(select(schema.standing.c.media_id)).scalars())

    decide(case, "relevant", [own["a.png"]], op=next(OPS), actor="t")
    assert standing() == {own["a.png"]}
    answer = decide(case, "unsure", [own["a.png"]], op=next(OPS), actor="t", for_stack=True)
    whole = {own["a.png"], own["a small.jpg"], own["a poor.jpg"]}
    assert (answer["decided"], set(answer["media"]), standing()) == (3, whole, whole)
    assert undo(case, op=next(OPS), actor="t")["files"] == 3
    assert standing() == {own["a.png"]}
    decide(case, "unsure", [own["a marked.jpg"]], op=next(OPS), actor="t", for_stack=True)
    assert standing() == whole | {own["a marked.jpg"]}
    assert shown(case, "decided") == {"a.png", "a small.jpg", "a poor.jpg", "a marked.jpg"}
    assert verify(case).problems == []


def test_cells_and_the_viewer_tell_of_the_stack(case: Case) -> None:
    folded(case)
    own = ids(case)
    with case.database.read() as connection:
        cells = {i.id: i for i in read_items(connection, list(own.values()))}
        head, alone = read_stack(connection, own["a marked.jpg"]), read_stack(connection, own["c.png"])
    assert (cells[own["a.png"]].stacked, cells[own["a marked.jpg"]].variant, cells[own["b.png"]].variant) == (
        3,
        True,
        False,
    )
    assert alone is None
    assert head is not None
    assert (head["representative"], head["name"], head["total"]) == (own["a.png"], "a.png", 3)
    assert [r["name"] for r in head["rows"] if r["differs"]] == ["a marked.jpg"]


def test_more_intake_folds_under_what_is_there(case: Case, made: Path, tmp_path: Path) -> None:
    folded(case)
    decided(case, "split", "b poor.jpg")
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "a again.jpg").write_bytes(saved(scene(1), "JPEG", 75))
    shutil.copy(made / "exhibit" / "a small.jpg", tmp_path / "second" / "copy.jpg")
    Intake(case, IntakeRequest(sources=(tmp_path / "second",), exhibit="B", actor="t", workers=1)).run()
    assert verify(case).problems == []
    folded(case)
    assert members(case)["a again.jpg"] == ("a.png", False)
    assert "b poor.jpg" not in members(case)
    look(case, "a.png")
    assert states(case)[State.STACKED_UNDER_LOOKED] == 4  # the copy in the other exhibit, too


def test_changed_members_are_found(case: Case) -> None:
    folded(case)
    with case.database.write() as connection:
        connection.execute(update(T).where(T.c.differs).values(differs=False))
    assert len(verify(case).problems) >= 2
    with case.database.write() as connection:
        connection.execute(delete(T))
        connection.execute(delete(stack_comparison))
        own = list(ids(case).values())
        values = {"op": "x" * 32, "kind": "merge", "media_id": own[0], "other_id": own[1], "actor": "t", "at": ""}
        connection.execute(insert(stack_decision).values(values))
    assert any("no audit record vouches" in p for p in verify(case).problems)


def test_the_commands(run: Command, made: Path, tmp_path: Path) -> None:
    directory = shutil.copytree(made / "case", tmp_path / "case")
    assert "4 of 9 pictures are members of 2 stacks" in run("stacks", directory).out
    assert run("stacks", directory, "--json").json()["differing"] == 1
    assert run("stacks", "fold", directory, "--radius", "0", "--json").json()["radius"] == 0
    assert run("stacks", directory).code == 0
    with Case(directory) as case:
        own = ids(case)
        with case.database.read() as connection:
            small = connection.execute(select(M.c.sha256).where(M.c.id == own["a small.jpg"])).scalar_one()
    assert run("stacks", "split", directory, small.hex(), "--json").json()["stacks"]["members"] == 3
    merged = run("stacks", "merge", directory, str(own["c.png"]), str(own["b.png"]))
    assert "1 put there by hand" in merged.out
    assert run("stacks", "undo", directory, "--json").json()["stacks"]["members"] == 3
    assert run("stacks", "undo", directory, "--json").json()["stacks"]["members"] == 4
    assert run("stacks", "undo", directory).code == 14
    assert run("stacks", "split", directory, "nothing").code == 2
    assert run("verify", directory).code == 0
