"""What goes from a robot to its policy and back, every control period."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from numpy.typing import ArrayLike

from tasks.arrays import Array


@dataclass(frozen=True)
class Measurement:
    """What was measured of an arm and its world."""

    position: ArrayLike
    """Joint positions, from the base outward [rad], (j,)."""
    velocity: ArrayLike
    """Joint velocities [rad/s], (j,)."""
    opening: ArrayLike = ()
    """Finger positions, of slides [m], of hinges [rad], (f,); none where they are not observed."""
    world: Mapping[str, ArrayLike] = field(default_factory=dict)
    """What else the policy observes, by its name in the scene: `goal`, a position [m], (3,); a free
    object, position and quaternion, (7,); `sensordata`, what the model's sensors would show. What
    is not named is where it was before."""


@dataclass(frozen=True)
class Setpoints:
    """What the arm shall do during the next control period."""

    time_s: Array
    """When, from now on [s], (k,)."""
    position: Array
    """Joint positions [rad], (k, j)."""
    velocity: Array
    """Joint velocities, for the servos to feed forward [rad/s], (k, j)."""
    opening: Array
    """Finger positions, of slides [m], of hinges [rad], (k, f)."""
    interventions: Mapping[str, float]
    """Why the safety filter altered the motion -> by how much; empty if it did not."""
    braking: str = ""
    """Why the arm is brought to a stop, in words; empty while the policy drives it."""
