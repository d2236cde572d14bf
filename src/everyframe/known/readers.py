"""Every reader, in the order in which they are asked whether a file is theirs."""

from typing import Final

from everyframe.errors import UsageError
from everyframe.known.read_csv import CsvReader
from everyframe.known.read_encase import EncaseReader
from everyframe.known.read_hashdeep import HashdeepReader
from everyframe.known.read_hashkeeper import HashKeeperReader
from everyframe.known.read_icse import IcseReader
from everyframe.known.read_lists import ListReader
from everyframe.known.read_nsrl import NsrlReader
from everyframe.known.read_nsrl_delta import NsrlDeltaReader
from everyframe.known.read_nsrl_text import NsrlTextReader
from everyframe.known.read_pdq import PdqReader
from everyframe.known.read_photodna import PhotoDnaReader
from everyframe.known.read_tsk import TskReader
from everyframe.known.read_vics import Vics11Reader, Vics12Reader, Vics13Reader, Vics20Reader, VicsReader
from everyframe.known.read_vpdq import VpdqReader
from everyframe.known.reader import Reader
from everyframe.known.source import Source

__all__ = ["READERS", "find_reader"]

READERS: Final[tuple[Reader, ...]] = (
    EncaseReader(),
    NsrlReader(),
    TskReader(),
    Vics20Reader(),
    Vics13Reader(),
    Vics12Reader(),
    Vics11Reader(),
    VicsReader(),
    HashdeepReader(),
    NsrlDeltaReader(),
    NsrlTextReader(),
    HashKeeperReader(),
    IcseReader(),
    CsvReader(),
    VpdqReader(),
    PhotoDnaReader(),
    PdqReader(),
    ListReader(),
)


def find_reader(source: Source, name: str = "") -> Reader:
    """Give the reader with a name, or the first that recognises the content.

    Raises:
        UsageError: there is none.
    """
    for reader in READERS:
        if (name == reader.NAME) if name else reader.recognises(source):
            return reader
    names = ", ".join(r.NAME for r in READERS)
    if name:
        raise UsageError(f"no format {name!r}; there are {names}")
    if source.head.startswith(b"PK\x03\x04"):
        raise UsageError(f"{source.path}: is a zip archive; unpack it and import what is inside")
    raise UsageError(f"{source.path}: is of no known format; name one with --format ({names})")
