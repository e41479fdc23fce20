"""Settings of the task `drive-park`."""

from dataclasses import dataclass

from tasks.driving.car_park.lot import Lot, check_fits
from tasks.driving.task import DrivingSettings


@dataclass(frozen=True)
class ParkSettings(DrivingSettings):
    """Settings of `drive-park`."""

    episode_s: float = 30.0
    """Episode length [s]."""
    slot_width_m: float = 2.5
    """Width of a slot [m]."""
    slot_length_m: float = 5.0
    """Length of a slot [m]."""
    aisle_m: float = 7.0
    """Width of the aisle in front of the slots [m]."""
    occupied: float = 0.8
    """Share of the slots with a car; one is always free."""
    eased: float = 0.0
    """Share of the episodes that begin on a way out of the slot, in place of along the aisle ..."""
    astray: float = 0.0
    """... and share of the others that begin anywhere in it, turned any way, as who got stuck."""
    tolerance_m: float = 0.2
    """Success: the car stands still this close to the middle of the slot [m] ..."""
    tolerance_rad: float = 0.0873
    """... and turned by at most this [rad]."""

    def __post_init__(self) -> None:
        """Check what `DrivingSettings` checks, and that the car fits."""
        super().__post_init__()
        check_fits(Lot(self.slot_width_m, self.slot_length_m, self.aisle_m))
        for name in ("occupied", "eased", "astray"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be within [0, 1], got {getattr(self, name)}")
        if self.tolerance_m <= 0 or self.tolerance_rad <= 0:
            raise ValueError(f"tolerance_m and tolerance_rad must be positive, got {self}")
