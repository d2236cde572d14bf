"""An agency's own model as one more signal: by a manifest in ``EVERYFRAME_HOME/models``, run on traits that are stored.

A model gives each picture a number from 0 to 1, and that is all it does: it ranks, and hides nothing. Everyframe ships none.
It is either an ONNX file beside the manifest, run here, or a service on this machine that answers over HTTP.
"""

import hashlib
import json
import re
import tomllib
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from everyframe.errors import OrderError
from everyframe.store.order_facts import Facts
from everyframe.store.scheme_files import home
from everyframe.triage.index import DIMENSIONS, VERSION
from everyframe.triage.queue import Traits
from everyframe.triage.weights import Weights

__all__ = ["Model", "load_models", "model_points", "parse_model"]

Floats = npt.NDArray[np.float32]
FIELDS: Final = ("name", "kind", "file", "sha256", "url", "input", "version")
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
BATCH: Final = 4096
SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Model:
    """Hold one manifest.

    Args:
        name: as in the weights under ``[models]``.
        kind: ``onnx`` or ``http``.
        path: of the ONNX file.
        sha256: that the file must have.
        url: of the service, on this machine.
    """

    name: str
    kind: str
    path: Path
    sha256: str
    url: str


def load_models(weights: Weights) -> list[Model]:
    """Load the manifests of the models that have points.

    Raises:
        OrderError: one is missing or wrong.
    """
    found = []
    for name in weights.models:
        manifest = home() / "models" / f"{name}.toml"
        if not manifest.is_file():
            raise OrderError(f"[models] names {name!r}, but {manifest} does not exist")
        try:
            data = tomllib.loads(manifest.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise OrderError(f"{manifest}: is not a TOML file: {error}") from error
        found.append(parse_model(data, manifest, name))
    return found


def parse_model(data: dict[str, Any], manifest: Path, name: str) -> Model:
    """Read a manifest.

    Raises:
        OrderError: a field is missing, unknown or of the wrong kind.
    """
    unknown = sorted(set(data) - set(FIELDS))
    if unknown:
        raise OrderError(f"{manifest}: unknown field {unknown[0]!r}; a model has {', '.join(FIELDS)}")
    said = {field: data.get(field, "") for field in FIELDS}
    wrong = [field for field, value in said.items() if not isinstance(value, str)]
    if wrong:
        raise OrderError(f"{manifest}: {wrong[0]} must be text in quotes")
    if said["name"] != name or not NAME.fullmatch(name):
        raise OrderError(f"{manifest}: name must be {name!r}, as the file is called")
    if said["input"] != f"traits-{VERSION}":
        raise OrderError(f'{manifest}: input must be "traits-{VERSION}": {DIMENSIONS} numbers a picture')
    if said["kind"] == "onnx":
        return Model(name, "onnx", _file(manifest, said["file"]), _digest(manifest, said["sha256"]), "")
    if said["kind"] == "http":
        return Model(name, "http", manifest, "", _loopback(manifest, said["url"]))
    raise OrderError(f"{manifest}: kind must be onnx or http, not {said['kind']!r}")


def _file(manifest: Path, name: str) -> Path:
    if not name or Path(name).name != name or not (manifest.parent / name).is_file():
        raise OrderError(f"{manifest}: file {name!r} must stand beside the manifest")
    return manifest.parent / name


def _digest(manifest: Path, text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise OrderError(f"{manifest}: sha256 must be 64 hexadecimal digits, so that it is known which model spoke")
    return text


def _loopback(manifest: Path, url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise OrderError(f"{manifest}: url must begin with http://127.0.0.1: nothing is sent to another machine")
    return url


def model_points(models: list[Model], facts: Facts, traits: Traits) -> dict[str, Floats]:
    """Ask every model for every row that has traits; the others have 0.

    Raises:
        OrderError: a model gave no usable answer.
    """
    return {model.name: _ask(model, facts, traits) for model in models}


def _ask(model: Model, facts: Facts, traits: Traits) -> Floats:
    run = _onnx(model) if model.kind == "onnx" else _http(model)
    scores = np.zeros(len(facts), np.float32)
    have = np.flatnonzero(traits.at >= 0)
    for first in range(0, len(have), BATCH):
        rows = have[first : first + BATCH]
        scores[rows] = _checked(model, run(traits.vectors[traits.at[rows]].astype(np.float32)), len(rows))
    return scores


def _checked(model: Model, said: Any, number: int) -> Floats:  # noqa: ANN401 - whatever the model gave
    try:
        answer = np.asarray(said, np.float32).reshape(-1)
    except (TypeError, ValueError):
        answer = np.zeros(0, np.float32)
    if len(answer) != number or not np.isfinite(answer).all() or answer.min() < 0 or answer.max() > 1:
        raise OrderError(f"model {model.name}: did not give one number from 0 to 1 for each of {number} pictures")
    return answer


def _onnx(model: Model) -> Any:  # noqa: ANN401 - a function over arrays
    try:
        import onnxruntime  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError as error:
        raise OrderError(f"model {model.name}: needs onnxruntime: pip install 'everyframe[onnx]'") from error
    content = model.path.read_bytes()
    if hashlib.sha256(content).hexdigest() != model.sha256:
        raise OrderError(f"model {model.name}: {model.path.name} does not have the SHA-256 that its manifest states")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    errors = _errors()
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        given = session.get_inputs()[0].name
    except errors as error:
        raise OrderError(f"model {model.name}: {model.path.name} cannot be run: {error}") from error

    def run(values: Floats) -> Any:  # noqa: ANN401 - checked by the caller
        try:
            return session.run(None, {given: values})[0]
        except errors as error:
            raise OrderError(f"model {model.name}: failed: {error}") from error

    return run


def _errors() -> tuple[type[Exception], ...]:
    """Give what onnxruntime raises: its errors have no base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state  # type: ignore[import-untyped,unused-ignore]

    own = [e for e in vars(state).values() if isinstance(e, type) and issubclass(e, Exception)]
    return (*own, RuntimeError, ValueError, IndexError)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401 - the base class says so
        return None


def _http(model: Model) -> Any:  # noqa: ANN401 - a function over arrays
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())

    def ask(values: Floats) -> Any:  # noqa: ANN401 - checked by the caller
        body = json.dumps({"input": f"traits-{VERSION}", "traits": values.astype(int).tolist()}).encode()
        request = urllib.request.Request(model.url, body, {"Content-Type": "application/json"})  # noqa: S310 - http on loopback, checked
        try:
            with opener.open(request, timeout=SECONDS) as answer:
                return json.loads(answer.read())["scores"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise OrderError(f"model {model.name}: {model.url} gave no answer: {error}") from error

    return ask
