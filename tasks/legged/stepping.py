"""Hop and walk forward in the plane, in a rhythm and without falling."""

import abc
from collections.abc import Sequence
from typing import Any

import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators, Mask
from tasks.legged.learning import BALANCING
from tasks.legged.planar import PITCH, Planar, PlanarSettings, Z
from tasks.legged.robot import HOPPER, WALKER
from tasks.mirror import Image, same, signs
from tasks.quantities import Measure, Quantity
from tasks.rewards import tolerance

HIGH = 0.88
"""Share of the height at home from which robots count as standing ..."""
FALLEN = 0.65
"""... and below which they count as fallen."""
FALLEN_RAD = 1.0
"""Pitch beyond which they count as fallen [rad]."""
ON_THE_BEAT = 0.7
"""Success: the rhythm's share of its reward, averaged over the last second or so, is this."""
ON_THE_SPOT = 0.3
"""Share of the rhythm's reward for stepping on the spot: with none of it the rhythm is not found,
with all of it the hopper is content to stay where it is."""


class Stepping(Planar):
    """A robot that can fall, which ends the episode, and that is to step in a rhythm.

    Without the rhythm the hopper shivers along on the spot of its foot, and the walker keeps one
    leg in front and shuffles: both are fast, and neither looks alive.
    """

    weights = {  # noqa: RUF012 - never changed
        "upright": 0.15,
        "speed": 0.15,
        "rhythm": 0.5,
        "smooth": 0.1,
        "economy": 0.05,
        "grip": 0.05,
    }
    learning = BALANCING
    solved = "fast, in rhythm"
    upright_rad = 0.3
    period_s: float
    """Time of one hop, or of one step with each leg [s]."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(PlanarSettings(**{"speed_m_s": 1.2, "episode_s": 40.0} | settings))

    def bind(self, batch: Batch) -> None:
        """Keep views of the state, and the time within a period."""
        super().bind(batch)
        self._phase, self._beat = np.zeros(batch.nsim), np.zeros(batch.nsim)
        self._phase_step = 2 * np.pi / (self.period_s * self.settings.control_hz)

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Start near `home`, at rest, anywhere in a period."""
        super().reset(ids, rngs)
        self._phase[ids] = [rng.uniform(0.0, 2 * np.pi) for rng in rngs]
        self._beat[ids] = 0.0

    def advance(self) -> None:
        """Go on in the period, and average how well it is kept."""
        super().advance()
        self._phase += self._phase_step
        self._beat += (1.0 - self._decay) * (self._on_beat() - self._beat)

    def observe(self) -> dict[str, Array]:
        """As all planar robots, and the time within the period."""
        clock = np.stack([np.sin(self._phase), np.cos(self._phase)], axis=1)
        return super().observe() | {"clock": clock}

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows."""
        clock = Quantity(f"sine and cosine of the time within a period of {self.period_s} s")
        return super().observed() | {"clock": clock}

    def reward_terms(self) -> dict[str, Array]:
        """See the class."""
        terms = super().reward_terms()
        on_the_spot = ON_THE_SPOT * self._sound
        rhythm = self._on_beat() * (on_the_spot + (1.0 - ON_THE_SPOT) * terms["speed"])
        return terms | {"upright": self._sound, "rhythm": rhythm}

    def _on_beat(self) -> Array:
        return tolerance(self.off_beat(), margin=1.0)

    @abc.abstractmethod
    def off_beat(self) -> Array:
        """How far the motion is from that of the rhythm, as a share of its amplitude, (n,)."""

    def upright(self) -> Array:
        """1 with the torso upright and high, less when it leans or sinks, (n,)."""
        height = self.qpos[:, Z] / self.home[Z]
        return super().upright() * tolerance(height, (HIGH, np.inf), HIGH - FALLEN)

    def success(self) -> Mask:
        """The average speed is high enough, and the rhythm kept."""
        return np.asarray(super().success() & (self._beat >= ON_THE_BEAT))

    def metrics(self) -> dict[str, Array]:
        """The averages over the last second or so."""
        return super().metrics() | {"rhythm": self._beat.copy()}

    def measured(self) -> dict[str, Measure]:
        """What `metrics` are."""
        return super().measured() | {"rhythm": Measure("rhythm kept")}

    def failure(self) -> Mask:
        """The robot has fallen."""
        low = self.qpos[:, Z] < FALLEN * self.home[Z]
        return np.asarray(low | (np.abs(self.qpos[:, PITCH]) > FALLEN_RAD))


class Hopper(Stepping):
    """Hop forward on one leg in the plane at 1.2 m/s, 2.5 hops a second, without falling.

    Reward terms, each in [0, 1]: `upright` pays for every step without a fall, `rhythm` for a torso
    that goes up and down as it does in hops of 4 cm; the others are those of the runner.
    """

    name = "locomotion-hopper"
    robot = HOPPER
    period_s = 0.4
    hop_m_s = 0.6
    """Greatest vertical speed in a hop [m/s]."""

    def off_beat(self) -> Array:
        """Compares vertical speeds."""
        return np.asarray(self.qvel[:, Z] / self.hop_m_s - np.sin(self._phase))


class Walker(Stepping):
    """Walk forward on two legs in the plane at 1.2 m/s, without falling.

    Reward terms, each in [0, 1]: `upright` pays for every step without a fall, `rhythm` for legs
    that take turns in front; the others are those of the runner.
    """

    name = "locomotion-walker"
    robot = WALKER
    above_m = 0.55
    period_s = 0.9
    stride_rad = 0.7
    """Greatest angle between the thighs in a stride [rad]."""

    def images(self) -> Sequence[Image]:
        """Each leg for the other, half a period apart."""
        joints = self.joints_image()
        if joints is None:
            return ()
        parts = {"height": same(1), "pitch": same(2), "root_velocity": same(3)}
        parts["clock"] = signs(-1.0, -1.0)
        return (Image(parts | dict.fromkeys(("joint_position", "joint_velocity"), joints), joints),)

    def off_beat(self) -> Array:
        """Compares the angle between the thighs."""
        left, right = self.joint_position[:, 0], self.joint_position[:, 3]
        return np.asarray((left - right) / self.stride_rad - np.sin(self._phase))
