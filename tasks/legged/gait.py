"""A trot on the spot, which a policy turns into walking."""

import numpy as np

from tasks.arrays import Array

PERIOD_S = 0.45
"""Time in which each leg steps once [s]."""
LIFT_RAD = 0.24
"""How far a lifted leg's hip turns [rad]; its knee turns back by twice that, so that the foot rises
straight up: by about 8 cm, where thigh and calf are 0.213 m long."""
STILL = 0.2
"""Commands smaller than this let the steps become smaller, down to standing."""

_LEGS = np.array([0.0, np.pi, np.pi, 0.0])
"""Diagonal legs step together: front left and rear right, front right and rear left."""


class Trot:
    """Commands to n robots that trot on the spot, as long as they are to go anywhere."""

    def __init__(self, nsim: int, home: Array, control_hz: float) -> None:
        """Stand.

        Args:
            nsim: number of robots n.
            home: commands that legs are lifted from [rad], (12,).
            control_hz: control rate [Hz].
        """
        self._home = home
        self._advance = 2 * np.pi / (PERIOD_S * control_hz)
        self._lift = np.array([0.0, LIFT_RAD, -2.0 * LIFT_RAD])
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
        """Commanded joint positions now [rad], (n, 12)."""
        lifted = np.maximum(np.sin(self._phase[:, None] + _LEGS), 0.0) * self._size[:, None]
        return np.asarray(self._home + (lifted[:, :, None] * self._lift).reshape(-1, 12))

    @property
    def observed(self) -> Array:
        """Sine and cosine of the phase, as large as the steps, (n, 2)."""
        circle = np.stack([np.sin(self._phase), np.cos(self._phase)], axis=1)
        return np.asarray(self._size[:, None] * circle)
