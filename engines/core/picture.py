"""What a view can draw. The kinds are in ``engines.pictures``; each is a frozen dataclass of locked arrays."""

from dataclasses import dataclass

from engines.core.arrays import lock_fields


@dataclass(frozen=True, eq=False)
class Picture:
    """Base of all pictures. Its arrays are locked on creation, so that a frame kept for scrubbing cannot change."""

    def __post_init__(self) -> None:
        lock_fields(self)

    def __setstate__(self, state: dict[str, object]) -> None:
        """Lock again what pickle has just made writeable."""
        self.__dict__.update(state)
        lock_fields(self)
