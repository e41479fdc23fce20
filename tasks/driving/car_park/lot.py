"""A car park: a row of slots on one side of an aisle, cars in most of them, a hedge around it."""

from dataclasses import dataclass

import mujoco
import numpy as np

from tasks.arrays import Array
from tasks.driving.boxes import Boxes
from tasks.driving.car import CAR
from tasks.driving.scene import add_flat

SLOTS = 5
"""Slots of the row."""
BEHIND_M = 0.8
"""From the slots to the hedge behind them [m]."""
BESIDE_M = 9.0
"""From the row to the hedges at its ends [m]."""
HEDGE_M = 0.5
"""Half the thickness of the hedge [m]."""
OFF_M = np.array([0.15, 0.1])
"""Cars stand so far from the middle of their slots at most, along and across the row [m] ..."""
OFF_RAD = 0.04
"""... and so askew [rad]."""
AWAY_M = 500.0
"""Where cars are that are not there [m]."""
PARKED = tuple(f"parked_{k}" for k in range(SLOTS))


@dataclass(frozen=True)
class Lot:
    """Sizes of a car park; the slots lie at y < 0, the aisle at y > 0."""

    slot_width_m: float
    slot_length_m: float
    aisle_m: float

    @property
    def slots(self) -> Array:
        """Middles of the slots [m], (SLOTS, 2)."""
        x = (np.arange(SLOTS) - (SLOTS - 1) / 2) * self.slot_width_m
        return np.stack([x, np.full(SLOTS, -self.slot_length_m / 2)], axis=1)

    @property
    def half_m(self) -> float:
        """Half the length along the row, between the hedges [m]."""
        return SLOTS * self.slot_width_m / 2 + BESIDE_M

    @property
    def back_m(self) -> float:
        """Where the hedge behind the slots is [m], negative."""
        return -self.slot_length_m - BEHIND_M

    def hedges(self) -> Boxes:
        """What is around it, 4 boxes."""
        y, depth = (self.aisle_m + self.back_m) / 2, (self.aisle_m - self.back_m) / 2
        x, out = self.half_m + HEDGE_M, depth + HEDGE_M
        middle = [[-x, y], [x, y], [0.0, y - out], [0.0, y + out]]
        long = self.half_m + 2 * HEDGE_M
        half = [[HEDGE_M, out], [HEDGE_M, out], [long, HEDGE_M], [long, HEDGE_M]]
        return Boxes(np.array(middle), np.zeros(4), np.array(half))

    def draw(self, rng: np.random.Generator, occupied: float) -> tuple[Array, Array]:
        """Park cars.

        Args:
            rng: what is drawn from.
            occupied: share of the slots that are; one is always free.

        Returns:
            Middles of the cars [m], (SLOTS, 2), far away where a slot is free, and their headings
            [rad], (SLOTS,).
        """
        free = rng.random(SLOTS) >= occupied
        free[rng.integers(SLOTS)] = True
        middle = self.slots + rng.uniform(-OFF_M, OFF_M, (SLOTS, 2))
        heading = rng.choice([-np.pi / 2, np.pi / 2], SLOTS) + rng.uniform(-OFF_RAD, OFF_RAD, SLOTS)
        middle[free] = AWAY_M
        return middle, heading

    def add(self, spec: mujoco.MjSpec) -> None:
        """Paint the slots, and plant the hedge."""
        spec.add_material(name="line", rgba=[0.9, 0.9, 0.88, 1])
        spec.add_material(name="hedge", rgba=[0.12, 0.26, 0.10, 1], specular=0.05)
        spec.add_material(name="asphalt", rgba=[0.24, 0.25, 0.27, 1], specular=0.1)
        middle = (self.aisle_m + self.back_m) / 2
        size = (self.half_m, (self.aisle_m - self.back_m) / 2)
        add_flat(spec, "asphalt", (0.0, middle), size, "asphalt", top_m=0.002)
        for k in range(SLOTS + 1):
            x = (k - SLOTS / 2) * self.slot_width_m
            half = (0.06, self.slot_length_m / 2)
            add_flat(spec, f"line_{k}", (x, -self.slot_length_m / 2), half, "line")
        hedges = self.hedges()
        for k, (place, size_m) in enumerate(zip(hedges.middle, hedges.half, strict=True)):
            add_flat(spec, f"hedge_{k}", tuple(place), tuple(size_m), "hedge", top_m=1.1)


def check_fits(lot: Lot) -> None:
    """Refuse slots that the car does not fit into, and aisles that it cannot turn in.

    Raises:
        ValueError: a size is too small.
    """
    least = {
        "slot_width_m": CAR.width_m + 0.6,
        "slot_length_m": CAR.length_m + 0.2,
        "aisle_m": CAR.length_m + 1.5,
    }
    for name, metres in least.items():
        if not metres <= getattr(lot, name) <= 20.0:
            raise ValueError(
                f"{name} must be from {metres:.2f} to 20 m for a car of {CAR.length_m} m x "
                f"{CAR.width_m} m, got {getattr(lot, name)}"
            )
