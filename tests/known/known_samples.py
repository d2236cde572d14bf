"""One small sample of every format, generated."""

import base64
import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROWS = 12


def md5(n: int) -> str:
    return hashlib.md5(b"%d" % n).hexdigest()


def sha1(n: int) -> str:
    return hashlib.sha1(b"%d" % n).hexdigest()


def sha256(n: int) -> str:
    return hashlib.sha256(b"%d" % n).hexdigest()


def photodna(n: int) -> bytes:
    return (hashlib.sha512(b"%d" % n).digest() * 3)[:144]


def media(n: int, **more: Any) -> dict[str, Any]:
    return {
        "MediaID": n,
        "MD5": md5(n).upper(),
        "SHA1": sha1(n),
        "Category": n % 4,
        "MediaSize": 1000 + n,
        "VictimIdentified": False,
        "IsDistributed": "true",
        "Tags": "boat; Hafen",
        "MediaFiles": [{"MD5": md5(n), "FileName": f"a{n}.jpg", "FilePath": "x\\y"}, {"MD5": md5(n), "FileName": "b"}],
        **more,
    }


def hash_set(
    context: str = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media",
) -> str:
    return json.dumps({"@odata.context": context, "value": [media(n) for n in range(ROWS)]}, indent=1)


def vics_1(version: str, label: str = "Media") -> str:
    label = f"http://github.com/ICMEC/ProjectVic/DataModels/{version}.xml#{label}"
    return json.dumps({"odata.metadata": label, "value": [media(n, Name=f"n{n}") for n in range(ROWS)]})


def vics_case(label: str = "Cases") -> str:
    half = ROWS // 2
    cases = [
        {"CaseID": "1", "CaseNumber": "T/1", "Media": [media(n) for n in range(half)], "CaseMetadata": []},
        {"CaseID": "2", "Agency": "Unit", "Media": [media(n) for n in range(half, ROWS)]},
    ]
    context = f"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#{label}"
    return json.dumps({"@odata.context": context, "value": cases})


def bits_half_set(n: int) -> str:
    bits = int(sha256(n), 16)
    while bits.bit_count() > 128:
        bits &= bits - 1
    spot = 0
    while bits.bit_count() < 128:
        bits |= 1 << spot
        spot += 1
    return f"{bits:064x}"


def database(path: Path, *statements: tuple[str, list[tuple[Any, ...]]]) -> bytes:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    for sql, rows in statements:
        if rows:
            connection.executemany(sql, rows)
        else:
            connection.execute(sql)
    connection.commit()
    connection.close()
    return path.read_bytes()


def nsrl(path: Path) -> bytes:
    return database(
        path,
        ("CREATE TABLE FILE(sha256 TEXT, sha1 TEXT, md5 TEXT, file_name TEXT, file_size INT, package_id INT)", []),
        ("CREATE TABLE PKG(package_id INT, name TEXT)", []),
        (
            "INSERT INTO FILE VALUES(?,?,?,?,?,?)",
            [(sha256(n).upper(), sha1(n).upper(), md5(n).upper(), f"f{n}.dll", n, 7) for n in range(ROWS)],
        ),
    )


def nsrl_minimal(path: Path) -> bytes:
    return database(
        path,
        ("CREATE TABLE DISTINCT_HASH(sha256 TEXT, sha1 TEXT, md5 TEXT)", []),
        ("INSERT INTO DISTINCT_HASH VALUES(?,?,?)", [(sha256(n), sha1(n), md5(n)) for n in range(ROWS)]),
    )


def tsk(path: Path) -> bytes:
    return database(
        path,
        ("CREATE TABLE db_properties(name TEXT, value TEXT)", []),
        ("CREATE TABLE hashes(id INTEGER PRIMARY KEY, md5 BINARY(16), sha1 BINARY(20), sha2_256 BINARY(32))", []),
        ("CREATE TABLE file_names(name TEXT, hash_id INTEGER)", []),
        ("CREATE TABLE comments(comment TEXT, hash_id INTEGER)", []),
        (
            "INSERT INTO hashes(md5, sha1) VALUES(?,?)",
            [(bytes.fromhex(md5(n)), bytes.fromhex(sha1(n))) for n in range(ROWS)],
        ),
        ("INSERT INTO file_names VALUES(?,?)", [(f"n{n}", n + 1) for n in range(ROWS)]),
    )


def encase(_: Path) -> bytes:
    head = b"HASH\r\n\xff\x00".ljust(1032, b"\0") + "Set".encode("utf-16-le").ljust(120, b"\0")
    return head + b"".join(bytes.fromhex(md5(n)) + b"\0\0" for n in range(ROWS))


def lines(head: str, row: Callable[[int], str]) -> Callable[[Path], bytes]:
    text = head + "".join(row(n) + "\n" for n in range(ROWS))
    return lambda _: text.encode()


RDS2 = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\n'
HSH = (
    '"file_id","hashset_id","file_name","directory","hash","file_size","date_modified","time_modified",'
    '"time_zone","comments","date_accessed","time_accessed"\n'
)
HASHDEEP = "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /\n##\n"

#: Name of the sample: the reader that must recognise it, the algorithm its rows have, what writes it.
SAMPLES: dict[str, tuple[str, str, Callable[[Path], bytes]]] = {
    "vics 2.0": ("vics-2.0", "md5", lambda _: hash_set().encode()),
    "vics 2.0 with a mark": ("vics-2.0", "md5", lambda _: b"\xef\xbb\xbf" + hash_set().encode()),
    "vics case": ("vics-2.0", "md5", lambda _: vics_case().encode()),
    "vics case labelled Media": ("vics-2.0", "md5", lambda _: vics_case("Media").encode()),
    "vics 1.1": ("vics-1.1", "md5", lambda _: vics_1("1.1").encode()),
    "vics 1.2": ("vics-1.2", "sha1", lambda _: vics_1("1.2").encode()),
    "vics 1.3": ("vics-1.3", "sha1", lambda _: vics_1("1.3", "Cases").encode()),
    "vics bare list": ("vics", "md5", lambda _: json.dumps([media(n) for n in range(ROWS)]).encode()),
    "nsrl": ("nsrl", "sha256", nsrl),
    "nsrl minimal": ("nsrl", "md5", nsrl_minimal),
    "nsrl text": (
        "nsrl-text",
        "sha1",
        lines(RDS2, lambda n: f'"{sha1(n).upper()}","{md5(n).upper()}","0","f ""{n}""",{n},1,"362",""'),
    ),
    "hashkeeper": ("hashkeeper", "md5", lines(HSH, lambda n: f'{n},1,"f{n}","d","{md5(n)}",{n},,,,"said",,')),
    "encase": ("encase", "md5", encase),
    "tsk": ("tsk", "sha1", tsk),
    "md5sum": ("list", "md5", lines("", lambda n: f"{md5(n)}  a file {n}.jpg")),
    "sha1sum": ("list", "sha1", lines("# made by hand\n", lambda n: f"{sha1(n)} *f{n}")),
    "sha256 tagged": ("list", "sha256", lines("", lambda n: f"SHA256 (f ({n})) = {sha256(n)}")),
    "bare sha256": ("list", "sha256", lines("", sha256)),
    "hashdeep": ("hashdeep", "sha256", lines(HASHDEEP, lambda n: f"{n},{md5(n)},{sha256(n)},/a, b/{n}")),
    "icse": ("icse", "md5", lines("ICSE id;MD5;Baseline category\n", lambda n: f"{n};{md5(n)};B{n % 3}")),
    "csv": ("csv", "sha1", lines("sha1,category,file name,who\n", lambda n: f'{sha1(n)},{n % 3},"a, {n}",me')),
    "pdq": ("pdq", "pdq", lines("", lambda n: f"{sha256(n)},{n + 50}")),
    "pdq bare": ("pdq", "pdq", lines("", bits_half_set)),
    "vpdq": ("vpdq", "pdq", lines("", lambda n: f"{n},100,{sha256(n)},{n}.500")),
    "photodna": ("photodna", "photodna", lines("", lambda n: f"{md5(n)},{base64.b64encode(photodna(n)).decode()}")),
}


def write(name: str, folder: Path) -> Path:
    path = folder / "sample"
    path.write_bytes(SAMPLES[name][2](folder / "made"))
    return path
