"""What a view can draw. The kinds are in ``engines.pictures``; each is a frozen dataclass of locked arrays."""

from dataclasses import dataclass
from typing import ClassVar

from engines.core.arrays import Locked


@dataclass(frozen=True, eq=False)
class Picture(Locked):
    """Base of all pictures. Its arrays are locked on creation, so that a frame kept for scrubbing cannot change.

    title: of the card it is drawn in; the view's own where it is empty. A kind of picture that only needs another title
    derives from one that there is and is drawn by that one's view.
    """

    title: ClassVar[str] = ""
