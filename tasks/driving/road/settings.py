"""Settings of the task `drive`, and how long its road is."""

from dataclasses import dataclass

from tasks.driving.task import DrivingSettings

ROAD_M = 3_000
"""Length of the road [m]."""
BEFORE_M, AFTER_M = 150.0, 300.0
"""Routes begin and end so far from the ends of the road at least [m]."""


@dataclass(frozen=True)
class DriveSettings(DrivingSettings):
    """Settings of `drive`."""

    episode_s: float = 30.0
    """Episode length [s]."""
    route_m: float = 280.0
    """Success: so far along the road [m], without touching a car or leaving the road."""
    limit_m_s: float = 20.0
    """Speed that is allowed on straight road [m/s]; bends allow less."""
    cars: int = 6
    """Other cars on the road."""
    slower: tuple[float, float] = (0.45, 0.75)
    """Speed that they want to drive, least and greatest share of the allowed one."""
    fog_m: float = 100.0
    """How far one sees [m]; where that is less than in clear air, pictures show the fog."""
    road: int = 0
    """Which road: the seed of its bends."""

    def __post_init__(self) -> None:
        """Check what `DrivingSettings` checks, and the road and the traffic."""
        super().__post_init__()
        most = ROAD_M - BEFORE_M - AFTER_M
        if not 0 < self.route_m <= most:
            raise ValueError(f"route_m must be from 0 to {most:g} m, got {self.route_m}")
        if not 1 <= self.limit_m_s <= 40:
            raise ValueError(f"limit_m_s must be from 1 to 40 m/s, got {self.limit_m_s}")
        if not 1 <= self.cars <= 20:
            raise ValueError(f"cars must be from 1 to 20, got {self.cars}")
        if not 0 < self.slower[0] <= self.slower[1] <= 1:
            raise ValueError(f"slower must be (least, greatest) within (0, 1], got {self.slower}")
        if not self.fog_m >= 5:
            raise ValueError(f"fog_m must be at least 5 m, got {self.fog_m}")
        if self.road < 0:
            raise ValueError(f"road must not be negative, got {self.road}")
