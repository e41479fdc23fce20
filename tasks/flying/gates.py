"""Fly through a sequence of gates."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators, Mask, norm
from tasks.flying.fly import COARSE_M, CRUISE_M_S, FINE_M, Fly, FlySettings
from tasks.flying.learning import GATES
from tasks.goals import FAR
from tasks.mirror import Image
from tasks.quantities import Measure, Quantity
from tasks.rewards import closeness
from tasks.rotation import rotations, to_body

OPENING_M = 0.3
"""Radius of a gate, to the middle of its tube [m]."""
TUBE_M = 0.025
"""Radius of the tube [m]."""
VEHICLE_M = 0.07
"""Radius of the vehicle, rotors included [m]."""
CIRCUIT_M = 1.3
"""Gates stand this far from the middle, evenly around it [m] ..."""
ASIDE_RAD = 0.4
"""... and turned from the direction of the circuit by up to this either way [rad]."""
LOW_M, HIGH_M = 1.2, 2.0
"""Range of the heights of their centres [m]."""
WAY_M = 1.5
"""Distance to the next gate at which a quarter of the reward for the way is left [m]."""
AHEAD = 0.4
"""One should fly to a point before the gate, on its axis, by this share of the way to it."""
BEYOND_M = 0.8
"""Distance behind the last gate that one flies to in the end [m]."""
_SEGMENTS = 20


@dataclass(frozen=True)
class GatesSettings(FlySettings):
    """Settings of `fly-gates`."""

    episode_s: float = 12.0
    """Episode length [s]."""
    gates: int = 4
    """How many gates there are."""

    def __post_init__(self) -> None:
        """Check what `FlySettings` checks, and the number of gates."""
        super().__post_init__()
        if not 1 <= self.gates <= 20:
            raise ValueError(f"gates must be between 1 and 20, got {self.gates}")


class FlyGates(Fly):
    """Recover a quadrotor from any attitude, and fly through gates, one after the other.

    Gates stand around the middle of the arena and are to be passed counter-clockwise, each from the
    side that its axis points away from. Who hits the tube has crashed.

    Reward terms, each in [0, 1]: `progress` grows with every gate that is passed, and with the way
    to the next, `course` pays for flying towards it and along its axis; the others are those of
    `fly`.
    """

    name = "fly-gates"
    solved = "passed all gates"
    failed = "crashed, hit a gate, spun or left the arena"
    demonstrator = "tasks.flying.demonstrator:GatePilot"
    learning = GATES
    weights = {  # noqa: RUF012 - never changed
        "course": 0.4,
        "progress": 0.3,
        "upright": 0.1,
        "steady": 0.1,
        "smooth": 0.1,
    }

    settings: GatesSettings

    def __init__(self, **settings: Any) -> None:
        super(Fly, self).__init__(GatesSettings(**settings))

    def build(self) -> mujoco.MjSpec:
        """The gates too."""
        scene = super().build()
        for material, rgba in (
            ("gate", (0.93, 0.50, 0.16, 1.0)),
            ("band", (0.93, 0.94, 0.95, 1.0)),
        ):
            scene.add_material(name=material, rgba=rgba, emission=0.15)
        for gate in range(self.settings.gates):
            _add_gate(scene, f"gate_{gate}")
        return scene

    def bind(self, batch: Batch) -> None:
        """Keep views of the gates."""
        n, count = batch.nsim, self.settings.gates
        first = int(batch.model.body("gate_0").mocapid[0])
        self._centre = batch.bind("mocap_pos")[:, first : first + count]
        self._turned = batch.bind("mocap_quat")[:, first : first + count]
        self._axis = np.zeros((n, count + 1, 3))
        self._sequence = np.zeros((n, count + 1, 3))
        self._before = np.zeros((n, 3))
        self.passed = np.zeros(n, int)
        """How many gates have been passed, (n,)."""
        self._hit = np.zeros(n, bool)
        super().bind(batch)

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Draw where the gates stand."""
        super().reset(ids, rngs)
        for i, rng in zip(ids, rngs, strict=True):
            self._set_up(i, rng)
        self.passed[ids], self._hit[ids] = 0, False
        self.goal[ids] = self._sequence[ids, 0]

    def _set_up(self, i: int, rng: np.random.Generator) -> None:
        count = self.settings.gates
        angle = 2 * np.pi * (np.arange(count) + rng.random()) / count
        heading = angle + 0.5 * np.pi + rng.uniform(-ASIDE_RAD, ASIDE_RAD, count)
        self._centre[i] = np.stack(
            [
                CIRCUIT_M * np.cos(angle),
                CIRCUIT_M * np.sin(angle),
                rng.uniform(LOW_M, HIGH_M, count),
            ],
            axis=1,
        )
        half, zero = 0.5 * heading, np.zeros(count)
        self._turned[i] = np.stack([np.cos(half), zero, zero, np.sin(half)], axis=1)
        self._axis[i, :-1] = rotations(self._turned[i])[:, :, 0]
        self._axis[i, -1] = self._axis[i, -2]
        self._sequence[i, :-1] = self._centre[i]
        self._sequence[i, -1] = self._centre[i, -1] + BEYOND_M * self._axis[i, -1]

    def started(self, ids: NDArray[np.intp]) -> None:
        """The state has changed."""
        super().started(ids)
        self._before[ids] = self.position[ids]

    def advance(self) -> None:
        """See which gates were passed or hit since the last control step."""
        inside, touched = self._crossings()
        rows, count = np.arange(len(self.passed)), self.settings.gates
        going = self.passed < count
        through = going & inside[rows, np.minimum(self.passed, count - 1)]
        self._hit |= touched.any(1)
        self.passed += through
        self.goal[:] = self._sequence[rows, self.passed]
        self._before[:] = self.position
        super().advance()

    def _crossings(self) -> tuple[Mask, Mask]:
        """Which gates were flown through along their axes, and which were hit, (n, gates) each."""
        axis = self._axis[:, :-1]
        was, now = (place[:, None] - self._centre for place in (self._before, self.position))
        behind, ahead = (np.sum(axis * side, axis=2) for side in (was, now))
        crossed = (behind < 0) != (ahead < 0)
        share = np.where(crossed, behind / np.where(crossed, behind - ahead, 1.0), 0.0)
        off = norm(was + share[..., None] * (now - was))
        inside = off < OPENING_M - TUBE_M - VEHICLE_M
        outside = off > OPENING_M + TUBE_M + VEHICLE_M
        return crossed & (ahead >= 0) & inside, crossed & ~inside & ~outside

    def _course(self) -> Array:
        """Velocity that leads through the next gate [m/s], in the vehicle's frame, (n, 3)."""
        axis = self._axis[np.arange(len(self.passed)), self.passed]
        before = self.goal - AHEAD * self.distance[:, None] * axis
        away = before - self.position
        return to_body(self._rotation, CRUISE_M_S * away / np.maximum(norm(away), 1e-9)[:, None])

    def observe(self) -> dict[str, Array]:
        """How to fly through the next gate, the way to the one after, and what `fly` observes."""
        rows, last = np.arange(len(self.passed)), self.settings.gates
        after = self._sequence[rows, np.minimum(self.passed + 1, last)]
        axis = to_body(self._rotation, self._axis[rows, self.passed])
        before = (axis * self._to_goal).sum(1, keepdims=True)
        aside = self._to_goal - before * axis
        return {
            "axis": axis,
            "before": np.clip(before / FINE_M, -FAR, FAR),
            "aside": np.clip(aside / FINE_M, -FAR, FAR),
            "after": to_body(self._rotation, after - self.position) / COARSE_M,
            "course": self._course() / CRUISE_M_S,
            **super().observe(),
        }

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows."""
        limit = f"clipped to {FAR * FINE_M:g} m either way"
        return {
            "axis": Quantity("direction in which the next gate is to be passed"),
            "before": Quantity(
                f"from the vehicle to the gate along its axis, {limit}", "m", FINE_M
            ),
            "aside": Quantity(f"from the vehicle to the axis, {limit}", "m", FINE_M),
            "after": Quantity("from the vehicle to the gate after the next", "m", COARSE_M),
            "course": Quantity("velocity that leads through the gate", "m/s", CRUISE_M_S),
            **super().observed(),
        }

    def images(self) -> Sequence[Image]:
        """None: the circuit is always flown the same way round."""
        return ()

    def steering(self) -> None:
        """The gates say where to go."""

    def reward_terms(self) -> dict[str, Array]:
        """See the class."""
        terms = super().reward_terms()
        way = self.passed + closeness(self.distance, WAY_M)
        progress = way / (self.settings.gates + 1)
        return {"progress": progress} | {
            name: term for name, term in terms.items() if name in self.weights
        }

    def success(self) -> Mask:
        """All gates were passed, and none was hit."""
        return np.asarray((self.passed == self.settings.gates) & ~self._hit)

    def failure(self) -> Mask:
        """The vehicle hit a gate or the floor, or left the arena."""
        return np.asarray(super().failure() | self._hit)

    def metrics(self) -> dict[str, Array]:
        """How many gates were passed."""
        return {"gates_passed": self.passed.astype(float)}

    def measured(self) -> dict[str, Measure]:
        """What `metrics` are."""
        return {"gates_passed": Measure("gates passed")}


def _add_gate(scene: mujoco.MjSpec, name: str) -> None:
    """A ring on a mocap body, whose x axis is that of the gate; nothing collides with it."""
    body = scene.worldbody.add_body(name=name, mocap=True)
    angle = np.linspace(0.0, 2 * np.pi, _SEGMENTS + 1)
    points = OPENING_M * np.stack([0 * angle, np.cos(angle), np.sin(angle)], axis=1)
    for i, (start, end) in enumerate(itertools.pairwise(points)):
        body.add_geom(
            name=f"{name}_{i}",
            type=mujoco.mjtGeom.mjGEOM_CAPSULE,
            fromto=[*start, *end],
            size=[TUBE_M, 0, 0],
            material="band" if i % 5 == 0 else "gate",
            contype=0,
            conaffinity=0,
        )
