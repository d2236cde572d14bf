from __future__ import annotations

import hashlib
import json
import struct
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.triage.triage_facts import make_facts, make_traits

from everyframe.errors import OrderError
from everyframe.triage.index import DIMENSIONS, VERSION
from everyframe.triage.models import load_models, model_points
from everyframe.triage.weights import load_weights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FACTS, TRAITS = make_facts(50), make_traits(50, [3, 4])
VALUES = TRAITS.vectors.astype(np.float64)


def number(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def part(field: int, content: bytes | int | str) -> bytes:
    """One field of a protocol buffer."""
    if isinstance(content, int):
        return number(field << 3) + number(content)
    data = content.encode() if isinstance(content, str) else content
    return number(field << 3 | 2) + number(len(data)) + data


def value_info(name: str, columns: int) -> bytes:
    shape = part(1, part(2, "n")) + part(1, part(1, columns))
    return part(1, name) + part(2, part(1, part(1, 1) + part(2, shape)))


def tiny_onnx(weights: list[float]) -> bytes:
    """A model that gives sigmoid(x @ weights), written by hand: ONNX is a protocol buffer."""
    raw = struct.pack(f"<{len(weights)}f", *weights)
    tensor = part(1, len(weights)) + part(1, 1) + part(2, 1) + part(8, "w") + part(9, raw)
    multiply = part(1, "x") + part(1, "w") + part(2, "m") + part(4, "MatMul")
    squash = part(1, "m") + part(2, "y") + part(4, "Sigmoid")
    graph = part(1, multiply) + part(1, squash) + part(2, "g") + part(5, tensor)
    graph += part(11, value_info("x", len(weights))) + part(12, value_info("y", 1))
    return part(1, 8) + part(7, graph) + part(8, part(1, "") + part(2, 13))


WEIGHTS = [0.001 * (i % 7 - 3) for i in range(DIMENSIONS)]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVERYFRAME_HOME", str(tmp_path))
    (tmp_path / "order.toml").write_text("[models]\nown = 4\n")
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def manifest(models: Path, **fields: str) -> None:
    said = {"name": "own", "input": f"traits-{VERSION}"} | fields
    (models / "own.toml").write_text("".join(f"{k} = {json.dumps(v)}\n" for k, v in said.items()))


def points() -> Any:
    return model_points(load_models(load_weights()), FACTS, TRAITS)["own"]


def test_an_onnx_file_gives_what_its_sum_says(models: Path) -> None:
    pytest.importorskip("onnxruntime")
    content = tiny_onnx(WEIGHTS)
    (models / "own.onnx").write_bytes(content)
    manifest(models, kind="onnx", file="own.onnx", sha256=hashlib.sha256(content).hexdigest())
    expected = 1 / (1 + np.exp(-(VALUES @ np.array(WEIGHTS))))
    assert points() == pytest.approx(expected, abs=1e-5)
    assert points().std() > 0.05


def test_another_file_than_the_manifest_states_is_not_run(models: Path) -> None:
    pytest.importorskip("onnxruntime")
    (models / "own.onnx").write_bytes(tiny_onnx(WEIGHTS))
    manifest(models, kind="onnx", file="own.onnx", sha256="0" * 64)
    with pytest.raises(OrderError, match="does not have the SHA-256 that its manifest states"):
        points()


def test_what_is_no_model_is_said_to_be_none(models: Path) -> None:
    pytest.importorskip("onnxruntime")
    (models / "own.onnx").write_bytes(b"nothing of the kind")
    manifest(models, kind="onnx", file="own.onnx", sha256=hashlib.sha256(b"nothing of the kind").hexdigest())
    with pytest.raises(OrderError, match=r"own.onnx cannot be run"):
        points()


class Service(BaseHTTPRequestHandler):
    answer = "sum"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        scores: Any = [min(1.0, max(0.0, 0.5 + sum(row) / 10_000)) for row in body["traits"]]
        answers = {"sum": scores, "few": scores[:-1], "large": [2.0] * len(scores), "text": ["x"] * len(scores)}
        status = 302 if self.answer == "elsewhere" else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://192.0.2.1/")
        self.end_headers()
        self.wfile.write(json.dumps({"scores": answers.get(self.answer, scores)}).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class says so
        """Keep quiet."""


@pytest.fixture
def service(models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Service]]:
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:9")
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    manifest(models, kind="http", url=f"http://127.0.0.1:{server.server_port}/score")
    yield Service
    server.shutdown()
    thread.join()
    server.server_close()
    Service.answer = "sum"


def test_a_service_on_this_machine_is_asked_without_a_proxy(service: type[Service]) -> None:
    assert points() == pytest.approx(np.clip(0.5 + VALUES.sum(axis=1) / 10_000, 0, 1), abs=1e-5)


@pytest.mark.parametrize("answer", ["few", "large", "text", "elsewhere"])
def test_an_answer_that_cannot_be_used_is_refused(service: type[Service], answer: str) -> None:
    service.answer = answer
    with pytest.raises(OrderError, match="model own: "):
        points()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "http", "url": "http://example.org/x"}, "nothing is sent to another machine"),
        ({"kind": "http", "url": "https://127.0.0.1/x"}, "url must begin with http://127.0.0.1"),
        ({"kind": "http", "url": "http://127.0.0.1.example.org/"}, "nothing is sent to another machine"),
        ({"kind": "onnx", "file": "../x.onnx", "sha256": "0" * 64}, "must stand beside the manifest"),
        ({"kind": "magic"}, "kind must be onnx or http, not 'magic'"),
        ({"kind": "http", "name": "other"}, "name must be 'own'"),
        ({"kind": "http", "input": "pixels"}, "input must be"),
        ({"kind": "http", "colour": "blue"}, "unknown field 'colour'"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused(models: Path, fields: dict[str, str], said: str) -> None:
    manifest(models, **fields)
    with pytest.raises(OrderError) as raised:
        load_models(load_weights())
    assert said in str(raised.value)


def test_a_model_without_a_manifest_is_missed(models: Path) -> None:
    with pytest.raises(OrderError, match=r"names 'own', but .*own.toml does not exist"):
        load_models(load_weights())
    (models / "own.toml").write_text("[")
    with pytest.raises(OrderError, match="is not a TOML file"):
        load_models(load_weights())
    (models / "own.toml").write_text("name = 3")
    with pytest.raises(OrderError, match="name must be text in quotes"):
        load_models(load_weights())


def test_a_digest_must_be_stated(models: Path) -> None:
    (models / "own.onnx").write_bytes(b"x")
    manifest(models, kind="onnx", file="own.onnx", sha256="abc")
    with pytest.raises(OrderError, match="sha256 must be 64 hexadecimal digits"):
        load_models(load_weights())
