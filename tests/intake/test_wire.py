"""What workers say arrives whole, in whatever parts it comes."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import pickle
import struct
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everyframe.errors import WorkerError
from everyframe.intake.wire import Beat, Begin, Inbox, send

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection


@pytest.fixture
def ends() -> Iterator[tuple[Connection[Any, Any], Connection[Any, Any]]]:
    ours, theirs = multiprocessing.Pipe()
    yield ours, theirs
    ours.close()
    theirs.close()


@settings(max_examples=60, deadline=None)
@given(numbers=st.lists(st.integers(0, 1 << 40), min_size=1, max_size=6), data=st.data())
def test_messages_arrive_in_order_however_they_are_cut(numbers: list[int], data: st.DataObject) -> None:
    said = [Beat(n, n * 3) if n % 2 else Begin(n) for n in numbers]
    whole = b"".join(struct.pack("!i", len(p)) + p for p in (pickle.dumps(m, protocol=5) for m in said))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        inbox, heard = Inbox(ours), []
        for start, end in itertools.pairwise([0, *cuts, len(whole)]):
            if start < end:
                os.write(theirs.fileno(), whole[start:end])
                heard += list(inbox.read())
    assert heard == said


def test_what_is_sent_is_what_arrives(ends: tuple[Connection[Any, Any], Connection[Any, Any]]) -> None:
    send(ends[1], Beat(4, 7))
    assert list(Inbox(ends[0]).read()) == [Beat(4, 7)]


@pytest.mark.parametrize("length", [-1, -(1 << 31), (1 << 30) + 1])
def test_lengths_that_no_message_has_are_refused(
    length: int, ends: tuple[Connection[Any, Any], Connection[Any, Any]]
) -> None:
    os.write(ends[1].fileno(), struct.pack("!i", length))
    with pytest.raises(WorkerError, match="announced"):
        list(Inbox(ends[0]).read())


def test_an_end_is_said(ends: tuple[Connection[Any, Any], Connection[Any, Any]]) -> None:
    ends[1].close()
    with pytest.raises(EOFError):
        list(Inbox(ends[0]).read())


def test_what_is_no_message_is_refused_behind_those_that_are(
    ends: tuple[Connection[Any, Any], Connection[Any, Any]],
) -> None:
    send(ends[1], Begin(1))
    ends[1].send_bytes(b"no pickle")
    reading = Inbox(ends[0]).read()
    assert next(reading) == Begin(1)
    with pytest.raises(WorkerError, match="no message"):
        next(reading)
