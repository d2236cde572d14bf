"""How far analysis goes with one content before it stops and says so."""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold the limits; each one that is passed becomes a Warning that names it with its figure.

    Args:
        max_pixels: pixels a picture may declare and still be decoded.
        max_frames: frames or pages that are counted.
        memory_bytes: bytes of one content that are held in memory at once.
        grid_side: the longer side of the ``grid`` rendition.
        viewer_side: the longer side of the ``viewer`` rendition, at most.
        frame_side: the longer side of a ``frame`` rendition.
        frames_shown: frames of an animated picture, pages of a document or moments of a film that are shown.
        animation_pixels: pixels that are decoded to reach the frames of one animated picture.
        tool_seconds: how long the metadata reader may take for one content.
        embedded_pictures: pictures that are taken out of one content.
        video_packets: packets that are read to find one frame of a film.
        video_pixels: pixels that are decoded of one film, to reach moments between its key frames.
        other_decoder: decode pictures with FFmpeg instead of the usual decoder.
    """

    max_pixels: int = 200_000_000
    max_frames: int = 10_000
    memory_bytes: int = 512 << 20
    grid_side: int = 256
    viewer_side: int = 1280
    frame_side: int = 640
    frames_shown: int = 9
    animation_pixels: int = 200_000_000
    tool_seconds: float = 10.0
    embedded_pictures: int = 16
    video_packets: int = 2_000
    video_pixels: int = 1_000_000_000
    other_decoder: bool = False
