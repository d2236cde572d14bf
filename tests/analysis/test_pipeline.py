import dataclasses
import pickle

import pytest
from tests.analysis.samples import ALL, PICTURES, analysed, jpeg

import everyframe.analysis as package
from everyframe.analysis import STAGES, Tools
from everyframe.analysis.failures import words
from everyframe.model.states import MediaKind, MediaOutcome


def test_the_stages_can_be_printed() -> None:
    assert [stage.name for stage in STAGES] == ["preview", "pdq", "metadata", "embedded", "traits", "video"]
    assert all(stage.description and stage.kinds for stage in STAGES)


def test_what_the_package_gives() -> None:
    assert package.__all__ == sorted(package.__all__, key=lambda name: (not name.isupper(), name.islower(), name))


@pytest.mark.parametrize(
    ("stages", "outcome", "ran"),
    [
        (set(), MediaOutcome.UNDECODED, ()),
        ({"metadata"}, MediaOutcome.UNDECODED, ("metadata",)),
        ({"pdq"}, MediaOutcome.UNDECODED, ("pdq",)),
        ({"video"}, MediaOutcome.UNDECODED, ()),
        ({"preview"}, MediaOutcome.VIEWABLE, ("preview",)),
    ],
)
def test_without_previews_a_picture_stays_undecoded(
    stages: set[str], outcome: MediaOutcome, ran: tuple[str, ...], tools: Tools
) -> None:
    result = analysed(jpeg(), tools, frozenset(stages))
    assert (result.outcome, result.stages) == (outcome, ran)


def test_other_contents_are_not_media() -> None:
    result = analysed(b"just a note", stages=ALL)
    assert (result.kind, result.mime, result.outcome, result.stages) == (
        MediaKind.OTHER,
        "text/plain",
        MediaOutcome.NOT_MEDIA,
        (),
    )


def test_results_travel_between_processes_and_are_the_same_each_time(tools: Tools) -> None:
    for name in ("jpeg", "gif moving", "tiff pages"):
        data = PICTURES[name][1]()
        result = analysed(data, tools, ALL)
        assert pickle.loads(pickle.dumps(result)) == result == analysed(data, tools, ALL)
        assert dataclasses.is_dataclass(result)


def test_words_hold_nothing_that_changes_from_run_to_run() -> None:
    assert words(ValueError("cannot identify <_io.BytesIO object at 0x7f00>")) == "cannot identify"
    assert words(MemoryError()) == "MemoryError"
    assert words(OSError(5, "Input/output error")) == "Input/output error"
    assert words(RuntimeError("a\nb\x1b")) == "a b?"
    assert words(ValueError(b"bytes")) == "bytes"
