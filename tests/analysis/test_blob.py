import io

from hypothesis import given
from hypothesis import strategies as st

from everyframe.analysis import Blob
from everyframe.analysis.scratch import Scratch


class Dribble(io.BytesIO):
    """A raw stream that gives a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size if size and size > 0 else 7, 7))


@given(st.binary(max_size=300), st.integers(-10, 320), st.integers(-5, 320), st.sampled_from(["held", "streamed"]))
def test_any_part_can_be_read(data: bytes, offset: int, count: int, held: str) -> None:
    blob = Blob(Dribble(data), len(data))
    if held == "held":
        assert blob.data() == data
    expected = data[offset : offset + count] if offset >= 0 and count > 0 else b""
    assert blob.read_at(offset, count) == expected
    assert blob.head(max(count, 0)) == data[: max(count, 0)]
    assert blob.tail(5) == data[-5:]
    assert blob.open().read() == data
    assert b"".join(blob.chunks()) == data


def test_another_program_sees_the_bytes_and_nothing_of_the_ones_before() -> None:
    scratch = Scratch()
    for data in (b"long content", b"short", b"a longer content"):
        with open(scratch.hold(Blob(io.BytesIO(data), len(data))), "rb") as other:  # noqa: PTH123
            assert other.read() == data
    scratch.close()
    scratch.close()


def test_of_a_very_large_content_both_ends_are_handed_over(monkeypatch: object) -> None:
    import everyframe.analysis.scratch as module

    whole, module.WHOLE_COPY = module.WHOLE_COPY, 64  # type: ignore[misc]
    try:
        scratch = Scratch()
        data = bytes(range(100))
        with open(scratch.hold(Blob(io.BytesIO(data), 100)), "rb") as other:  # noqa: PTH123
            assert other.read() == data[:32] + bytes(36) + data[68:]
        scratch.close()
    finally:
        module.WHOLE_COPY = whole  # type: ignore[misc]
