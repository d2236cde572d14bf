"""Describe the made-up cameras and phones that took the demo photographs."""

from __future__ import annotations

from dataclasses import dataclass

from everyframe.demo.paint import Size

FULL_SIZE = Size(4000, 3000)
"""The 12 megapixel mode that every body has."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Hold what one body writes into its files."""

    ident: str
    make: str
    model: str
    serial: str
    lens: str
    software: str
    name: str
    """File name pattern: a number and the local time are filled in."""
    folder: str
    modes: tuple[Size, Size, Size]
    """Usual picture size in a small, a medium and a large exhibit."""
    offset: int | None
    """Hours ahead of UTC as recorded; None where the body records no offset."""
    focal: float
    quality: int = 88
    gps: bool = False
    subsampling: int = 2
    noise: float = 2.1
    """Deviation of the shot noise at mid grey, in steps of 255."""


CAMERAS: tuple[Camera, ...] = (
    Camera(
        ident="lumora-p7",
        make="Lumora",
        model="Lumora P7",
        serial="LP7A2209114",
        lens="Lumora P7 back camera 4.2mm f/1.8",
        software="14.4.1",
        name="IMG_{number:04d}.JPG",
        folder="DCIM/{hundred}APPLE",
        modes=(Size(1920, 1440), Size(1440, 1080), Size(1024, 768)),
        offset=2,
        focal=4.2,
        gps=True,
    ),
    Camera(
        ident="kestrel-k2-a",
        make="Kestrel",
        model="K2 Lite",
        serial="KS-2-0081735",
        lens="",
        software="K2-11.0.3",
        name="{time:%Y%m%d_%H%M%S}.jpg",
        folder="DCIM/Camera",
        modes=(Size(1600, 1200), Size(1280, 960), Size(960, 720)),
        offset=1,
        focal=3.6,
        quality=84,
        gps=True,
        noise=2.7,
    ),
    Camera(
        ident="kestrel-k2-b",
        make="Kestrel",
        model="K2 Lite",
        serial="KS-2-0093310",
        lens="",
        software="K2-11.0.3",
        name="{time:%Y%m%d_%H%M%S}.jpg",
        folder="Backup/old phone/DCIM/Camera",
        modes=(Size(1600, 1200), Size(1280, 960), Size(960, 720)),
        offset=1,
        focal=3.6,
        quality=84,
        gps=True,
        noise=2.7,
    ),
    Camera(
        ident="velden-cx30",
        make="VELDEN OPTICAL CO.",
        model="CX-30",
        serial="30551907",
        lens="",
        software="CX-30 Ver.1.2",
        name="DSCV{number:04d}.JPG",
        folder="SD card/DCIM/100VELDN",
        modes=(Size(1280, 960), Size(1024, 768), Size(800, 600)),
        offset=None,
        focal=6.3,
        quality=90,
        subsampling=1,
        noise=3.1,
    ),
    Camera(
        ident="tarn-d450",
        make="Tarn Corporation",
        model="TARN D450",
        serial="4107736",
        lens="18-55mm f/3.5-5.6",
        software="Ver.1.01",
        name="TRN_{number:04d}.jpg",
        folder="Pictures/{time:%Y}/{time:%Y-%m} {album}",
        modes=(Size(2016, 1344), Size(1536, 1024), Size(1080, 720)),
        offset=1,
        focal=35.0,
        quality=92,
        subsampling=0,
        noise=1.4,
    ),
    Camera(
        ident="solvik-zx200",
        make="Solvik",
        model="ZX200",
        serial="ZX2-77014-B",
        lens="Solvik 24-600mm f/2.8",
        software="Editor 5.2",
        name="SZX{number:05d}.jpg",
        folder="Pictures/Unsorted/disk {hundred}/new folder",
        modes=(Size(1800, 1350), Size(1280, 960), Size(1024, 768)),
        offset=0,
        focal=12.0,
    ),
)
