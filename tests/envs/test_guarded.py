"""Whatever an environment does: it is named, it ends, and what is left can be learned from."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from robo_ddpg.envs.guarded import UNLIMITED_STEPS, GuardedEnvironment
from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import EnvironmentFailure
from tasks import Reach
from tests.faulty import ENDLESS, NAME

ACTION = np.zeros((3, 1), np.float32)


@pytest.fixture(autouse=True)
def _untried(in_turn: None) -> None:
    """Faults show in the environments that are used, not in a trial before."""


def made(fault: str, at: int = 2, **others: Any) -> GuardedEnvironment:
    env = make_environment(NAME, 3, fault=fault, at=at, **others)
    env.reset(seed=0)
    return env


def test_what_an_environment_raises_is_named_and_stays_the_cause() -> None:
    env = made("raise")
    env.step(ACTION)
    with pytest.raises(EnvironmentFailure, match=r"Faulty-v0.*step 2.*the spring broke") as caught:
        env.step(ACTION)
    assert isinstance(caught.value.__cause__, ValueError)
    assert caught.traceback[-1].path.name == "guarded.py"
    env.close()


def test_an_environment_that_wants_to_end_the_process_only_fails() -> None:
    with pytest.raises(EnvironmentFailure, match=r"Faulty-v0.*step 1.*SystemExit"):
        made("exit", at=1).step(ACTION)


@pytest.mark.parametrize("fault", ["nan", "infinite reward"])
def test_what_is_not_finite_is_unstable_and_truncated_and_does_not_get_out(fault: str) -> None:
    env = made(fault)
    before, reward, _, truncated, info = env.step(ACTION)
    assert not truncated.any()
    assert "unstable" not in info
    env.reset(options={"reset_mask": np.array([False, True, False])})
    observation, reward, terminated, truncated, info = env.step(ACTION)
    np.testing.assert_array_equal(info["unstable"], [True, False, True])
    np.testing.assert_array_equal(truncated, [True, False, True])
    np.testing.assert_array_equal(observation[0], before[0])
    np.testing.assert_array_equal(reward[[0, 2]], 0.0)
    assert reward[1] < 0
    assert not terminated.any()
    what = {"nan": "observation[1] = nan", "infinite reward": "reward = 1e+300"}[fault]
    assert info["faults"][0] == f"Faulty-v0, simulation 0, step 2 of its episode: {what}"
    env.close()


def test_an_episode_that_never_begins_with_finite_numbers_is_a_failure() -> None:
    env = make_environment(NAME, 3, fault="nan at reset")
    with pytest.raises(EnvironmentFailure, match=r"Faulty-v0.*start with observation\[0\] = nan"):
        env.reset(seed=0)


def test_an_observation_that_changes_its_shape_is_a_failure() -> None:
    env = made("shape")
    env.step(ACTION)
    with pytest.raises(EnvironmentFailure, match=r"Faulty-v0.*step 2"):
        env.step(ACTION)


def test_a_shape_that_the_space_does_not_have_is_shown_with_its_value() -> None:
    env = made("")
    inner: Any = env._env
    inner.step = lambda actions: (np.ones((3, 7)), np.ones(3), np.ones(3, bool), np.ones(3), {})
    with pytest.raises(
        EnvironmentFailure, match=r"observations have shape \(3, 7\).*\(3, 2\).*1\."
    ):
        env.step(ACTION)


def test_a_step_that_hangs_is_named_with_the_line_it_is_at() -> None:
    env = made("hang", step_timeout_s=1.0)
    with pytest.raises(EnvironmentFailure, match=r"Faulty-v0 hangs: step.*faulty\.py:\d+"):
        for _ in range(2):
            env.step(ACTION)
    env.close()


def test_a_process_ends_although_an_environment_in_it_hangs() -> None:
    code = (
        "import numpy as np; from robo_ddpg.envs.names import make_environment; "
        "import tests.faulty, robo_ddpg.envs.foreign.stepping as stepping; "
        "stepping.TRIAL_TIMEOUT_S = 0.5; "
        "env = make_environment('Faulty-v0', 1, fault='hang', at=1, step_timeout_s=0.5); "
        "env.reset(seed=0); env.step(np.zeros((1, 1), np.float32))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 1
    assert "hangs: " in run.stderr


def test_episodes_are_truncated_where_nothing_else_ends_them() -> None:
    env = make_environment(ENDLESS, 2)
    assert env.episode_steps is None
    env.reset(seed=0)
    ended = np.zeros(UNLIMITED_STEPS + 10, int)
    for step in range(1, len(ended)):
        truncated = env.step(np.zeros((2, 1), np.float32))[3]
        ended[step] = truncated.sum()
        mask = truncated if step != 10 else np.array([True, False])
        if mask.any():
            env.reset(options={"reset_mask": mask})
    assert np.flatnonzero(ended).tolist() == [UNLIMITED_STEPS]
    assert ended[UNLIMITED_STEPS] == 1, "the first simulation was reset ten steps later"


def test_a_time_limit_that_there_is_stays() -> None:
    assert make_environment(NAME, 1).episode_steps == 200
    assert make_environment("Pendulum-v1", 1, max_episode_steps=7).episode_steps == 7
    assert make_environment("reach", 1, episode_s=1.0).episode_steps == 20


def test_a_task_whose_numbers_are_not_finite_is_named_by_the_part_of_its_observation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    observe = Reach.observe

    def spoiled(task: Reach) -> Any:
        parts = observe(task)
        parts["tip_velocity"][1, 2] = np.nan
        return parts

    env = make_environment("reach", 3)
    env.reset(seed=0)
    monkeypatch.setattr(Reach, "observe", spoiled)
    observation, _, _, truncated, info = env.step(np.zeros((3, 3), np.float32))
    assert truncated.tolist() == info["unstable"].tolist() == [False, True, False]
    assert info["faults"][1] == "reach, simulation 1, step 1 of its episode: tip_velocity[2] = nan"
    assert np.isfinite(observation).all()


def test_a_reward_term_that_is_not_finite_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = Reach.reward_terms

    def spoiled(task: Reach) -> Any:
        found = terms(task)
        found["still"] = found["still"].copy()
        found["still"][2] = np.nan
        return found

    env = make_environment("reach", 3)
    env.reset(seed=0)
    monkeypatch.setattr(Reach, "reward_terms", spoiled)
    *_, info = env.step(np.zeros((3, 3), np.float32))
    assert info["faults"] == {
        2: "reach, simulation 2, step 1 of its episode: reward term still = nan"
    }


def test_physics_that_explodes_is_named_by_its_joint() -> None:
    env = make_environment("reach", 3)
    env.reset(seed=0)
    assert env.simulation is not None
    env.simulation.batch.bind("qvel")[1, 2] = 1e12
    *_, info = env.step(np.zeros((3, 3), np.float32))
    assert "simulation 1, step 1 of its episode: the velocity of joint" in info["faults"][1]
    assert info["faults"][1].endswith("is not finite or too large")
