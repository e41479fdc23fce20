"""What every task has to fulfil, whatever it is about."""

import json
import warnings
from typing import Any

import gymnasium
import mujoco
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from stable_baselines3.common.env_checker import check_env as check_env_of_stable_baselines

import tasks
from robo_ddpg import RobotEnv, RobotVectorEnv
from robo_ddpg.control.entry_points import load
from robo_ddpg.envs.registration import environment_id, make_task
from robo_ddpg.rendering.renderer import FrameRenderer
from tasks.arm.task import ArmTask
from tasks.task import GoalTask, Task

EXTREMES = {
    "huge": (1e9, "out_of_range"),
    "minus infinity": (-np.inf, "non_finite"),
    "not a number": (np.nan, "non_finite"),
}

EPISODE_S = 4.0
"""Long enough for every robot to fall or to come near its goal."""

NAMED = {
    mujoco.mjtObj.mjOBJ_BODY: "nbody",
    mujoco.mjtObj.mjOBJ_JOINT: "njnt",
    mujoco.mjtObj.mjOBJ_GEOM: "ngeom",
    mujoco.mjtObj.mjOBJ_SITE: "nsite",
    mujoco.mjtObj.mjOBJ_CAMERA: "ncam",
    mujoco.mjtObj.mjOBJ_LIGHT: "nlight",
    mujoco.mjtObj.mjOBJ_MATERIAL: "nmat",
    mujoco.mjtObj.mjOBJ_TEXTURE: "ntex",
    mujoco.mjtObj.mjOBJ_PAIR: "npair",
    mujoco.mjtObj.mjOBJ_EQUALITY: "neq",
    mujoco.mjtObj.mjOBJ_ACTUATOR: "nu",
    mujoco.mjtObj.mjOBJ_SENSOR: "nsensor",
    mujoco.mjtObj.mjOBJ_KEY: "nkey",
}
"""Kinds of MJCF elements, and how the model counts them."""


def random_actions(env: RobotEnv | RobotVectorEnv, steps: int, seed: int = 0) -> np.ndarray:
    """Uniform actions, (steps, *shape of the action space)."""
    shape = (steps, *(env.action_space.shape or ()))
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def copied(value: Any) -> Any:
    """A deep copy of nested dictionaries of arrays."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return np.array(value)


def assert_same(first: Any, second: Any, where: str = "") -> None:
    """Nested dictionaries of arrays are equal to the last bit."""
    if isinstance(first, dict):
        assert first.keys() == second.keys(), where
        for key in first:
            assert_same(first[key], second[key], f"{where}/{key}")
    else:
        np.testing.assert_array_equal(first, second, err_msg=where)


def row(value: Any, index: int) -> Any:
    """One simulation's share of nested arrays."""
    if isinstance(value, dict):
        return {key: row(inner, index) for key, inner in value.items()}
    return value[index]


def goal_task(name: str) -> str:
    """The name, unless the task has no goal."""
    if not isinstance(tasks.make(name), GoalTask):
        pytest.skip("this task has no goal")
    return name


def observation_of(task: Task) -> np.ndarray:
    """What the task observes now, (n, o)."""
    return np.concatenate(list(task.observe().values()), axis=1)


def test_gymnasium_and_stable_baselines_find_nothing_to_object_to(task_name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gymnasium.make(
            environment_id(task_name), render_mode="rgb_array", width=64, height=48
        )
        check_env(env.unwrapped)
        check_env_of_stable_baselines(RobotEnv(task_name))
        env.close()


def test_the_same_seed_gives_the_same_episode_and_another_one_another(task_name: str) -> None:
    def episode(seed: int) -> list[Any]:
        env = RobotEnv(task_name)
        steps: list[Any] = [env.reset(seed=seed)[0]]
        for action in random_actions(env, 10):
            observation, reward, *_, info = env.step(action)
            steps += [observation, np.array(reward), copied(info)]
        return steps

    first, again, other = episode(7), episode(7), episode(8)
    for one, two in zip(first, again, strict=True):
        assert_same(one, two)
    assert not np.array_equal(first[0], other[0])
    assert not np.array_equal(first[-3], other[-3])


def test_a_simulation_of_a_batch_is_the_single_one_to_the_last_bit(task_name: str) -> None:
    count, seed = 3, 40
    batch = RobotVectorEnv(
        count, task_name, autoreset_mode=AutoresetMode.DISABLED, episode_s=EPISODE_S
    )
    singles = [RobotEnv(task_name, episode_s=EPISODE_S) for _ in range(count)]
    observations, _ = batch.reset(seed=seed)
    for k, env in enumerate(singles):
        assert_same(env.reset(seed=seed + k)[0], observations[k])
    steps = batch.task.episode_steps + 5
    for actions in random_actions(batch, steps):
        observations, rewards, terminated, truncated, info = batch.step(actions)
        results = [env.step(action) for env, action in zip(singles, actions, strict=True)]
        for k, (observation, reward, *ended, single_info) in enumerate(results):
            assert_same(observation, observations[k])
            assert reward == rewards[k]
            assert ended == [terminated[k], truncated[k]]
            assert_same(single_info, row(info, k))
        finished = terminated | truncated
        if finished.any():
            observations, _ = batch.reset(options={"reset_mask": finished})
            for k in np.flatnonzero(finished):
                assert_same(singles[k].reset()[0], observations[k])


def gather(env: RobotVectorEnv, rng: np.random.Generator) -> None:
    """Put what can be moved close to the fingertips, where random actions rarely bring it."""
    if not isinstance(env.task, ArmTask):
        return
    model = env.task.model
    tip = env.batch.bind("site_xpos")[:, model.site(env.task.arm.tip).id]
    qpos, mocap = env.batch.bind("qpos"), env.batch.bind("mocap_pos")
    free = model.jnt_qposadr[model.jnt_type == mujoco.mjtJoint.mjJNT_FREE]
    places = [qpos[:, address : address + 3] for address in free]
    places += [mocap[:, i] for i in range(model.nmocap)]
    for place in places:
        place[:] = tip + rng.uniform(-0.02, 0.02, (env.num_envs, 3))


def test_observations_are_finite_inside_their_space_and_all_of_them_tell_something(
    task_name: str,
) -> None:
    rng = np.random.default_rng(0)
    env = RobotVectorEnv(32, task_name, autoreset_mode=AutoresetMode.SAME_STEP, episode_s=EPISODE_S)
    seen = [env.reset(seed=0)[0]]
    for step, action in enumerate(random_actions(env, env.task.episode_steps)):
        if step % 10 == 0:
            held = action
            gather(env, rng)
        seen.append(env.step(held)[0])
    observations = np.concatenate(seen)
    assert observations.dtype == np.float32
    assert np.isfinite(observations).all()
    assert all(observation in env.observation_space for observation in seen)
    constant = np.flatnonzero(np.ptp(observations, axis=0) < 1e-6)
    assert not len(constant), f"observation elements {constant} never change"


def test_usual_observations_are_of_the_order_of_one(task_name: str) -> None:
    env = RobotVectorEnv(32, task_name, autoreset_mode=AutoresetMode.SAME_STEP, episode_s=EPISODE_S)
    env.reset(seed=0)
    seen = np.concatenate([env.step(a)[0] for a in random_actions(env, env.task.episode_steps)])
    assert np.quantile(np.abs(seen), 0.99, axis=0).max() < 5.0


def test_what_was_returned_does_not_change_afterwards(task_name: str) -> None:
    env = RobotVectorEnv(3, task_name, autoreset_mode=AutoresetMode.SAME_STEP)
    returned: list[Any] = [env.reset(seed=0)[0]]
    for action in random_actions(env, env.task.episode_steps + 2):
        observation, reward, terminated, truncated, info = env.step(action)
        info = {key: value for key, value in info.items() if key != "final_obs"}
        returned += [observation, reward, terminated, truncated, info]
        if len(returned) == 6:
            kept = [copied(value) for value in returned]
    for before, now in zip(kept, returned, strict=False):
        assert_same(before, now)


@pytest.mark.parametrize("kind", EXTREMES)
def test_extreme_actions_are_survived_and_counted(task_name: str, kind: str) -> None:
    value, reason = EXTREMES[kind]
    env = RobotEnv(task_name)
    env.reset(seed=0)
    action = np.full(env.action_space.shape, value)
    for step in range(1, 11):
        observation, reward, _, _, info = env.step(action)
        assert observation in env.observation_space
        assert np.isfinite(reward)
        assert info["safety"][reason]["count"] == step
        assert not info["unstable"]
    assert set(info["safety"]) == set(env.simulation.interventions.altered)
    env.reset()
    *_, info = env.step(np.zeros(env.action_space.shape))
    assert info["safety"][reason]["count"] == 0


def test_every_element_of_the_scene_has_a_name(task_name: str) -> None:
    model = tasks.make(task_name).model
    for kind, count in NAMED.items():
        for i in range(getattr(model, count)):
            assert mujoco.mj_id2name(model, kind, i), f"{kind.name} {i} of {task_name} has no name"


def test_there_are_cameras_to_choose_from_and_each_shows_something(task_name: str) -> None:
    env = RobotEnv(task_name)
    env.reset(seed=0)
    model, data = env.task.model, env.simulation.data(0)
    assert model.ncam >= 2
    with FrameRenderer(model, 96, 64) as renderer:
        for camera in range(model.ncam):
            image = renderer.render(data, camera)
            assert image.shape == (64, 96, 3)
            assert image.dtype == np.uint8
            assert image.std() > 5


def test_a_batch_renders_one_image_per_simulation(task_name: str) -> None:
    env = RobotVectorEnv(2, task_name, render_mode="rgb_array", width=96, height=64)
    env.reset(seed=0)
    first, second = env.render() or ()
    assert first.shape == second.shape == (64, 96, 3)
    assert (first != second).any()
    env.close()


def test_closing_twice_is_fine(task_name: str) -> None:
    for env in (
        RobotEnv(task_name, render_mode="rgb_array", width=64, height=48),
        RobotVectorEnv(2),
    ):
        env.reset(seed=0)
        env.render()
        env.close()
        env.close()


def test_gymnasium_makes_the_task_by_its_id(task_name: str) -> None:
    name = environment_id(task_name)
    for spelled in (name, f"robo_ddpg:{name}"):
        env = gymnasium.make(spelled, episode_s=0.5)
        assert isinstance(env.unwrapped, RobotEnv)
        assert env.unwrapped.task.name == task_name
        task = env.unwrapped.task
        assert task.episode_steps == round(0.5 * task.settings.control_hz)
        env.close()
        batch = gymnasium.make_vec(spelled, num_envs=2)
        assert isinstance(batch, RobotVectorEnv)
        assert batch.reset(seed=0)[0].shape == (2, *env.observation_space.shape)
        batch.close()


def test_the_episode_is_truncated_when_its_time_is_up(task_name: str) -> None:
    env = RobotEnv(task_name, episode_s=0.4)
    env.reset(seed=0)
    steps = round(0.4 * env.task.settings.control_hz)
    ended = [env.step(np.zeros(env.action_space.shape))[2:4] for _ in range(steps)]
    assert ended == [(False, False)] * (steps - 1) + [(False, True)]


def test_reward_terms_lie_within_0_and_1_and_their_weights_sum_to_1(task_name: str) -> None:
    env = RobotVectorEnv(16, task_name, episode_s=EPISODE_S)
    env.reset(seed=0)
    weights = env.task.weights
    assert sum(weights.values()) == pytest.approx(1.0)
    assert min(weights.values()) >= 0
    for action in random_actions(env, env.task.episode_steps):
        *_, info = (step := env.step(action))
        terms = info["reward_terms"]
        assert terms.keys() == weights.keys()
        assert all(((term >= 0) & (term <= 1)).all() for term in terms.values())
        total = sum(weights[name] * terms[name] for name in terms)
        assert step[1] == pytest.approx(total + env.task.reward_offset)


def test_the_reward_can_be_computed_from_observations_alone(task_name: str) -> None:
    env = RobotVectorEnv(16, goal_task(task_name))
    env.reset(seed=0)
    task: Any = env.task
    for action in random_actions(env, env.task.episode_steps - 1):
        observation, reward, terminated, _, info = env.step(action)
        achieved, desired = task.achieved_goal(observation), task.desired_goal(observation)
        computed = task.compute_reward(achieved, desired, info["reward_info"])
        np.testing.assert_allclose(computed, reward, atol=1e-4)
        ended = task.compute_terminated(achieved, desired, info["reward_info"])
        np.testing.assert_array_equal(ended, terminated)


def test_replacing_the_goal_gives_what_would_have_been_observed(task_name: str) -> None:
    env = RobotVectorEnv(16, goal_task(task_name), autoreset_mode=AutoresetMode.DISABLED)
    env.reset(seed=0)
    for action in random_actions(env, 8):
        observation = env.step(action)[0]
    task: Any = env.task
    np.testing.assert_allclose(
        task.replace_goal(observation, task.desired_goal(observation)), observation, atol=2e-5
    )
    others = np.roll(task.desired_goal(observation), 1, axis=0)
    mocap = int(task.model.body("goal").mocapid[0])
    env.batch.bind("mocap_pos")[:, mocap] = others
    untouched = observation.copy()
    np.testing.assert_allclose(
        task.replace_goal(observation, others), observation_of(task), atol=2e-5
    )
    np.testing.assert_array_equal(observation, untouched)


def test_a_described_task_can_be_made_again(task_name: str) -> None:
    task = make_task(task_name, episode_s=1.0, random_mass=0.2, safety=False)
    described = json.loads(json.dumps(task.describe()))
    again = make_task(described["name"], **described["settings"])
    assert again.settings == task.settings
    assert type(again) is type(task)


@pytest.mark.parametrize("action", ["end-effector", "joint"])
def test_both_kinds_of_action_keep_the_arm_within_its_limits(task_name: str, action: str) -> None:
    if not isinstance(tasks.make(task_name), ArmTask):
        pytest.skip("this robot is not an arm")
    env = RobotVectorEnv(16, task_name, action=action, autoreset_mode=AutoresetMode.DISABLED)
    env.reset(seed=0)
    for actions in np.sign(random_actions(env, env.task.episode_steps)):
        *_, info = env.step(actions)
    assert {limit: values.max() for limit, values in info["violations"].items()} == dict.fromkeys(
        info["violations"], 0.0
    )


def test_a_demonstrator_solves_its_task(task_name: str) -> None:
    if tasks.make(task_name).demonstrator is None:
        pytest.skip("this task has no scripted demonstrator")
    env = RobotVectorEnv(10, task_name, autoreset_mode=AutoresetMode.DISABLED)
    demonstrator = load(str(env.task.demonstrator))(env.task)
    observation, _ = env.reset(seed=30_000)
    for _ in range(env.task.episode_steps):
        observation, *_, info = env.step(demonstrator.act(observation))
    assert info["is_success"].sum() >= 9
