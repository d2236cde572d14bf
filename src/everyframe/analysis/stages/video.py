"""Read what a film's container says, and show a few moments of it."""

from importlib.metadata import version
from typing import Any, Final

from everyframe.analysis.decoders import pillow
from everyframe.analysis.failures import DECODING, PixelLimitError, RefusedError, words
from everyframe.analysis.film.container import film_stream, opened
from everyframe.analysis.film.cut import film_cut
from everyframe.analysis.film.moments import Moments, find_moments
from everyframe.analysis.film.sheet import contact_sheet
from everyframe.analysis.renditions import encode, frames
from everyframe.analysis.subject import Finding, Subject
from everyframe.model.features import Rendition, VideoFacts
from everyframe.model.warning import Problem, WarningCode

__all__ = ["run"]

NAME: Final = f"PyAV {version('av')}"


def run(subject: Subject) -> Finding:
    """Give container facts and previews, or say why there are none."""
    try:
        return _run(subject)
    except PixelLimitError as error:
        return Finding(problems=(Problem(WarningCode.PIXEL_LIMIT, words(error), "video"),))
    except DECODING as error:
        reason = pillow.joined(words(error), film_cut(subject.blob, subject.identified.mime))
        return Finding(problems=(Problem(WarningCode.VIDEO_UNREADABLE, reason, "video"),))


def _run(subject: Subject) -> Finding:
    with opened(subject.blob, subject.identified.mime) as container:
        stream = film_stream(container)
        if stream is None:
            return _without_pictures(container)
        if stream.width and stream.height:
            pillow.within(stream.width, stream.height, subject.limits)
        moments = find_moments(container, stream, subject.limits, subject.blob.beat)
        facts = _facts(container, stream, len(moments.frames))
    if not moments.frames:
        cut = film_cut(subject.blob, subject.identified.mime)
        reason = pillow.joined(*moments.troubles[:3], cut) or "no frame decodes"
        return Finding(video=facts, problems=(Problem(WarningCode.VIDEO_UNREADABLE, reason, "video"),))
    return Finding(video=facts, renditions=_renditions(moments, subject), problems=_damage(moments, subject))


def _without_pictures(container: Any) -> Finding:  # noqa: ANN401 - PyAV's types are not exported
    if container.streams.audio:
        return Finding(sound_only=True)
    raise RefusedError("no stream of pictures inside")


def _renditions(moments: Moments, subject: Subject) -> tuple[Rendition, ...]:
    shown, limits = moments.in_order(), subject.limits
    return (
        encode("grid", 0, contact_sheet(shown, limits.grid_side)),
        encode("viewer", 0, contact_sheet(shown, limits.viewer_side)),
        *frames(shown, 1, limits),
    )


def _damage(moments: Moments, subject: Subject) -> tuple[Problem, ...]:
    said = list(dict.fromkeys(moments.troubles))[:3]
    if said:
        said = [f"{len(moments.troubles)} of {subject.limits.frames_shown} moments do not decode: {'; '.join(said)}"]
    said += [cut] if (cut := film_cut(subject.blob, subject.identified.mime)) else []
    return (Problem(WarningCode.DAMAGED, "; ".join(said), "video"),) if said else ()


def _facts(container: Any, stream: Any, shown: int) -> VideoFacts:  # noqa: ANN401 - PyAV's types are not exported
    sound = next((audio.codec_context.name for audio in container.streams.audio if audio.codec_context), "")
    rate = stream.average_rate or stream.guessed_rate
    length = container.duration
    if not length and stream.duration and stream.time_base:
        length = int(stream.duration * stream.time_base * 1_000_000)
    return VideoFacts(
        container=container.format.name,
        duration_ms=length // 1000 if length and length > 0 else None,
        frame_rate=round(float(rate), 3) if rate else None,
        width=stream.width or 0,
        height=stream.height or 0,
        codec=stream.codec_context.name or "",
        audio_codec=sound or "",
        frames_shown=shown,
        decoder=NAME,
    )
