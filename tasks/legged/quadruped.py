"""Locomotion in space: a four-legged robot follows a commanded velocity."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco.batch import Batch
from numpy.typing import NDArray

from tasks.arrays import Array, Generators, Mask
from tasks.commands import Command, Turn, Velocity
from tasks.described.reading import written
from tasks.goals import FAR
from tasks.legged.described.four_legs import four_legs_of
from tasks.legged.described.reading import read_legged
from tasks.legged.four_legs import QUADRUPED_LEGS
from tasks.legged.gait import Trot
from tasks.legged.learning import FOLLOWING
from tasks.legged.rough_ground import add_rough_ground
from tasks.legged.task import LeggedTask
from tasks.mirror import TURN, VECTOR, Image, signs
from tasks.quantities import Measure, Quantity
from tasks.rewards import tolerance
from tasks.rotation import rotations, to_body
from tasks.steering import ALONG_KEYS, LEFT_KEYS, Axis, Steering
from tasks.task import OfRobot, TaskSettings

TURN_RAD_S = 5.0
"""Angular velocity that is observed as 1 [rad/s]."""
OFF_COMMAND = 0.25
"""Error of the velocity [m/s] and of the turn [rad/s] that is observed as 1; twice that at most."""
TILT_FAILS = 0.5
"""The robot counts as fallen where its vertical leans more than 60 degrees: the cosine."""
AVERAGED_S = 1.0
"""Time constant of the average errors that success is judged by [s]."""
TARGET_RAD = 0.5
"""Distance of a joint's command from standing that is observed as 1 [rad]: the largest that our
quadruped's actions ask for."""
MARGINS = {
    "velocity": 0.5,
    "turn": 0.5,
    "level": 0.4,
    "steps": 0.3,
    "posture": 0.5,
    "smooth": 0.15,
    "economy": 10.0,
}
"""Deviation at which a tenth of each reward term is left: of velocity [m/s] and turn [rad/s], about
half of what is commanded at most; sway (1 is a torso on its side); joints off the trot [rad], knees
by 60 % of what lifts a foot, the others by a full action; change of the commands per control step,
as a share of their range; and joint speed [rad/s], a third of what the motors can do. Speeds are
for a robot as large as our quadruped."""
BOB_S_M = 0.5
"""Sway that a vertical velocity of 1 m/s counts as [s/m]."""
ABOVE_M = 0.16
"""Height at which commands are drawn above the torso [m]."""
WOBBLE_S2 = 0.01
"""What the square of the speed at which the torso tilts adds to the square of sway [s^2]: 1 rad/s
counts as a tenth."""


@dataclass(frozen=True)
class QuadrupedSettings(TaskSettings):
    """Settings of `locomotion-quadruped`."""

    control_hz: float = 50.0
    """Control steps per second [Hz]."""
    timestep_s: float = 0.002
    """Physics time step [s]; feet sink into the ground by what they cover in one."""
    episode_s: float = 20.0
    """Episode length [s]."""
    forward_m_s: tuple[float, float] = (-0.6, 1.0)
    """Range of the commanded forward velocity [m/s]."""
    sideways_m_s: tuple[float, float] = (-0.4, 0.4)
    """Range of the commanded velocity to the left [m/s]."""
    turn_rad_s: tuple[float, float] = (-1.0, 1.0)
    """Range of the commanded turn to the left [rad/s]."""
    command_s: float = 5.0
    """Time after which the command changes [s]."""
    stand_share: float = 0.1
    """Share of the commands that are to stand still."""
    start_noise_rad: float = 0.05
    """Standard deviation of the joints' initial positions [rad]."""
    rough_m: float = 0.0
    """Height of the bumps of rough ground [m]; 0: flat ground."""
    random_push_n: float = 60.0
    """Greatest horizontal push on the torso [N]; one lasts 0.1 s and comes every 2 s on average."""
    velocity_error_m_s: float = 0.15
    """Success: the average error of the velocity is at most this [m/s] ..."""
    turn_error_rad_s: float = 0.2
    """... and that of the turn at most this [rad/s]."""
    robot: OfRobot = ""
    """What `robo-ddpg adopt` wrote about another robot: the file, or its content; empty for our
    own."""

    def __post_init__(self) -> None:
        """Check what `TaskSettings` checks, and the commands."""
        super().__post_init__()
        for name in ("forward_m_s", "sideways_m_s", "turn_rad_s"):
            low, high = getattr(self, name)
            if not low <= high:
                raise ValueError(f"{name} must be (low, high), got {(low, high)}")
        if self.command_s <= 0 or self.rough_m < 0 or not 0 <= self.stand_share <= 1:
            raise ValueError(
                "command_s must be positive, rough_m not negative, stand_share in [0, 1], "
                f"got {self}"
            )


class Quadruped(LeggedTask):
    """Walk on four legs as commanded: forward, sideways and turning, and bear pushes.

    The action is added to a trot on the spot (policies modulating trajectory generators, Iscen et
    al. 2018): legs that take turns are learned within minutes, and none of them drags.

    Reward terms, each in [0, 1]; style only counts as far as the command is followed:

    - `velocity` and `turn` pay for following the command.
    - `level` pays for a torso that does not sway: neither tilted nor bobbing.
    - `steps` pays for knees that bend as they do in the trot on the spot: no dragging feet.
    - `posture` pays for the other joints near those of the trot: no splayed legs.
    - `smooth` pays for actions that change little, because twitching wears a machine out.
    - `economy` pays for joints that turn slowly.
    """

    name = "locomotion-quadruped"
    solved = "follows the command"
    learning = FOLLOWING
    weights = {  # noqa: RUF012 - never changed
        "velocity": 0.3,
        "turn": 0.3,
        "level": 0.1,
        "steps": 0.15,
        "posture": 0.05,
        "smooth": 0.05,
        "economy": 0.05,
    }

    settings: QuadrupedSettings

    def __init__(self, robot: str = "", **settings: Any) -> None:
        described = read_legged(robot) if robot else None
        self.legs = four_legs_of(described) if described else QUADRUPED_LEGS
        """How the robot stands and steps."""
        settings = {**self.legs.settings, **settings}
        super().__init__(
            QuadrupedSettings(**settings, robot=written(described) if described else "")
        )
        self.robot = self.legs.robot
        pace = self.legs.pace
        self._margins = MARGINS | {
            "velocity": MARGINS["velocity"] * pace,
            "turn": MARGINS["turn"] / pace,
            "economy": MARGINS["economy"] / pace,
        }

    def build(self) -> mujoco.MjSpec:
        """The robot on flat or rough ground."""
        scene = self.legs.scene(self.settings.timestep_s)
        if self.settings.rough_m:
            add_rough_ground(scene, self.settings.rough_m)
        return scene

    def bind(self, batch: Batch) -> None:
        """Keep views of the state; draw no command yet."""
        super().bind(batch)
        settings, n = self.settings, batch.nsim
        self._standing = batch.model.key_ctrl[0].copy()
        self._trot = Trot(n, self._standing, settings.control_hz, self.legs.steps)
        self._segment_steps = max(1, round(settings.command_s * settings.control_hz))
        self._segments = -(-self.episode_steps // self._segment_steps)
        self._schedule = np.zeros((n, self._segments, 3))
        self._step = np.zeros(n, int)
        self.command = np.zeros((n, 3))
        """Commanded forward velocity, velocity to the left [m/s] and turn [rad/s], (n, 3)."""
        self.error = np.zeros((n, 2))
        """Average errors of velocity [m/s] and turn [rad/s], (n, 2)."""
        self._sum = np.zeros((n, 2))
        self._decay = np.exp(-1.0 / (AVERAGED_S * settings.control_hz))
        self._sense()

    def action_offset(self) -> Array:
        """The trot on the spot, (n, nu)."""
        return self._trot.positions

    def action_scale(self) -> Array:
        """Abduction, hip and knee of each leg."""
        return np.array(self.legs.action_rad)

    def reset(self, ids: NDArray[np.intp], rngs: Generators) -> None:
        """Start standing, with a schedule of commands."""
        for i, rng in zip(ids, rngs, strict=True):
            self._schedule[i] = self._draw(rng)
            noise = rng.normal(0.0, self.settings.start_noise_rad, len(self.robot.joints))
            self.joint_position[i] += noise
            self.put_on_ground(i)
            self._trot.reset(i, rng)
        self._step[ids] = 0
        self._sum[ids] = 0.0
        self.command[ids] = self._schedule[ids, 0]

    def _draw(self, rng: np.random.Generator) -> Array:
        settings = self.settings
        low, high = np.transpose([settings.forward_m_s, settings.sideways_m_s, settings.turn_rad_s])
        commands = rng.uniform(low, high, (self._segments, 3))
        commands[rng.random(self._segments) < settings.stand_share] = 0.0
        return np.asarray(commands)

    def started(self, ids: NDArray[np.intp]) -> None:
        """The state has changed."""
        super().started(ids)
        self._sense()
        self.error[ids] = self._errors()[ids]

    def advance(self) -> None:
        """Average the errors, advance the trot, and change commands when it is time."""
        super().advance()
        self._sense()
        now = self._errors()
        self._sum += now
        self._step += 1
        share = np.maximum(1.0 - self._decay, 1.0 / self._step)  # the mean, of short episodes
        self.error += share[:, None] * (now - self.error)
        segment = np.minimum(self._step // self._segment_steps, self._segments - 1)
        self.command[:] = self._schedule[np.arange(len(segment)), segment]
        self._trot.advance(self.command)

    def _sense(self) -> None:
        """What follows from the state: the vertical and the velocity, in the torso's frame."""
        rotation = rotations(self.qpos[:, 3:7])
        self._up = rotation[:, 2]
        self._velocity = to_body(rotation, self.qvel[:, :3])
        self._turn = self.qvel[:, 3:6]

    def _off_command(self) -> Array:
        """Velocity forward and to the left [m/s] and turn [rad/s] above the command, (n, 3)."""
        moves: Array = np.append(self._velocity[:, :2], self._turn[:, 2:], axis=1)
        return moves - self.command

    def _errors(self) -> Array:
        """Errors of the velocity in the plane [m/s] and of the turn [rad/s], (n, 2)."""
        off = self._off_command()
        return np.stack([np.hypot(off[:, 0], off[:, 1]), np.abs(off[:, 2])], axis=1)

    def observe(self) -> dict[str, Array]:
        """Velocities, the vertical, command, phase, joints, and the commands to them."""
        return {
            "velocity": self._velocity,
            "turn": self._turn / TURN_RAD_S,
            "up": self._up,
            "command": self.command.copy(),
            "off_command": np.clip(self._off_command() / OFF_COMMAND, -FAR, FAR),
            "phase": self._trot.observed,
            **self.joints_observed(),
            "target": (self.ctrl - self._standing) / TARGET_RAD,
        }

    def observed(self) -> dict[str, Quantity]:
        """What `observe` shows, in the torso's frame: x forward, y to the left, z up."""
        return {
            "velocity": Quantity("velocity of the torso", "m/s"),
            "turn": Quantity("angular velocity of the torso", "rad/s", TURN_RAD_S),
            "up": Quantity("direction of the vertical"),
            "command": Quantity(
                "commanded velocity forward, to the left [m/s], and turn [rad/s]", "m/s, rad/s"
            ),
            "off_command": Quantity(
                "velocity and turn above the command, clipped to "
                f"{FAR * OFF_COMMAND:g} m/s and rad/s either way",
                "m/s, rad/s",
                OFF_COMMAND,
            ),
            "phase": Quantity("sine and cosine of the trot's phase, as large as its steps"),
            **self.joints_shown(),
            "target": Quantity("commanded joint angles", "rad", TARGET_RAD, self._standing),
        }

    def steering(self) -> Steering:
        """Velocity forward and to the left, and turn to the left, within what is drawn."""
        settings = self.settings
        return Steering(
            (
                Axis("forward", "m/s", *settings.forward_m_s, 0.1, ALONG_KEYS, rest=0.0),
                Axis("to the left", "m/s", *settings.sideways_m_s, 0.1, ("d", "a"), rest=0.0),
                Axis("turn left", "rad/s", *settings.turn_rad_s, 0.2, LEFT_KEYS, rest=0.0),
            ),
            asked=lambda: self.command,
            measured=lambda: np.append(self._velocity[:, :2], self._turn[:, 2:], axis=1),
            ask=self._ask,
        )

    def _ask(self, index: int, command: Array) -> None:
        """One command for the rest of the episode."""
        self._schedule[index] = self.command[index] = command

    def images(self) -> Sequence[Image]:
        """Left legs for right legs, which are half a period apart."""
        joints = self.joints_image()
        if joints is None or self.settings.rough_m:
            return ()
        parts = {
            "velocity": VECTOR,
            "turn": TURN,
            "up": VECTOR,
            **dict.fromkeys(("command", "off_command"), signs(1.0, -1.0, -1.0)),
            "phase": signs(-1.0, -1.0),
            **dict.fromkeys(("joint_position", "joint_velocity", "target"), joints),
        }
        return (Image(parts, joints),)

    def reward_terms(self) -> dict[str, Array]:
        """See the class."""
        velocity, turn = self._errors().T
        follows = tolerance(velocity, margin=self._margins["velocity"])
        tilt, bob = self._up[:, :2], BOB_S_M * self._velocity[:, 2]
        wobble = np.square(self._turn[:, :2]).sum(1)
        sway = np.square(tilt).sum(1) + np.square(bob) + WOBBLE_S2 * wobble
        change = np.sqrt(np.square(self.command_change).mean(1))
        speed = np.sqrt(np.square(self.joint_velocity).mean(1))
        off_trot = np.square(self.joint_position - self._trot.positions)
        off_trot = off_trot.reshape(len(off_trot), len(self.robot.feet), -1).mean(1)
        splayed, stiff = np.sqrt(off_trot[:, :2].mean(1)), np.sqrt(off_trot[:, 2])
        deviations = {
            "turn": turn,
            "level": np.sqrt(sway),
            "steps": stiff,
            "posture": splayed,
            "smooth": change,
            "economy": speed,
        }
        style = {
            name: follows * tolerance(value, margin=self._margins[name])
            for name, value in deviations.items()
        }
        return {"velocity": follows, **style}

    def success(self) -> Mask:
        """The command is followed, on average over the last second or so, or since the start."""
        settings = self.settings
        allowed = (settings.velocity_error_m_s, settings.turn_error_rad_s)
        return np.asarray((self.error <= allowed).all(1))

    def failure(self) -> Mask:
        """The robot has fallen."""
        return np.asarray((self._up[:, 2] < TILT_FAILS) | (self.qpos[:, 2] < self.legs.lowest_m))

    def metrics(self) -> dict[str, Array]:
        """Errors averaged over the episode so far."""
        velocity, turn = self._sum.T / np.maximum(self._step, 1)
        return {"velocity_error_m_s": velocity, "turn_error_rad_s": turn}

    def commands(self) -> dict[str, Array]:
        """The commanded velocity and turn."""
        return {"velocity": self.command[:, :2].copy(), "turn": self.command[:, 2:].copy()}

    def commanded(self) -> dict[str, Command]:
        """What `commands` are."""
        torso, size = self.robot.torso, self.legs.size
        return {
            "velocity": Velocity(
                "velocity",
                "m/s",
                parts=("forward", "left"),
                body=torso,
                above_m=ABOVE_M * size,
                second_m=0.6 * self.legs.pace,
            ),
            "turn": Turn(
                "turn left", "rad/s", body=torso, above_m=ABOVE_M * size, radius_m=0.25 * size
            ),
        }

    def measured(self) -> dict[str, Measure]:
        """What `metrics` are."""
        return {
            "velocity_error_m_s": Measure("velocity error", "m/s"),
            "turn_error_rad_s": Measure("turn error", "rad/s"),
        }
