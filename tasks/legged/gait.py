"""A trot on the spot, which a policy turns into walking."""

from dataclasses import dataclass

import numpy as np

from tasks.arrays import Array

STILL = 0.2
"""Commands smaller than this let the steps become smaller, down to standing."""


@dataclass(frozen=True)
class Steps:
    """How legs step on the spot; their joints follow each other, as many of each leg."""

    phases: tuple[float, ...]
    """Of each leg [rad]; it is lifted in the first half of its period."""
    lift_rad: tuple[float, ...]
    """How far each joint turns to lift its leg [rad]."""
    period_s: float
    """Time in which each leg steps once [s]."""


TROT = Steps(
    # Diagonal legs step together: front left and rear right, front right and rear left.
    phases=(0.0, np.pi, np.pi, 0.0),
    # The hip turns and the knee turns back by twice that, so that the foot rises straight up: by
    # about 8 cm, where thigh and calf are 0.213 m long.
    lift_rad=(0.0, 0.24, -0.48) * 4,
    period_s=0.45,
)
"""The one of our quadruped, with abduction, hip and knee of each leg."""


class Trot:
    """Commands to n robots that trot on the spot, as long as they are to go anywhere."""

    def __init__(self, nsim: int, home: Array, control_hz: float, steps: Steps = TROT) -> None:
        """Stand.

        Args:
            nsim: number of robots n.
            home: commands that legs are lifted from [rad], (j,).
            control_hz: control rate [Hz].
            steps: how legs are lifted.
        """
        self._home = home
        self._advance = 2 * np.pi / (steps.period_s * control_hz)
        self._phases, self._lift = np.array(steps.phases), np.array(steps.lift_rad)
        self._phase, self._size = np.zeros(nsim), np.zeros(nsim)

    def reset(self, index: int, rng: np.random.Generator) -> None:
        """Begin anywhere in a step, standing."""
        self._phase[index] = rng.uniform(0.0, 2 * np.pi)
        self._size[index] = 0.0

    def advance(self, command: Array) -> None:
        """Go on by one control step.

        Args:
            command: what each robot is to do, 0 for standing, (n, 3).
        """
        self._phase += self._advance
        wanted = np.minimum(np.abs(command).max(1) / STILL, 1.0)
        self._size += 0.1 * (wanted - self._size)

    @property
    def positions(self) -> Array:
        """Commanded joint positions now [rad], (n, j)."""
        lifted = np.maximum(np.sin(self._phase[:, None] + self._phases), 0.0) * self._size[:, None]
        each = np.repeat(lifted, len(self._lift) // len(self._phases), axis=1)
        return np.asarray(self._home + each * self._lift)

    @property
    def observed(self) -> Array:
        """Sine and cosine of the phase, as large as the steps, (n, 2)."""
        circle = np.stack([np.sin(self._phase), np.cos(self._phase)], axis=1)
        return np.asarray(self._size[:, None] * circle)
