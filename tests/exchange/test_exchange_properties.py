"""Whatever a content is called and said to be: written, read back, and written again, it is the same."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from everyframe.exchange.vics_categories import NumberedScheme, number_of
from everyframe.exchange.vics_check import check_document
from everyframe.exchange.vics_entities import context
from everyframe.exchange.vics_media import MediaWriter
from everyframe.exchange.vics_read import claim_of
from everyframe.exchange.vics_times import as_offset, read_time
from everyframe.known.lint import Lint
from everyframe.store.exchange_rows import Content

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    ["SHA1", "Category", "MediaSize", "MimeType", "VictimIdentified", "IsPrecategorized", "SelfGenerated", "Series",
     "Tags", "DateUpdated", "PhotoDNA", "AlternativeHashes", "Exifs", "MediaFiles", "Segments", "MediaMetadata",
     "Repositories", "Identifiers", "RelativeFilePath", "Name", "X-Own"]
)  # fmt: skip
rows = st.lists(
    st.dictionaries(
        st.sampled_from(
            [
                "PropertyName",
                "PropertyValue",
                "HashName",
                "FileName",
                "FilePath",
                "Created",
                "Deleted",
                "MediaFileID",
                "Own",
            ]
        ),
        st.text(max_size=12) | values,
        max_size=5,
    ),
    max_size=4,
)
media = st.dictionaries(names, values | rows | st.text(), max_size=12)
MD5 = "0123456789ABCDEF0123456789ABCDEF"


def written(claim: Any) -> dict[str, Any]:
    files = [
        {
            "id": n, "kept": f.kept, "path": f.path, "provenance": f.entry.provenance, "source_id": 1, "depth": 0,
            "vics_media_id": 1, "name_disagrees": None,
        }
        for n, f in enumerate(claim.files, 1)
    ]  # fmt: skip
    claims = [{"kept": claim.kept, "category": claim.category}]
    return MediaWriter(NumberedScheme("vics-custom")).entity(Content(claim.md5, None, files, claims=claims), None)


@given(media)
def test_any_media_is_brought_to_the_table_and_stays_there(item: dict[str, Any]) -> None:
    lint = Lint()
    claim = claim_of(item | {"MD5": MD5}, lint, "entry 1")
    assert claim is not None
    assert claim.files
    once = written(claim)
    key, label = context("2.0", "CUSTOM", "Media")
    assert [*check_document({key: label, "value": [once]}, "2.0", "CUSTOM", extra=True)] == []
    text = json.dumps(once, allow_nan=False)
    again = claim_of(json.loads(text), Lint(), "entry 1")
    assert again is not None
    assert json.dumps(written(again)) == text


@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False).filter(lambda d: 1900 < d.year < 3000))
def test_times_with_an_offset_stay_as_recorded(moment: Any) -> None:
    text = moment.isoformat()
    if len(text.rpartition("+")[2]) == 5 or text[-6] == "-":
        assert as_offset(text) == text
        assert read_time(text) == text


@given(st.text())
def test_no_text_is_taken_for_a_time_by_mistake(text: str) -> None:
    read = read_time(text)
    assert read == "" or text.strip()[:1].isdigit() or "Date" in text


def test_times_of_other_tools() -> None:
    for text, expected in (
        ("2023-06-12T17:54:57.9658552+02:00", "2023-06-12T17:54:57.9658552+02:00"),
        ("2023-06-12T17:54:57Z", "2023-06-12T17:54:57+00:00"),
        ("2023-06-12 17:54:57 -0500", "2023-06-12T17:54:57-05:00"),
        ("2023-6-2T17:54:57+0:00Z", "2023-06-02T17:54:57+00:00"),
        ("/Date(1686585297000)/", "2023-06-12T15:54:57.000+00:00"),
        ("/Date(99999999999999999)/", ""),
        ("2023-02-30T00:00:00Z", ""),
        ("yesterday", ""),
    ):
        assert read_time(text) == expected
    assert as_offset("2023-06-12T17:54:57") == ""
    assert as_offset("2023-06-12 17:54:57+00:00") == ""


@given(st.integers(-5, 300), st.text(max_size=4))
def test_only_numbers_from_0_to_255_are_categories(number: int, text: str) -> None:
    assert number_of(str(number)) == (number if 0 <= number <= 255 else None)
    found = number_of(text)
    assert found is None or str(found) == text
