"""Bytes to features: digests, type, decode, preview, perceptual hash, metadata, video. Pure functions of the bytes."""

from everyframe.analysis.blob import Blob
from everyframe.analysis.digests import digest
from everyframe.analysis.identify import Identified, identify
from everyframe.analysis.limits import Limits
from everyframe.analysis.names import name_disagrees
from everyframe.analysis.pipeline import STAGES, Stage, analyse
from everyframe.analysis.tools import Tools

__all__ = [
    "STAGES",
    "Blob",
    "Identified",
    "Limits",
    "Stage",
    "Tools",
    "analyse",
    "digest",
    "identify",
    "name_disagrees",
]
