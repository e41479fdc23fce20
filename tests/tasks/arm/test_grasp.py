"""Grasp: a frictional grasp that holds, and nothing else that counts as one."""

import mujoco
import numpy as np
import pytest

from robo_ddpg.envs.robot_env import RobotVectorEnv
from tasks import Grasp, make
from tasks.arm.grasp_demonstrator import GraspDemonstrator
from tasks.arm.grasp_scene import OBJECT

GRAVITY = 9.81


def grasp_env(
    num_envs: int = 1, seed: int = 0, task: Grasp | None = None, **settings
) -> RobotVectorEnv:
    """Simulations at the start of an episode."""
    settings = {"episode_s": 60.0, "yaw": False, **settings}
    env = RobotVectorEnv(num_envs, task or make("grasp", **settings), threads=1)
    env.reset(seed=seed)
    return env


def observation(env: RobotVectorEnv) -> np.ndarray:
    return np.concatenate(list(env.task.observe().values()), axis=1)


def act(env: RobotVectorEnv, *action: float, steps: int = 1) -> dict:
    """The same action in all simulations; the last info."""
    for _ in range(steps):
        info = env.step(np.tile(np.array(action, np.float32), (env.num_envs, 1)))[-1]
    return info


def demonstrate(env: RobotVectorEnv, steps: int) -> dict:
    demonstrator = GraspDemonstrator(env.task)
    for _ in range(steps):
        info = env.step(demonstrator.act(observation(env)))[-1]
    return info


def penetration(env: RobotVectorEnv) -> float:
    """Deepest contact in any simulation [m]."""
    depths = [0.0]
    for i in range(env.num_envs):
        data = env.batch.get_data(i)
        mujoco.mj_forward(env.batch.get_model(i), data)
        depths += [-contact.dist for contact in data.contact]
    return max(depths)


def in_hand(env: RobotVectorEnv) -> np.ndarray:
    """Position of the cube as seen from the hand [m], (n, 3)."""
    model, batch = env.task.model, env.batch
    hand, body = model.site("tip").id, model.body(OBJECT).id
    axes = batch.bind("site_xmat")[:, hand].reshape(-1, 3, 3)
    offset = batch.bind("xpos")[:, body] - batch.bind("site_xpos")[:, hand]
    return np.einsum("nij,ni->nj", axes, offset)


def free_joint(env: RobotVectorEnv) -> tuple[np.ndarray, np.ndarray]:
    """Views of the cube's pose (n, 7) and velocity (n, 6)."""
    joint = env.task.model.joint(OBJECT)
    position, velocity = joint.qposadr[0], joint.dofadr[0]
    qpos, qvel = env.batch.bind("qpos"), env.batch.bind("qvel")
    return qpos[:, position : position + 7], qvel[:, velocity : velocity + 6]


def put_goal(env: RobotVectorEnv, place: np.ndarray) -> None:
    env.batch.bind("mocap_pos")[:, 0] = place


def weightless(**settings) -> Grasp:
    """A task whose cube floats, so that it can be pushed through the air."""
    task = make("grasp", **{"episode_s": 60.0, "yaw": False, **settings})
    task.model.body_gravcomp[task.model.body(OBJECT).id] = 1.0
    return task


def test_a_grasp_holds_for_ten_seconds_without_slipping() -> None:
    env = grasp_env(4)
    demonstrate(env, 80)
    before, depth = in_hand(env), 0.0
    for _ in range(10):
        info = demonstrate(env, 20)
        depth = max(depth, penetration(env))
        after = in_hand(env)
        assert np.linalg.norm(after - before, axis=1).max() < 1e-3
        before = after
    assert info["is_success"].all()
    assert 0 < depth < 1e-3


def test_contacts_stay_shallow_while_cubes_are_caught_and_carried() -> None:
    env = grasp_env(4, seed=100)
    for _ in range(60):
        demonstrate(env, 1)
        assert penetration(env) < 1e-3


def test_opened_fingers_let_go_at_once_and_the_cube_falls_freely() -> None:
    env = grasp_env(4)
    demonstrate(env, 60)
    act(env, 0, 0, 0, 1, steps=5)
    pose, velocity = free_joint(env)
    start, speed = pose[:, 2].copy(), velocity[:, 2].copy()
    act(env, 0, 0, 0, 1)
    assert (env.task.pads.press == 0).all()
    t = 1 / env.task.settings.control_hz
    falls = start + speed * t - 0.5 * GRAVITY * t**2
    in_air = falls > 0.03
    assert in_air.any()
    np.testing.assert_allclose(pose[in_air, 2], falls[in_air], atol=2e-3)


def test_a_cube_wider_than_the_fingers_open_cannot_be_grasped() -> None:
    env = grasp_env(4, cube_m=(0.095, 0.095))
    demonstrate(env, 60)
    assert not env.task.held.any()
    assert env.task.clearance.max() < 0.005


def test_energy_does_not_appear_from_nowhere() -> None:
    """While nothing touches a cube, its energy is all there is; what contacts keep comes off it."""
    env = grasp_env(8, action="joint")
    pose, _ = free_joint(env)
    rng = np.random.default_rng(0)
    pose[:, :3] = [0.4, 0.5, 0.3]
    pose[:, 3:] = rng.normal(size=(8, 4))
    pose[:, 3:] /= np.linalg.norm(pose[:, 3:], axis=1, keepdims=True)
    states = []
    for _ in range(40):
        act(env, *[0.0] * 8)
        states.append(env.simulation.drive.states.copy())
    energy, touching, speed = cube_energy(env, np.concatenate(states, axis=1))
    free = np.minimum.accumulate(np.where(touching, np.inf, energy), axis=1)
    assert (energy[:, 1:] <= free[:, :-1]).all()
    assert touching.any(1).all()
    weight = env.task.model.body_mass[env.task.model.body(OBJECT).id] * GRAVITY
    assert speed[:, -1].max() < 0.01
    np.testing.assert_allclose(energy[:, -1], weight * env.task.objects.half_m, atol=1e-3 * weight)


def cube_energy(
    env: RobotVectorEnv, states: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Energy [J], whether the table is touched, and speed [m/s] of cubes, (n, steps) each."""
    model = env.task.model
    body, joint = model.body(OBJECT).id, model.joint(OBJECT)
    pose = states[..., joint.qposadr[0] :][..., :7]
    velocity = states[..., model.nq + joint.dofadr[0] :][..., :6]
    w, x, y, z = np.moveaxis(pose[..., 3:], -1, 0)
    up = np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], -1)
    lowest = pose[..., 2] - env.task.objects.half_m[:, None] * np.abs(up).sum(-1)
    linear, angular = np.square(velocity[..., :3]), np.square(velocity[..., 3:])
    kinetic = model.body_mass[body] * linear.sum(-1) + (model.body_inertia[body] * angular).sum(-1)
    energy = 0.5 * kinetic + model.body_mass[body] * GRAVITY * pose[..., 2]
    return energy, lowest <= 0, np.sqrt(linear.sum(-1))


def test_a_cube_thrown_through_the_goal_is_no_success() -> None:
    env = grasp_env(1)
    pose, velocity = free_joint(env)
    goal = np.array([0.5, 0.3, 0.3])
    put_goal(env, goal)
    pose[:, :3] = goal - [0.0, 0.0, 0.02]
    velocity[:, 2] = np.sqrt(2 * GRAVITY * 0.045)
    near = 0
    for _ in range(20):
        info = act(env, 0, 0, 0, 1)
        near += int(env.task.distance[0] < 0.03)
        assert not info["is_success"].any()
        assert env.task.reward_terms()["bring"][0] == 0
    assert near >= 2


def test_pressing_the_cube_onto_the_table_is_no_success() -> None:
    env = grasp_env(4)
    pose, _ = free_joint(env)
    for _ in range(60):
        put_goal(env, pose[:, :3])
        info = demonstrate(env, 1)
    assert env.task.held.all()
    assert (env.task.clearance < 0.005).all()
    assert not info["is_success"].any()


def push_through_air(
    env: RobotVectorEnv, offset: tuple[float, float, float], *action: float
) -> dict:
    """Push a floating cube, which starts at an offset from the fingertips, the goal right at it."""
    pose, velocity = free_joint(env)
    tip = env.batch.bind("site_xpos")[:, env.task.model.site("tip").id]
    pose[:, :3] = tip + offset
    pose[:, 3:] = [1.0, 0.0, 0.0, 0.0]
    velocity[:] = 0.0
    touched = False
    for _ in range(20):
        put_goal(env, pose[:, :3])
        info = act(env, *action)
        touched |= bool(np.abs(velocity).max() > 0.02)
        assert not env.task.held.any()
    assert touched
    assert (env.task.clearance > 0.05).all()
    return info


@pytest.mark.parametrize(
    ("what", "offset", "action"),
    [
        ("one finger from within", (0.0, 0.0, 0.0), (0.0, 0.2, 0.0, 1.0)),
        ("one finger from outside", (0.0, 0.10, 0.0), (0.0, 0.3, 0.0, 1.0)),
        ("closed fingers from above", (0.0, 0.0, -0.035), (0.0, 0.0, -0.1, -1.0)),
        ("the wall of the hand", (0.09, 0.0, 0.08), (0.3, 0.0, 0.0, 1.0)),
        ("the back of the hand", (0.0, 0.08, 0.20), (0.0, 0.0, 0.3, 1.0)),
    ],
)
def test_pushing_without_both_pads_is_no_success(
    what: str, offset: tuple[float, ...], action: tuple[float, ...]
) -> None:
    env = grasp_env(task=weightless(cube_m=(0.045, 0.045), start_noise_rad=1e-9))
    if what.startswith("closed"):
        act(env, 0, 0, 0, -1, steps=20)
    info = push_through_air(env, offset, *action)
    assert not info["is_success"].any(), what


def test_a_cube_off_the_table_ends_the_episode() -> None:
    env = grasp_env(2)
    pose, _ = free_joint(env)
    pose[0, :3] = [0.95, 0.0, 0.1]
    *_, terminated, _, _ = env.step(np.zeros((2, 4), np.float32))
    assert terminated.tolist() == [True, False]


def test_rewards_can_be_computed_again_from_what_is_stored() -> None:
    env = grasp_env(16)
    demonstrator, task = GraspDemonstrator(env.task), env.task
    held = 0
    for _ in range(60):
        seen, reward, terminated, _, info = env.step(demonstrator.act(observation(env)))
        achieved, desired = task.achieved_goal(seen), task.desired_goal(seen)
        again = task.compute_reward(achieved, desired, info["reward_info"])
        np.testing.assert_allclose(again, reward, atol=1e-5)
        ended = task.compute_terminated(achieved, desired, info["reward_info"])
        assert (ended == terminated).all()
        held += int(task.held.sum())
    assert held > 100


def test_a_replaced_goal_is_observed_as_if_it_had_been_there() -> None:
    env = grasp_env(4)
    seen, goal = observation(env), np.array([0.4, 0.1, 0.2])
    replaced = env.task.replace_goal(seen, np.tile(goal, (4, 1)))
    put_goal(env, goal)
    env.task.started(np.arange(4))
    np.testing.assert_allclose(replaced, observation(env), atol=1e-9)


def test_cubes_have_the_sizes_that_were_asked_for() -> None:
    env = grasp_env(64, cube_m=(0.03, 0.06))
    pose, _ = free_joint(env)
    edges = 2 * pose[:, 2]
    assert edges.min() < 0.035
    assert edges.max() > 0.055
    assert edges.min() >= 0.03
    assert edges.max() <= 0.06
    np.testing.assert_allclose(env.task.clearance, 0.0, atol=1e-9)


def test_goals_are_where_the_setting_says() -> None:
    lift, table = grasp_env(16, goal="lift"), grasp_env(16, goal="table")
    pose, _ = free_joint(lift)
    goals = lift.batch.bind("mocap_pos")[:, 0]
    np.testing.assert_allclose(goals - pose[:, :3], np.tile([0, 0, 0.12], (16, 1)), atol=1e-12)
    pose, _ = free_joint(table)
    np.testing.assert_allclose(table.batch.bind("mocap_pos")[:, 0, 2], pose[:, 2], atol=1e-12)


def test_a_cube_is_placed_once_it_lies_at_a_goal_on_the_table() -> None:
    env = grasp_env(2, goal="table", hold_s=0.25)
    pose, _ = free_joint(env)
    goals = env.batch.bind("mocap_pos")[:, 0].copy()
    pose[:, :3] = goals + np.array([[0.02], [0.04]]) * [1.0, 0.0, 0.0]
    solved = [act(env, 0, 0, 0, 1)["is_success"].tolist() for _ in range(6)]
    # 0.25 s at 20 Hz are five steps.
    assert solved == [[False, False]] * 4 + [[True, False]] * 2


def test_a_cube_held_above_a_goal_on_the_table_is_not_placed() -> None:
    env = grasp_env(4, goal="table")
    demonstrate(env, 40)
    put_goal(env, env.batch.bind("mocap_pos")[:, 0] + [0.0, 0.0, 0.02])
    for _ in range(40):
        info = demonstrate(env, 1)
        raised = env.task.held & (env.task.clearance > 0.01)
        assert not info["is_success"][raised].any()
    assert (raised & (env.task.distance < 0.03)).all()


def test_only_goals_that_can_be_asked_for_are_attainable() -> None:
    goals = np.array([[0.5, 0.0, 0.0225], [0.5, 0.0, 0.1]])
    assert make("grasp").attainable(goals).tolist() == [False, True]
    assert make("grasp", goal="table").attainable(goals).tolist() == [True, False]


def test_fingers_that_face_two_sides_of_the_cube_are_aligned() -> None:
    env = grasp_env(3)
    pose = free_joint(env)[0]
    start = pose.copy()
    for angle in (0.0, np.pi / 4, np.pi / 2):
        pose[:] = start
        pose[:, 3:] = [np.cos(angle / 2), 0.0, 0.0, np.sin(angle / 2)]
        act(env, 0.0, 0.0, 0.0, 1.0)
        cosine = env.task.observe()["object_yaw"][:, 0]
        aligned = env.task.reward_terms()["align"]
        np.testing.assert_allclose(aligned, 0.5 * (1.0 + cosine))
        assert (aligned > 0.9).all() or (aligned < 0.1).all()


def test_yaw_turns_the_hand() -> None:
    env = grasp_env(1, yaw=True, start_noise_rad=1e-9)
    assert env.single_action_space.shape == (5,)
    tip = env.task.model.site("tip").id
    before = env.batch.bind("site_xmat")[0, tip].reshape(3, 3).copy()
    act(env, 0, 0, 0, 1, 1, steps=10)
    act(env, 0, 0, 0, 0, 1, steps=5)
    after = env.batch.bind("site_xmat")[0, tip].reshape(3, 3)
    angle = np.arctan2(after[1, 0], after[0, 0]) - np.arctan2(before[1, 0], before[0, 0])
    assert angle == pytest.approx(1.0, abs=0.1)
    np.testing.assert_allclose(after[:, 2], [0, 0, -1], atol=0.01)


@pytest.mark.parametrize(
    "wrong",
    [{"goal": "sky"}, {"cube_m": (0.05, 0.04)}, {"tolerance_m": 0.0}, {"cube_low_m": (0.6, 0.0)}],
)
def test_wrong_settings_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        make("grasp", **wrong)


def test_only_friction_holds_the_cube() -> None:
    model = make("grasp").model
    assert model.neq == 0
    assert model.nmocap == 1
    hand = {model.body(name).id for name in ("hand", "left_finger", "right_finger")}
    assert not hand & set(np.flatnonzero(model.body_mocapid >= 0))


@pytest.mark.parametrize("what", ["spin", "askew"])
def test_a_cube_that_spins_or_hangs_askew_at_the_goal_earns_less(what: str) -> None:
    task = make("grasp")
    info = np.tile([0.0, 1.0, 0.2, 0.0, 0.0, 1.0], (3, 1))
    info[:, ["spin", "askew"].index(what) + 3] = 0.0, 0.3, 0.9
    goal = np.zeros((3, 3))
    reward = task.compute_reward(goal, goal, info)
    assert reward[0] == pytest.approx(1.0)
    assert (np.diff(reward) < -0.01).all()
