"""A robot of a new kind: its task and its drive live in this file, and nothing else knows them."""

from pathlib import Path
from typing import Any

import gymnasium.utils.env_checker
import mujoco
import numpy as np
import pytest
from mujoco.batch import Batch

import robo_ddpg
from robo_ddpg import Controller, RobotEnv
from robo_ddpg.control.drive import Drive
from robo_ddpg.control.interventions import Interventions
from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.errors import EntryPointError, SettingsError
from tasks import Task
from tasks.arrays import Array, Generators, Ids, Mask
from tasks.rewards import tolerance
from tasks.task import TaskSettings

TORQUE_NM = 4.0

PENDULUM = """
<mujoco model="pendulum">
  <option timestep="0.005"/>
  <worldbody>
    <light name="lamp" pos="0 -2 3"/>
    <camera name="front" pos="0 -3 0.5" xyaxes="1 0 0 0 0 1"/>
    <camera name="side" pos="3 0 0.5" xyaxes="0 1 0 0 0 1"/>
    <body name="pole" pos="0 0 0.5">
      <joint name="hinge" axis="0 1 0" damping="0.1"/>
      <geom name="rod" type="capsule" fromto="0 0 0 0 0 0.4" size="0.02" mass="0.5"/>
    </body>
  </worldbody>
  <actuator><motor name="hinge" joint="hinge"/></actuator>
  <keyframe><key name="home" qpos="0.3"/></keyframe>
</mujoco>
"""


class TorqueDrive(Drive):
    """Full action is `TORQUE_NM`, which changes by no more than half of it per control step."""

    reasons = ("torque_rate",)
    limits = ("speed",)

    def __init__(self, task: Task, batch: Batch, threads: int) -> None:
        super().__init__(task, batch, threads)
        self.action_size = 1

    def reset(self, ids: Ids) -> None:
        self.controls[ids] = 0.0

    def command(self, action: Array, finite: Mask | None, interventions: Interventions) -> None:
        before, wanted = self.controls[:, -1], TORQUE_NM * action
        allowed = np.clip(wanted, before - TORQUE_NM / 2, before + TORQUE_NM / 2)
        interventions.altered["torque_rate"][:] = np.abs(wanted - allowed)[:, 0]
        self.controls[:] = allowed[:, None]

    def check_limits(self, interventions: Interventions) -> None:
        speed = np.abs(self.states[:, :, 1]).max(1)
        interventions.overshoot["speed"][:] = speed - 8.0


class Balance(Task):
    """Keep a pole upright."""

    name = f"{__name__}:Balance"
    drive = f"{__name__}:TorqueDrive"
    weights = {"upright": 1.0}  # noqa: RUF012 - never changed
    push_body = "pole"

    def __init__(self, **settings: Any) -> None:
        super().__init__(TaskSettings(**{"timestep_s": 0.005, **settings}))

    def build(self) -> mujoco.MjSpec:
        return mujoco.MjSpec.from_string(PENDULUM)

    def bind(self, batch: Batch) -> None:
        self._qpos, self._qvel = batch.bind("qpos"), batch.bind("qvel")

    def reset(self, ids: Ids, rngs: Generators) -> None:
        self._qpos[ids, 0] = [rng.uniform(-0.5, 0.5) for rng in rngs]

    def advance(self) -> None:
        pass

    def observe(self) -> dict[str, Array]:
        angle = self._qpos
        return {"up": np.hstack([np.sin(angle), np.cos(angle)]), "speed": self._qvel / 8.0}

    def reward_terms(self) -> dict[str, Array]:
        return {"upright": tolerance(self._qpos[:, 0], margin=1.0)}

    def success(self) -> Mask:
        return np.asarray(np.abs(self._qpos[:, 0]) < 0.1)


class Driverless(Balance):
    """Names a drive that is none."""

    drive = f"{__name__}:Balance"


class Lost(Balance):
    """Names a drive that is nowhere."""

    drive = "no_such_module:Drive"


def test_it_is_a_gymnasium_environment() -> None:
    env = RobotEnv(Balance())
    assert env.action_space.shape == (1,)
    assert env.observation_space.shape == (3,)
    gymnasium.utils.env_checker.check_env(env, skip_render_check=True)


def test_what_its_drive_alters_and_finds_broken_is_counted_by_name() -> None:
    simulation = Simulation(Balance(), 2, threads=1)
    outcome = simulation.step(np.array([[1.0], [np.nan]]))
    assert outcome.info["safety"]["torque_rate"]["size"].tolist() == [TORQUE_NM / 2, 0.0]
    assert outcome.info["safety"]["torque_rate"]["count"].tolist() == [1, 0]
    assert outcome.info["safety"]["non_finite"]["count"].tolist() == [0, 1]
    simulation.batch.bind("qvel")[1] = 20.0
    violations = simulation.step(np.zeros((2, 1))).info["violations"]
    assert violations["speed"][0] == 0.0
    assert violations["speed"][1] > 5.0


@pytest.mark.slow
def test_it_is_trained_evaluated_and_filmed_by_name(tmp_path: Path) -> None:
    run = robo_ddpg.train(Balance.name, steps=2_000, out=tmp_path / "run", quiet=True)
    controller = Controller.load(run.path / "controller.safetensors")
    assert controller.task["name"] == Balance.name
    summary = robo_ddpg.evaluate(controller, episodes=3).summary()
    assert {"torque_rate", "non_finite", "out_of_range"} == set(summary["safety"])
    film = robo_ddpg.record(controller, tmp_path / "film.mp4", episodes=1, width=160, height=120)
    assert film.path.exists()


def test_a_drive_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="must be a subclass"):
        Simulation(Driverless(), 1)


def test_a_drive_that_is_nowhere_is_refused() -> None:
    with pytest.raises(EntryPointError, match="no_such_module"):
        Simulation(Lost(), 1)
