"""Whatever an actor asks for, the motion that is commanded stays within every limit."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import mujoco
import numpy as np
import pytest

from robo_ddpg.control.arm.drive import as_arm
from robo_ddpg.control.arm.kinematics import ArmKinematics
from robo_ddpg.control.arm.monitor import LIMITS
from robo_ddpg.control.arm.motion import SMOOTHING_S
from robo_ddpg.envs.simulation import Simulation
from tasks.arm.reach import Reach
from tasks.arm.robot import HalfSpace
from tasks.arrays import Array

Actor = Callable[[Simulation, int], Array]
Mode = Literal["end-effector", "joint"]

SIMULATIONS = 64
STEPS = 40


def simulate(mode: Mode, **settings: float) -> Simulation:
    """Steps large enough that every limit is asked to be broken.

    Nothing can be touched: only points of the arm are kept inside the workspace, so the hand's
    corners may hit the table, and what a contact does to the simulated joints is not commanded.
    """
    task = Reach(action=mode, **({"step_m": 0.1, "step_rad": 0.2} | settings))
    task.model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONTACT
    return started(Simulation(task, SIMULATIONS, threads=1))


def started(simulation: Simulation) -> Simulation:
    """The same simulations in every run of the tests."""
    simulation.rngs = [np.random.default_rng(seed) for seed in range(simulation.nsim)]
    simulation.reset(np.arange(simulation.nsim))
    return simulation


def planned_tip(simulation: Simulation) -> Array:
    kinematics = as_arm(simulation.drive).motion.kinematics
    kinematics.update(as_arm(simulation.drive).motion.position)
    return kinematics.sites_position[:, kinematics.tip].copy()


def random_actor(simulation: Simulation, step: int) -> Array:
    shape = (simulation.nsim, simulation.action_size)
    return np.random.default_rng(step).uniform(-1, 1, shape)


def bang_bang_actor(simulation: Simulation, step: int) -> Array:
    """Full forth and back; simulation k changes its mind every 1 + k % 20 steps."""
    periods = 1 + np.arange(simulation.nsim) % 20
    signs = np.where((step // periods) % 2 == 0, 1.0, -1.0)
    sides = np.sign(random_actor(simulation, 0))
    return np.asarray(signs[:, None] * sides)


def saturated_actor(simulation: Simulation, step: int) -> Array:
    return np.asarray(np.sign(random_actor(simulation, 0)) * 1e6)


def worst_sign_actor(simulation: Simulation, step: int) -> Array:
    """Always toward the nearest limit: of each joint, or of the fingertips' box."""
    if simulation.task.settings.action == "joint":
        bounds = as_arm(simulation.drive).motion.bounds
        side = np.sign(as_arm(simulation.drive).motion.position - 0.5 * (bounds.low + bounds.high))
        return np.where(side == 0, 1.0, side)
    return np.asarray(np.sign(planned_tip(simulation) - [0.475, 0.0, 0.33]))


def non_finite_actor(simulation: Simulation, step: int) -> Array:
    action = random_actor(simulation, step)
    draws = np.random.default_rng(1000 + step).random(action.shape)
    action[draws < 0.05] = np.nan
    action[(draws >= 0.05) & (draws < 0.1)] = np.inf
    action[(draws >= 0.1) & (draws < 0.15)] = -np.inf
    return action


ACTORS = {
    "random": random_actor,
    "bang_bang": bang_bang_actor,
    "saturated": saturated_actor,
    "worst_sign": worst_sign_actor,
    "non_finite": non_finite_actor,
}


@dataclass(frozen=True)
class Driven:
    """A simulation after an actor drove it."""

    simulation: Simulation
    setpoints: Array
    """Commanded positions at every physics step, from standstill on [rad], (n, t, j)."""
    overshoots: dict[str, float]
    """Worst of each limit by the simulated state."""


@pytest.fixture(scope="module", params=[(a, m) for a in ACTORS for m in ("end-effector", "joint")])
def driven(request: pytest.FixtureRequest) -> Driven:
    actor, mode = request.param
    simulation = simulate(mode)
    start = as_arm(simulation.drive).motion.position[:, None]
    parts = [np.repeat(start, 3, axis=1)]
    for step in range(STEPS):
        simulation.step(ACTORS[actor](simulation, step))
        parts.append(as_arm(simulation.drive).motion.setpoints.copy())
    worst = {name: float(v.max()) for name, v in simulation.interventions.violations().items()}
    return Driven(simulation, np.concatenate(parts, axis=1), worst)


def test_commanded_positions_velocities_and_accelerations_stay_within_limits(
    driven: Driven,
) -> None:
    bounds, points = as_arm(driven.simulation.drive).motion.bounds, driven.setpoints
    timestep = driven.simulation.task.settings.timestep_s
    velocity = np.diff(points, axis=1) / timestep
    acceleration = np.diff(velocity, axis=1) / timestep
    jerk = np.diff(acceleration, axis=1) / timestep
    assert (points >= bounds.low - 1e-9).all() and (points <= bounds.high + 1e-9).all()
    assert (np.abs(velocity) <= bounds.velocity * (1 + 1e-9)).all()
    assert (np.abs(acceleration) <= bounds.acceleration * (1 + 1e-8)).all()
    window = max(SMOOTHING_S, bounds.window_s)
    assert (np.abs(jerk) <= 2 * bounds.acceleration / window * (1 + 1e-6)).all()


def test_commanded_points_of_the_arm_stay_inside_the_workspace(driven: Driven) -> None:
    arm, model = as_arm(driven.simulation.drive).arm, driven.simulation.task.model
    kinematics = ArmKinematics(model, SIMULATIONS, arm, sorted({p.site for p in arm.workspace}))
    for pose in driven.setpoints.swapaxes(0, 1):
        kinematics.update(pose)
        for plane in arm.workspace:
            site = kinematics.sites_position[:, kinematics.sites.index(plane.site)]
            clearance = float((site @ np.array(plane.normal)).min() - plane.offset_m)
            assert clearance >= 0, f"{plane} missed by {-clearance} m"


def test_the_commanded_hand_keeps_its_speed(driven: Driven) -> None:
    arm, model = as_arm(driven.simulation.drive).arm, driven.simulation.task.model
    kinematics, tips = ArmKinematics(model, SIMULATIONS, arm, []), []
    for pose in driven.setpoints.swapaxes(0, 1):
        kinematics.update(pose)
        tips.append(kinematics.sites_position[:, kinematics.tip].copy())
    speed = np.linalg.norm(np.diff(tips, axis=0), axis=-1) / model.opt.timestep
    assert speed.max() <= arm.limits.hand_speed_m_s * (1 - arm.limits.margin)


def test_the_simulated_arm_keeps_its_limits_in_free_space(driven: Driven) -> None:
    assert driven.overshoots == dict.fromkeys(LIMITS, 0.0)


def test_the_filter_was_needed(driven: Driven) -> None:
    """Otherwise the tests above would show nothing."""
    report = driven.simulation.interventions.report()
    assert sum(int(entry["count"].sum()) for entry in report.values()) > SIMULATIONS * STEPS / 2


def test_setpoints_average_the_planned_motion() -> None:
    simulation = simulate("joint")
    motion, timestep = as_arm(simulation.drive).motion, simulation.task.settings.timestep_s
    period, substeps = simulation.task.substeps * timestep, simulation.task.substeps
    planned, given = [np.repeat(motion.position[:, None], 50, axis=1)], []
    for step in range(5):
        position, before = motion.position.copy(), motion.velocity.copy()
        simulation.step(random_actor(simulation, step))
        times = timestep * np.arange(1, substeps + 1)[:, None]
        change = (motion.velocity - before)[:, None] / period
        planned.append(position[:, None] + before[:, None] * times + 0.5 * change * times**2)
        given.append(motion.setpoints.copy())
    path = np.concatenate(planned, axis=1)
    samples = round(SMOOTHING_S / timestep)
    for k, setpoint in enumerate(np.concatenate(given, axis=1).swapaxes(0, 1)):
        window = path[:, 50 + k - samples + 1 : 50 + k + 1]
        np.testing.assert_allclose(setpoint, window.mean(1), atol=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_non_finite_action_brakes_and_is_counted(bad: float) -> None:
    simulation = simulate("joint")
    for step in range(4):
        simulation.step(saturated_actor(simulation, step))
    before = as_arm(simulation.drive).motion.velocity.copy()
    assert np.abs(before).max() > 0.1
    action = saturated_actor(simulation, 0)
    action[0, 0] = bad
    simulation.step(action)
    after, settings = as_arm(simulation.drive).motion.velocity, simulation.task.settings
    # All joints slow down by the same share, as fast as the first of them can.
    slowed = 1 - after[0] / before[0]
    np.testing.assert_allclose(slowed, slowed[0])
    hardest = np.abs(after[0] - before[0]) / as_arm(simulation.drive).motion.bounds.acceleration
    assert hardest.max() == pytest.approx(1 / settings.control_hz)
    count = simulation.interventions.report()["non_finite"]["count"]
    assert count[0] == 1 and not count[1:].any()


@pytest.mark.parametrize("mode", ["end-effector", "joint"])
def test_non_finite_actions_stop_the_arm_as_soon_as_its_slowest_joint_can(mode: Mode) -> None:
    simulation = simulate(mode)
    motion = as_arm(simulation.drive).motion
    for step in range(10):
        simulation.step(random_actor(simulation, step // 5))
    brake = motion.bounds.acceleration / simulation.task.settings.control_hz
    left = (np.abs(motion.velocity) / brake).max(1)
    assert left.max() > 2
    nothing = np.full((SIMULATIONS, simulation.action_size), np.nan)
    while left.max() > 0:
        simulation.step(nothing)
        left = np.maximum(left - 1.0, 0.0)
        now = (np.abs(motion.velocity) / brake).max(1)
        assert (now <= left + 1e-12).all()
    np.testing.assert_array_equal(motion.velocity, 0.0)


def test_alterations_are_reported_in_the_units_of_their_limits() -> None:
    simulation = simulate("joint", step_rad=0.2)
    simulation.step(np.full((SIMULATIONS, 7), 3.0))
    sizes = {name: size[0] for name, size in simulation.interventions.altered.items()}
    period = simulation.task.substeps * simulation.task.settings.timestep_s
    # Asked for 0.2 rad per period from standstill: 4 rad/s, where A T is reached first.
    reached = as_arm(simulation.drive).motion.bounds.acceleration * period
    assert sizes["out_of_range"] == pytest.approx(2.0)
    assert sizes["joint_acceleration"] == pytest.approx((0.2 / period - reached).max() / period)
    assert sizes["joint_velocity"] == 0
    assert sizes["joint_position"] == 0


def test_an_action_within_every_limit_is_left_alone() -> None:
    simulation = simulate("joint", step_rad=0.002)
    for step in range(5):
        simulation.step(random_actor(simulation, step))
    report = simulation.interventions.report()
    assert not any(altered["size"].any() for altered in report.values())
    drive = as_arm(simulation.drive)
    np.testing.assert_allclose(drive.motion.velocity, drive.requested, atol=1e-12)


def test_an_arm_that_starts_outside_the_workspace_can_come_back() -> None:
    task = Reach(action="end-effector")
    ceiling = HalfSpace(task.arm.tip, (0.0, 0.0, -1.0), -0.12)
    task.arm = dataclasses.replace(task.arm, workspace=(ceiling,))
    simulation = started(Simulation(task, 4, threads=1))
    assert (planned_tip(simulation)[:, 2] > 0.13).all()
    for _ in range(60):
        simulation.step(np.tile([0.0, 0.0, -1.0], (4, 1)))
    assert (planned_tip(simulation)[:, 2] < 0.12).all()
    for _ in range(60):
        simulation.step(np.tile([0.0, 0.0, 1.0], (4, 1)))
        assert (planned_tip(simulation)[:, 2] < 0.12).all()


def test_limits_are_monitored_but_not_enforced_without_the_filter() -> None:
    simulation = Simulation(Reach(action="joint", step_rad=0.2, safety=False), 4, threads=1)
    for _ in range(30):
        simulation.step(np.ones((4, 7)))
    assert set(simulation.interventions.violations()) == set(LIMITS)
    assert (simulation.interventions.violations()["joint_velocity"] > 0.5).all()


def test_a_window_longer_than_the_control_period_is_refused() -> None:
    with pytest.raises(ValueError, match="smoothing"):
        Simulation(Reach(control_hz=100.0), 1)
