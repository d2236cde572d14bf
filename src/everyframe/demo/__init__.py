"""Draw a plainly benign, varied exhibit for the demo, the tests and the benchmarks.

Everything in it is generated: landscapes, rooms, things, screens. There are no people in it.
"""

from everyframe.demo.build import make_exhibit
from everyframe.demo.bulk import make_camera_photos
from everyframe.demo.manifest import Manifest, ManifestRow
from everyframe.demo.plan import DemoPlan

__all__ = ["DemoPlan", "Manifest", "ManifestRow", "make_camera_photos", "make_exhibit"]
