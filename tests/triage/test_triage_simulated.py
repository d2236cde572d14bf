from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from tests.triage.triage_facts import make_facts, make_traits

from everyframe.cli import cli
from everyframe.demo.simulated import CasePlan
from everyframe.demo.simulated_build import SimulatedCase, make_case
from everyframe.errors import UsageError
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.store import order_schema
from everyframe.store.case import Case, NewCase
from everyframe.store.order_facts import code_column
from everyframe.triage.opening import open_queue
from everyframe.triage.queue import Queue
from everyframe.triage.simulate import METHODS, measure, play
from everyframe.triage.truth import Truth, read_truth
from everyframe.triage.weights import load_weights

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object) -> Any:
    result = CliRunner().invoke(cli, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SimulatedCase:
    return make_case(tmp_path_factory.mktemp("simulated"), media=300, seed=5)


@pytest.fixture(scope="module")
def taken(made: SimulatedCase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("taken") / "case"
    request = IntakeRequest(sources=(made.exhibit,), exhibit="SIM/1", actor="t", workers=1)
    with Case.create(directory, NewCase(number="SIM"), actor="t") as case, case.seat("intake", purpose="t"):
        Intake(case, request).run()
    return directory


def test_a_case_is_composed_as_stated() -> None:
    plan = CasePlan(3000, 1)
    kinds = Counter(f.kind for f in plan.files)
    assert len(plan.files) == 3000
    assert (kinds["known"], kinds["relevant"], kinds["copy"], kinds["edit"], kinds["download"]) == (
        1500,
        30,
        240,
        270,
        210,
    )
    assert kinds["everyday"] + kinds["burst"] == 300
    first = [f for f in plan.files if f.kind == "relevant"]
    assert sum(not f.drawn.exif for f in first) == 12
    assert sum(f.alone for f in first) == 6
    assert all(f.drawn.lamp == 1 for f in plan.files if f.relevant)
    assert {f.drawn.lamp for f in plan.files if not f.relevant} == {0, 2, 3, 4}
    rooms = {f.drawn.place for f in first if not f.alone}
    assert any(f.drawn.place in rooms for f in plan.files if f.kind == "everyday"), "the same rooms without the lamp"
    alone = Counter(f.drawn.place for f in plan.files if f.kind != "copy" and not f.drawn.edit)
    assert all(alone[f.drawn.place] == 1 for f in first if f.alone)
    assert CasePlan(3000, 1).files == plan.files
    assert CasePlan(3000, 2).files != plan.files


def test_the_drawn_case_has_its_truth_and_its_known_half(made: SimulatedCase) -> None:
    rows = json.loads(made.truth.read_text())["rows"]
    files = [p.relative_to(made.exhibit).as_posix() for p in made.exhibit.rglob("*") if p.is_file()]
    assert sorted(r["path"] for r in rows) == sorted(files)
    assert len(made.known.read_text().split()) == 150
    with pytest.raises(UsageError, match="exists already"):
        make_case(made.exhibit.parent, media=300)


def test_intake_computes_the_traits_and_the_commands_play(made: SimulatedCase, taken: Path, tmp_path: Path) -> None:
    with Case(taken) as case, case.database.read() as connection:
        count = connection.execute(select(func.count()).select_from(order_schema.trait)).scalar_one()
    told = run("simulate", taken, "--truth", made.truth)
    assert count == told["unique"]
    assert set(METHODS) <= set(told)
    for method in METHODS:
        assert told[method]["relevant"] == 3
        assert told[method]["looks_to_100"] is not None, "every order finds all of it in the end"
    queue = run("queue", taken, "--first", 3, "--drawings", tmp_path / "drawn")
    assert queue["left"] == told["unique"]
    assert len(queue["next"]) == 3
    assert queue["next"][0]["reason"].startswith("taken by the seized K2 Lite · ")
    drawn = sorted(p.name for p in (tmp_path / "drawn").iterdir())
    assert drawn[:4] == ["assurance.png", "assurance.svg", "found.png", "found.svg"]
    halves = [run("queue", taken, "--first", 2, "--reviewer", k, "--of", 2)["next"] for k in (1, 2)]
    assert {p["media"] for half in halves for p in half} >= {p["media"] for p in queue["next"]}


def test_the_commands_say_it_in_words(made: SimulatedCase, taken: Path) -> None:
    for arguments, said in (
        (("queue", taken, "--plain"), "looks left; 0 looked at"),
        (("simulate", taken, "--truth", made.truth, "--page", 100), "3 to find among"),
        (("assure", taken), "no sample was drawn yet"),
        (("assure", taken, "--sample", 60, "--seed", "x"), ": 0 of 60 looked at"),
        (("account", taken), "sample 1 of"),
    ):
        result = CliRunner().invoke(cli, list(map(str, arguments)), catch_exceptions=False)
        assert result.exit_code == 0
        assert said in result.stdout
    with pytest.raises(UsageError, match="go with --sample"):
        CliRunner().invoke(cli, ["assure", str(taken), "--seed", "x"], catch_exceptions=False)
    with pytest.raises(UsageError, match="is not one of"):
        CliRunner().invoke(cli, ["queue", str(taken), "--reviewer", "3", "--of", "2"], catch_exceptions=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "cannot be read as JSON"),
        ("{}", "is no truth file"),
        ('{"format": "everyframe-truth", "version": 1, "rows": []}', "each row needs path"),
        ('{"format": "everyframe-truth", "version": 1, "rows": [{"path": 1}]}', "each row needs path"),
        (
            '{"format": "everyframe-truth", "version": 1, "rows": [{"path": "x", "relevant": true, "first_generation": true}]}',
            "which the case does not have",
        ),
    ],
)
def test_a_truth_file_that_is_wrong_is_refused(taken: Path, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "truth.json"
    path.write_text(text)
    with Case(taken) as case, pytest.raises(UsageError, match=said):
        read_truth(case, open_queue(case).facts, path)


def test_the_measure_is_that_of_a_hand_count() -> None:
    group = np.arange(10)
    group[[6, 7]] = 5
    known = np.zeros(10, bool)
    known[0] = True
    folder = code_column([(1, b"b")] * 5 + [(1, b"a")] * 5, 10)
    facts = make_facts(10, group=group, known=known, folder=folder)
    answers = np.isin(np.arange(10), [2, 5, 6, 9])
    truth = Truth(answers, np.isin(np.arange(10), [2, 6, 9]), 12)
    queue = Queue(facts, make_traits(10, []), load_weights(), seed=1)
    file = measure(play("file", queue, truth, seed=1), truth.targets, 10)
    assert (file.relevant, file.looks, file.to) == (3, 9, {0.80: 9, 0.95: 9, 1.0: 9})
    assert play("file", queue, truth, seed=1).found.tolist() == [0, 1, 1, 1, 1, 2, 2, 2, 3]
    assert play("folder", queue, truth, seed=1).rows.tolist() == [5, 6, 7, 8, 9, 1, 2, 3, 4]
    assert play("hash_density", queue, truth, seed=1).rows.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    learned = play("learning", queue, truth, seed=1, page=2)
    assert sorted(learned.rows.tolist()) == [1, 2, 3, 4, 5, 8, 9], "one of each stack, and nothing that is known"
    assert learned.found[-1] == 3
    assert file.as_json()["looks_share_to_95"] == 0.9


def test_what_is_wrongly_folded_is_never_found() -> None:
    group = np.arange(4)
    group[3] = 0
    truth = Truth(np.array([False, False, True, True]), np.array([False, False, True, True]), 4)
    queue = Queue(make_facts(4, group=group), make_traits(4, []), load_weights(), seed=1)
    outcome = measure(play("plain", queue, truth, seed=1), truth.targets, 4)
    assert outcome.to[1.0] is None
    assert outcome.as_json()["looks_share_to_100"] is None
