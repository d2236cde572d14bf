"""What real writers of VICS do: every dialect is read, every oddity counted."""

import json
from pathlib import Path

import pytest
from tests.known.known_samples import ROWS, hash_set, md5, media, photodna, sha256, vics_1, vics_case

from everyframe.known import json_stream
from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.readers import find_reader
from everyframe.known.source import Source


def read(tmp_path: Path, text: str | bytes) -> tuple[list[KnownEntry], dict[str, int]]:
    path = tmp_path / "set.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    source, lint = Source(path), Lint()
    return list(find_reader(source).entries(source, lint)), dict(lint.counts)


def listed(*items: object, after: str = "") -> str:
    return '{"odata.metadata": "DataModels/1.3.xml#Media", "value": ' + json.dumps(items) + after + "}"


def test_strings_for_booleans_and_numbers(tmp_path: Path) -> None:
    (entry,), lint = read(tmp_path, listed(media(1, VictimIdentified="false", IsSuspected="True", MediaSize="12")))
    assert entry.flags == {"VictimIdentified": False, "IsSuspected": True, "IsDistributed": True}
    assert entry.size == 12
    assert lint == {"boolean-as-text": 3, "number-as-text": 1}


def test_categories_missing_null_and_as_text(tmp_path: Path) -> None:
    missing = media(0)
    del missing["Category"]
    entries, lint = read(
        tmp_path, listed(missing, media(1, Category=None), media(2, Category="2"), media(3, Category=[]))
    )
    assert [e.category for e in entries] == ["", "", "2", ""]
    assert lint == {"boolean-as-text": 4, "category-missing": 1, "category-null": 1, "bad-category": 1}


def test_alternative_hashes_are_taken_and_others_kept(tmp_path: Path) -> None:
    import base64

    hashes = [
        {"HashName": "PhotoDNA", "HashValue": base64.b64encode(photodna(1)).decode()},
        {"HashName": "SHA-256", "HashValue": sha256(1)},
        {"HashName": "PDQ", "HashValue": "nonsense"},
        {"HashName": "eD2k", "HashValue": "1"},
    ]
    (entry,), lint = read(tmp_path, listed(media(1, AlternativeHashes=hashes)))
    assert (entry.photodna, entry.sha256.hex()) == (photodna(1), sha256(1))
    assert entry.extra["AlternativeHashes"] == hashes[2:]
    assert lint["bad-digest"] == 1


def test_unknown_keys_are_kept(tmp_path: Path) -> None:
    (entry,), _ = read(tmp_path, listed(media(1, **{"Case No.": "7", "Agency": None})))
    assert entry.extra["Case No."] == "7"
    assert entry.extra["Agency"] is None


@pytest.mark.parametrize("label", ["Media", "Cases"])
def test_wrong_label_is_read_by_shape(tmp_path: Path, label: str) -> None:
    right = "Cases" if label == "Media" else "Media"
    entries, lint = read(tmp_path, vics_case(label) if right == "Cases" else vics_1("1.3", label))
    assert len(entries) == ROWS
    assert lint["wrong-label"] == 1


def test_invalid_json_of_old_exporters_is_repaired(tmp_path: Path) -> None:
    text = listed(*[media(n, IsSuspected="true") for n in range(ROWS)])
    broken = text.replace('"IsSuspected": "true"', '"IsSuspected": "true""')
    entries, lint = read(tmp_path, broken)
    assert [e.md5.hex() for e in entries] == [md5(n) for n in range(ROWS)]
    assert all(e.flags["IsSuspected"] for e in entries)
    assert lint["repaired-doubled-quote"] == ROWS


def test_backslashes_commas_and_control_characters_are_repaired(tmp_path: Path) -> None:
    text = listed(media(1, P="A"), media(2, Q="B"), media(3), media(4, R="C"))
    text = text.replace('"A"', '"C:\\Users\\x"').replace('"B"}', '"B",}').replace('"C"', '"C\x01"')
    entries, lint = read(tmp_path, text)
    assert len(entries) == 4
    assert entries[0].extra["P"] == "C:\\Users\\x" or "repaired-backslash" in lint
    assert lint["repaired-trailing-comma"] == 1
    assert lint["repaired-control-character"] == 1


def test_one_broken_entry_costs_one_entry(tmp_path: Path) -> None:
    text = listed(*[media(n) for n in range(ROWS)]).replace('"MediaID": 5, "MD5": "', '"MediaID": 5, "MD5" "', 1)
    entries, lint = read(tmp_path, text)
    assert len(entries) == ROWS - 1
    assert lint["broken-object"] == 1


def test_bytes_of_another_age(tmp_path: Path) -> None:
    text = listed(media(1, Comments="HAFEN")).encode().replace(b"HAFEN", b"H\xe4fen")
    (entry,), lint = read(tmp_path, text)
    assert entry.comments == "Häfen"
    assert lint["not-utf8"] >= 1


def test_truncated_set_says_so(tmp_path: Path) -> None:
    text = hash_set()
    entries, lint = read(tmp_path, text[: text.index('"MediaID": 9') + 100])
    assert len(entries) == 9
    assert lint["truncated"] >= 1


def test_items_that_are_no_media(tmp_path: Path) -> None:
    entries, lint = read(tmp_path, listed(media(1), 7, None, {"FileName": "x", "MD5": md5(1)}, {"MD5": ""}))
    assert len(entries) == 1
    assert (lint["not-an-object"], lint["stray-nested"], lint["no-digest"]) == (2, 1, 1)


@pytest.mark.parametrize("chunk", [64, 1000, 5000])
@pytest.mark.parametrize("indent", [None, 2])
def test_small_buffers_read_the_same(
    tmp_path: Path, chunk: int, indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in (
        vics_case(),
        hash_set(),
        listed(*[media(n, Comments='ä ö },{ " ') for n in range(40)], after=', "x": [1]'),
    ):
        again = json.dumps(json.loads(text), indent=indent, ensure_ascii=False)
        monkeypatch.setattr(json_stream, "CHUNK", 1 << 20)
        expected, _ = read(tmp_path, again)
        monkeypatch.setattr(json_stream, "CHUNK", chunk)
        found, lint = read(tmp_path, again)
        assert found == expected
        assert set(lint) == {"boolean-as-text"}
