"""Progress on standard error: one line kept up to date on a terminal, plain lines elsewhere, JSON events for scripts."""

import json
import sys
import time
from collections.abc import Callable
from typing import ParamSpec

import click

from everyframe.cli.common import size_text
from everyframe.intake.progress import Snapshot

__all__ = ["PhaseTicker", "Ticker", "both", "progress_line", "span_text"]

P = ParamSpec("P")
PLAIN_SECONDS = 10.0


class Ticker:
    """Show how long work goes on.

    Args:
        verb: what is being done.
        as_events: write every moment as one JSON object a line.
        plain: no line that is rewritten, even on a terminal.
    """

    def __init__(self, verb: str, *, as_events: bool = False, plain: bool = False) -> None:
        self._verb = verb
        self._events = as_events
        self._live = sys.stderr.isatty() and not plain and not as_events
        self._said = 0.0
        self._began = time.monotonic()
        self._open = False
        self._base: int | None = None

    def snapshot(self, moment: Snapshot) -> None:
        """Show a moment of intake."""
        if self._events:
            click.echo(json.dumps(moment.as_json(), ensure_ascii=False), err=True)
        else:
            self._say(progress_line(moment), last=moment.event != "progress")

    def step(self, done: int, total: int) -> None:
        """Show that so many of so many are done."""
        if self._base is None:
            self._base, self._began = done, time.monotonic()
        seconds = time.monotonic() - self._began
        rate = (done - self._base) / seconds if seconds > 0 else 0.0
        left = (total - done) / rate if rate else None
        if self._events:
            moment = {"event": "progress", "phase": self._verb, "done": done, "total": total}
            moment |= {"per_second": round(rate, 1), "seconds_left": None if left is None else round(left, 1)}
            click.echo(json.dumps(moment, ensure_ascii=False), err=True)
            return
        words = f", {rate:,.0f}/s, {span_text(left)} left" if left is not None else ""
        self._say(f"{self._verb}: {done:,} of {total:,}{words}", last=done >= total)

    def end(self) -> None:
        """Leave the line."""
        if self._open:
            click.echo("", err=True)
            self._open = False

    def _say(self, text: str, *, last: bool) -> None:
        if self._live:
            click.echo(f"\r{text}\x1b[K", err=True, nl=False)
            self._open = True
            if last:
                self.end()
        elif last or time.monotonic() - self._said >= PLAIN_SECONDS:
            self._said = time.monotonic()
            click.echo(text, err=True)


class PhaseTicker:
    """Show how long work of several phases goes on, each with its own rate.

    Args:
        as_events: write every moment as one JSON object a line.
    """

    def __init__(self, *, as_events: bool = False) -> None:
        self._events = as_events
        self._phase = ""
        self._ticker = Ticker("")

    def step(self, phase: str, done: int, total: int) -> None:
        """Show that so many of so many are done in a phase."""
        if phase != self._phase:
            self._ticker.end()
            self._phase, self._ticker = phase, Ticker(phase, as_events=self._events)
        self._ticker.step(done, total)

    def end(self) -> None:
        """Leave the line."""
        self._ticker.end()


def both(one: Callable[P, None], other: Callable[P, None]) -> Callable[P, None]:
    """Tell two listeners of each moment."""

    def tell(*args: P.args, **named: P.kwargs) -> None:
        one(*args, **named)
        other(*args, **named)

    return tell


def progress_line(moment: Snapshot) -> str:
    """Write a moment of intake in one line."""
    if moment.phase == "paused" and not moment.files:
        return f"{moment.exhibit}: paused, {moment.stages.get('listed', 0):,} files listed"
    if moment.phase == "listing":
        return f"{moment.exhibit}: listing, {moment.stages.get('listed', 0):,} files"
    share = 100 * moment.bytes_done / moment.bytes if moment.bytes else 100
    parts = [
        f"{moment.exhibit}: {moment.phase}",
        f"{moment.files_done:,} of {moment.files:,} files",
        f"{size_text(moment.bytes_done)} of {size_text(moment.bytes)} ({share:.0f} %)",
        f"{moment.files_per_second:.1f} files/s, {size_text(moment.bytes_per_second)}/s",
    ]
    if moment.seconds_left is not None and moment.event == "progress":
        parts.append(f"{span_text(moment.seconds_left)} left")
    parts.append(f"{moment.warnings:,} warnings")
    if moment.workers_replaced:
        parts.append(f"{moment.workers_replaced} workers replaced")
    return " · ".join(parts)


def span_text(seconds: float) -> str:
    """Write a span of time for people."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
