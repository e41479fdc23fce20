"""Evaluation: numbers by hand on a scripted environment, and what holds for real ones."""

from typing import Any

import numpy as np
import pytest
from gymnasium.spaces import Box
from gymnasium.vector import AutoresetMode, VectorEnv

from robo_ddpg import Controller, evaluate
from robo_ddpg.controller import shipped
from robo_ddpg.envs.building.env import BuildingVectorEnv
from robo_ddpg.envs.foreign.environment import ForeignEnvironment
from robo_ddpg.envs.foreign.stepped import Together
from robo_ddpg.envs.names import make_environment
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.errors import ControllerError, SettingsError
from robo_ddpg.evaluation.episodes import Episodes, run_episodes
from robo_ddpg.evaluation.evaluate import Evaluation
from robo_ddpg.model_fields import model_hash
from tasks.building.rules import Thermostat


class Scripted(VectorEnv[Any, Any, Any]):
    """Each simulation plays the same rewards again and again, and ends as its script says."""

    def __init__(self, rewards: list[list[float]], ends: list[str], success: list[bool] | None):
        self.num_envs = len(rewards)
        self.single_observation_space = Box(-1, 1, (2,))
        self.single_action_space = Box(-1, 1, (1,))
        self.metadata = {"autoreset_mode": AutoresetMode.DISABLED}
        self.script, self.ends, self.solved = rewards, ends, success
        self.at = np.zeros(self.num_envs, int)
        self.finished = np.zeros(self.num_envs, bool)

    def reset(self, *, seed: Any = None, options: Any = None) -> Any:
        mask = (options or {}).get("reset_mask", np.ones(self.num_envs, bool))
        self.at[mask] = 0
        self.finished[mask] = False
        return np.zeros((self.num_envs, 2), np.float32), {}

    def step(self, actions: Any) -> Any:
        assert not self.finished.any(), "a finished episode has to be reset before the next step"
        reward = np.array([s[at] for s, at in zip(self.script, self.at, strict=True)])
        self.at += 1
        over = np.array([at == len(s) for s, at in zip(self.script, self.at, strict=True)])
        terminated = over & (np.array(self.ends) == "terminated")
        self.finished = over
        info = {} if self.solved is None else {"is_success": over & np.array(self.solved)}
        observation = np.zeros((self.num_envs, 2), np.float32)
        return observation, reward, terminated, over & ~terminated, info


def act(observation: Any) -> Any:
    """Do nothing."""
    return np.zeros((len(observation), 1), np.float32)


def run(rewards: list[list[float]], ends: list[str], success: list[bool] | None = None) -> Episodes:
    """One episode of each script."""
    together = Together(Scripted(rewards, ends, success), "scripted")
    env = ForeignEnvironment(together, {"name": "scripted", "settings": {}})
    return run_episodes(env, act, seed=50, count=len(rewards))


def controller_for(task: str, observed: int, low: list[float], high: list[float]) -> Controller:
    """A linear policy with random weights."""
    rng = np.random.default_rng(0)
    tensors = {
        "actor.0.weight": rng.normal(0, 0.1, (len(low), observed)).astype(np.float32),
        "actor.0.bias": np.zeros(len(low), np.float32),
    }
    metadata = {
        "format": 1,
        "task": {"name": task, "settings": {}},
        "observation_size": observed,
        "action_low": low,
        "action_high": high,
    }
    return Controller(tensors, metadata)


@pytest.fixture
def reach() -> Controller:
    """A controller that fits reach."""
    return controller_for("reach", 38, [-1.0] * 3, [1.0] * 3)


def test_returns_and_lengths_are_those_of_the_first_episode_of_each_simulation() -> None:
    episodes = run([[1.0, 2.0], [0.5], [3.0, 0.0, -1.0, 4.0, 1.0]], ["terminated"] * 3)
    np.testing.assert_array_equal(episodes.returns, [3.0, 0.5, 7.0])
    np.testing.assert_array_equal(episodes.lengths, [2, 1, 5])
    np.testing.assert_array_equal(episodes.seeds, [50, 51, 52])


def test_termination_and_truncation_both_end_an_episode() -> None:
    episodes = run([[1.0, 1.0], [1.0, 1.0, 1.0]], ["terminated", "truncated"])
    np.testing.assert_array_equal(episodes.lengths, [2, 3])


def test_success_is_what_the_last_step_said() -> None:
    episodes = run([[0.0], [0.0, 0.0], [0.0]], ["truncated"] * 3, success=[True, False, True])
    np.testing.assert_array_equal(episodes.success, [True, False, True])


def test_a_finished_simulation_that_goes_astray_does_not_spoil_its_episode() -> None:
    episodes = run([[1.0], [0.0, float("nan"), 0.0]], ["truncated"] * 2)
    assert episodes.returns[0] == 1.0
    assert np.isnan(episodes.returns[1])


def test_the_summary_is_what_one_computes_by_hand() -> None:
    rewards = [[4.0], [1.0, 1.0], [3.0], [8.0, 0.0, 0.0, 0.0]]
    episodes = run(rewards, ["truncated"] * 4, success=[True, True, True, False])
    summary = Evaluation("toy", "file", 50, episodes).summary()
    assert summary["episodes"] == 4
    assert summary["seed"] == 50
    assert summary["return_mean"] == 4.25
    assert summary["return_iqm"] == 3.5
    assert summary["length_mean"] == 2.0
    assert summary["success_rate"] == 0.75
    # Wilson's interval of 3 of 4.
    assert summary["success_low"] == pytest.approx(0.3006, abs=1e-4)
    assert summary["success_high"] == pytest.approx(0.9544, abs=1e-4)
    assert 2.0 <= summary["return_low"] < 4.25 < summary["return_high"] <= 8.0


def test_what_was_not_measured_is_none() -> None:
    summary = Evaluation("toy", "file", 0, run([[1.0], [2.0]], ["truncated"] * 2)).summary()
    for key in ("success_rate", "success_low", "success_high", "safety", "violations", "unstable"):
        assert summary[key] is None, key


def test_every_episode_is_a_row(reach: Controller) -> None:
    rows = evaluate(reach, episodes=3, seed=5).rows()
    assert [row["seed"] for row in rows] == [5, 6, 7]
    assert {row["length"] for row in rows} == {50}
    assert {"return", "success", "distance_m", "safety_workspace"} <= rows[0].keys()


def test_the_same_seed_gives_the_same_result_and_another_one_another(reach: Controller) -> None:
    first, again = (evaluate(reach, episodes=4, seed=1).summary() for _ in range(2))
    assert first == again
    assert evaluate(reach, episodes=4, seed=2).summary()["return_mean"] != first["return_mean"]


def test_more_episodes_than_simulations_are_run_in_rounds(
    reach: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = evaluate(reach, episodes=7).episodes
    monkeypatch.setattr("robo_ddpg.evaluation.evaluate.MOST_AT_ONCE", 3)
    done: list[int] = []
    rounds = evaluate(reach, episodes=7, progress=done.append).episodes
    assert done == [3, 6, 7]
    np.testing.assert_array_equal(rounds.seeds, at_once.seeds)
    np.testing.assert_allclose(rounds.returns, at_once.returns, rtol=1e-5)
    np.testing.assert_array_equal(rounds.success, at_once.success)


def test_a_gymnasium_environment_is_evaluated_with_the_true_return() -> None:
    controller = controller_for("Pendulum-v1", 3, [-2.0], [2.0])
    episodes = evaluate(controller, episodes=3, seed=0).episodes
    np.testing.assert_array_equal(episodes.lengths, 200)
    assert episodes.success is None
    env = make_environment("Pendulum-v1", 1)
    observation, _ = env.reset(seed=1)
    total = 0.0
    for _ in range(200):
        observation, reward, *_ = env.step(controller.act(observation))
        total += float(reward[0])
    assert episodes.returns[1] == pytest.approx(total, rel=1e-4)


def test_settings_of_the_task_can_differ_from_those_of_training(reach: Controller) -> None:
    summary = evaluate(reach, episodes=2, episode_s=0.5).summary()
    assert summary["length_mean"] == 10


def test_altered_actions_are_a_share_of_all_steps(reach: Controller) -> None:
    summary = evaluate(reach, episodes=3).summary()
    assert set(summary["safety"]) >= {"non_finite", "out_of_range", "workspace"}
    assert all(0.0 <= share <= 1.0 for share in summary["safety"].values())
    assert summary["safety"]["non_finite"] == 0.0


@pytest.mark.parametrize("wrong", [{"episodes": 0}, {"episodes": -3}, {"seed": -1}])
def test_counts_and_seeds_that_cannot_work_are_refused(
    reach: Controller, wrong: dict[str, Any]
) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        evaluate(reach, **wrong)


def test_a_controller_for_other_observations_or_actions_is_refused() -> None:
    with pytest.raises(
        ControllerError, match="trained for 5 observed values, but 'reach' now has 38"
    ):
        evaluate(controller_for("reach", 5, [-1.0] * 3, [1.0] * 3), episodes=1)
    with pytest.raises(ControllerError, match="trained for 2 action components"):
        evaluate(controller_for("reach", 38, [-1.0] * 2, [1.0] * 2), episodes=1)


def test_the_shipped_reach_controller_solves_reach() -> None:
    summary = evaluate("reach", episodes=100, seed=123_456).summary()
    assert summary["success_rate"] >= 0.97
    assert summary["unstable"] == 0


def test_the_shipped_controller_of_buildings_is_cheaper_than_their_thermostat() -> None:
    env = BuildingVectorEnv(50, action="power")
    env.reset(seed=123_456)
    thermostat = Thermostat(env.building)
    for _ in range(env.episode_steps - 1):
        env.step(thermostat.act(np.zeros(0, np.float32)))
    usual = env.building.total["cost_eur"].mean()
    summary = evaluate("building", episodes=50, seed=123_456).summary()
    assert summary["cost_eur_mean"] < 0.95 * usual
    assert summary["discomfort_kh_mean"] < 1.0


@pytest.mark.parametrize("task", [name for name in shipped() if not name.startswith("building")])
def test_shipped_controllers_do_their_task_and_stay_on_their_feet(task: str) -> None:
    episodes = 5 if task.startswith("locomotion-") else 20
    summary = evaluate(task, episodes=episodes, seed=123_456).summary()
    assert summary["success_rate"] >= 0.8
    # Pushes throw a quadruped over now and then, one object in hundreds rolls off the table, one
    # car in a hundred touches another, and one vehicle in ten hits its first gate.
    failed = {"locomotion-quadruped": 1, "grasp-any": 1, "drive-park": 1, "fly-gates": 4}
    assert summary["terminated"] <= failed.get(task, 0)
    assert summary["unstable"] == 0


def test_the_summary_says_whether_actions_were_filtered() -> None:
    on, off = (
        evaluate("reach", episodes=1, episode_s=0.3, safety=s).summary() for s in (True, False)
    )
    assert (on["safety_filter"], off["safety_filter"]) == ("on", "off")


@pytest.mark.parametrize(("known", "matches"), [("0" * 64, False), (None, None)])
def test_a_controller_of_another_model_is_evaluated_and_told_apart(
    known: str | None, matches: bool | None
) -> None:
    reach = Controller.find("reach")
    task = {**reach.task, "model_hash": known}
    other = Controller(reach.tensors, {**reach.metadata, "task": task})
    assert evaluate(other, episodes=1, episode_s=0.3).summary()["model_matches"] is matches


def test_a_controller_of_the_same_model_is_known_as_such() -> None:
    reach = Controller.find("reach")
    task = {**reach.task, "model_hash": model_hash(make_task_of(reach.task).model)}
    here = Controller(reach.tensors, {**reach.metadata, "task": task})
    assert evaluate(here, episodes=1, episode_s=0.3).summary()["model_matches"] is True
