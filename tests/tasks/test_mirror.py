"""What a mirror shows is what happens: simulations that begin as images of each other stay so."""

from collections.abc import Callable
from typing import Any

import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from robo_ddpg.envs.registration import make_task
from robo_ddpg.envs.simulation import Simulation
from tasks.arrays import Array
from tasks.driving.park import Park
from tasks.flying.track import FlyTrack
from tasks.legged.quadruped import Quadruped
from tasks.legged.stepping import Walker
from tasks.legged.task import LeggedTask
from tasks.mirror import signs
from tasks.task import Task

STEPS, AGREED = 25, 1e-5
"""Control steps, and how far images may be apart in them: what is off by rounding grows."""
SEEDS = 1, 2
"""Of the starts; of 24 that were tried two of parking are up to 3.5e-4 apart: docs/results.md."""
FREE = signs(1, -1, 1, 1, -1, 1, -1)
VELOCITY = signs(1, -1, 1, -1, 1, -1)


def _image_of_state(simulation: Simulation, joints: Any, free: int) -> None:
    """Simulation 1 becomes the image of simulation 0; `free` is 7 for a free joint, 0 without."""
    qpos, qvel = simulation.batch.bind("qpos"), simulation.batch.bind("qvel")
    speeds = free - 1 if free else 0
    first = len(qpos[0]) - len(joints.order)
    home = simulation.task.model.key_qpos[0][first:] if simulation.task.model.nkey else 0.0
    qpos[1, :first], qvel[1, : first - bool(free)] = qpos[0, :first], qvel[0, : first - bool(free)]
    if free:
        qpos[1, :7], qvel[1, :6] = qpos[0, :7] * FREE.sign, qvel[0, :6] * VELOCITY.sign
    sign, order = np.array(joints.sign), list(joints.order)
    qpos[1, first:] = home + sign * (qpos[0, first:] - home)[order]
    qvel[1, speeds or first :] = sign * qvel[0, speeds or first :][order]


def _legs(simulation: Simulation) -> None:
    task = simulation.task
    assert isinstance(task, LeggedTask)
    joints = task.joints_image()
    assert joints is not None
    _image_of_state(simulation, joints, 7 if isinstance(task, Quadruped) else 0)
    if isinstance(task, Quadruped):
        task._schedule[1] = task._schedule[0] * [1, -1, -1]
        task.command[1] = task._schedule[1, 0]
        task._trot._phase[1] = task._trot._phase[0] + np.pi
    if isinstance(task, Walker):
        task._phase[1] = task._phase[0] + np.pi


def _car(simulation: Simulation) -> None:
    task = simulation.task
    assert isinstance(task, Park)
    cars = len(task._parked_m[0])
    task._park(1, task._middle[0, :cars] * [-1, 1], np.pi - task._heading[0, :cars])
    x, y, heading = task.goal[0]
    task.ask(1, np.array([-x, y, np.pi - heading]))
    task.place(1, task.middle[0] * [-1, 1], np.pi - float(task.heading[0]))


def _rotors(simulation: Simulation) -> None:
    task, batch = simulation.task, simulation.batch
    assert isinstance(task, FlyTrack)
    qpos, qvel = batch.bind("qpos"), batch.bind("qvel")
    qpos[0, :7], qvel[0, :6] = (
        [0.3, 0.4, 2.0, 0.8, 0.36, 0.48, 0.0],
        [1.0, -0.5, 0.2, 3.0, 2.0, 1.0],
    )
    qpos[1, :7], qvel[1, :6] = qpos[0, :7] * FREE.sign, qvel[0, :6] * VELOCITY.sign
    task._phase[:], task._speed[:] = [0.7, np.pi - 0.7], [0.8, -0.8]
    task._move()


def _rotors_turned(simulation: Simulation) -> None:
    """The image left for right, turned half around, is that front for back."""
    _rotors(simulation)
    attitude, turn = simulation.batch.bind("qpos")[1, 3:7], simulation.batch.bind("qvel")[1, 3:6]
    attitude[:] = attitude[[3, 2, 1, 0]] * [-1, 1, -1, 1]
    turn *= [-1, -1, 1]


class EvenRotors(FlyTrack):
    """The quadrotor with inertia along its axes, as it nearly is."""

    def build(self) -> mujoco.MjSpec:
        """Without products of inertia."""
        scene = super().build()
        body = scene.body("quadrotor")
        body.inertia, body.fullinertia = body.fullinertia[:3], [np.nan] * 6
        return scene


class Even(Quadruped):
    """The quadruped with its masses in the middle of left and right, where they nearly are."""

    def build(self) -> mujoco.MjSpec:
        """Each body's centre of mass in its plane, and inertia along its axes."""
        scene = super().build()
        for body in scene.bodies:
            if body.explicitinertial:
                body.ipos, body.iquat = body.ipos * [1.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0]
                if np.isfinite(body.fullinertia).all():
                    body.inertia = body.fullinertia[:3]
                    body.fullinertia = [np.nan] * 6
        return scene


MAKE: dict[str, tuple[Callable[[Simulation], None], Callable[[], Task]]] = {
    "quadruped": (_legs, lambda: Even(random_push_n=0.0)),
    "locomotion-walker": (_legs, lambda: make_task("locomotion-walker")),
    "drive-park": (_car, lambda: make_task("drive-park")),
    "left for right": (_rotors, EvenRotors),
    "front for back": (_rotors_turned, EvenRotors),
}


@pytest.mark.parametrize("name", MAKE)
def test_images_of_each_other_stay_so(name: str) -> None:
    task, simulation, observation = mirrored(name)
    seen, done = simulation.mirrors()[0 if name.startswith("front") else -1]
    rng = np.random.default_rng(0)
    for step in range(STEPS):
        action = 0.5 * rng.uniform(-1.0, 1.0, simulation.action_size)
        both = np.stack([action, done(action)])
        np.testing.assert_allclose(observation[1], seen(observation[0]), atol=AGREED)
        terms = task.reward_terms()
        for term, value in terms.items():
            assert value[1] == pytest.approx(value[0], abs=AGREED), (step, term)
        observation = simulation.step(both).observation


def mirrored(name: str) -> tuple[Task, Simulation, NDArray[np.float32]]:
    """Two simulations, the second the image of the first, and what they observe."""
    reflect, make = MAKE[name]
    task = make()
    simulation = Simulation(task, 2, threads=1)
    simulation.rngs = [np.random.default_rng(seed) for seed in SEEDS]
    simulation.reset(np.arange(2))
    reflect(simulation)
    simulation.batch.forward()
    return task, simulation, simulation.start(np.arange(2))


class Extended(Walker):
    """A task of somebody's own, which observes more than the one it is made from."""

    def observe(self) -> dict[str, Array]:
        """Something else too."""
        return super().observe() | {"heard": np.zeros((len(self.qpos), 1))}


def test_parts_that_an_image_says_nothing_of_are_named() -> None:
    simulation = Simulation(Extended(), 1, threads=1)
    with pytest.raises(ValueError, match="how heard looks in a mirror"):
        simulation.mirrors()


@pytest.mark.parametrize("name", ["reach", "fly-gates"])
def test_tasks_without_an_image(name: str) -> None:
    assert Simulation(make_task(name), 1, threads=1).mirrors() == []


@pytest.mark.parametrize("control", ["motors", "rates"])
def test_what_two_mirrors_show_of_flying_is_turned_half_around(control: str) -> None:
    front, left = Simulation(make_task("fly", control=control), 1, threads=1).mirrors()
    ways = np.arange(1.0, 5.0)
    both = front[1](left[1](ways))
    turned = [3.0, 4.0, 1.0, 2.0] if control == "motors" else [1.0, -2.0, -3.0, 4.0]
    np.testing.assert_array_equal(both, turned)
