"""Paired statistics agree with numbers worked out by hand, and find the better controller."""

import json

import numpy as np
import pytest

from robo_ddpg.controller import Controller
from robo_ddpg.errors import ControllerError
from robo_ddpg.evaluation.comparison import Comparison, compare
from robo_ddpg.evaluation.episodes import Episodes
from robo_ddpg.evaluation.evaluate import Evaluation
from robo_ddpg.evaluation.same_episodes import shared_world, world_in_words
from robo_ddpg.evaluation.statistics import mcnemar_exact, paired_share_interval, sign_flip_test
from tasks.task import VARIED


def evaluation(success: list[bool] | None, returns: list[float]) -> Evaluation:
    count = len(returns)
    solved = None if success is None else np.array(success)
    lengths = np.full(count, 50)
    seeds = 100 + np.arange(count)
    episodes = Episodes(seeds, np.array(returns), lengths, solved, *np.zeros((2, count), bool))
    return Evaluation("reach", "x", 100, episodes)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [(0, 0, 1.0), (0, 5, 2 / 32), (1, 5, 2 * 7 / 64), (3, 3, 1.0), (0, 10, 2 / 1024)],
)
def test_mcnemar_counts_coin_tosses(only_a: int, only_b: int, p: float) -> None:
    assert mcnemar_exact(only_a, only_b) == pytest.approx(p)
    assert mcnemar_exact(only_b, only_a) == pytest.approx(p)


def test_the_interval_of_a_paired_difference_is_newcombes() -> None:
    # Newcombe 1998, table III: 36 both, 12 only the first, 2 only the second, 0 neither, method 10.
    first = np.array([True] * 36 + [True] * 12 + [False] * 2)
    second = np.array([True] * 36 + [False] * 12 + [True] * 2)
    low, high = paired_share_interval(second, first)
    assert (low, high) == (pytest.approx(0.0569, abs=2e-3), pytest.approx(0.3404, abs=2e-3))


def test_two_perfect_controllers_may_still_differ_a_little() -> None:
    solved = np.ones(50, bool)
    low, high = paired_share_interval(solved, solved)
    assert low == pytest.approx(-high) and 0.05 < high < 0.12


@pytest.mark.parametrize(
    ("differences", "p"),
    [([1.0] * 4, 2 / 16), ([0.0, 0.0], 1.0), ([1.0, -1.0], 1.0), ([1.0, 2.0, 4.0], 2 / 8)],
)
def test_few_differences_are_tested_with_every_sign(differences: list[float], p: float) -> None:
    assert sign_flip_test(np.array(differences)) == pytest.approx(p)


def test_many_differences_are_tested_with_drawn_signs() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(size=200)
    assert sign_flip_test(noise - noise.mean()) > 0.9
    assert sign_flip_test(noise + 1.0) < 1e-3


def test_the_controller_that_solves_what_the_other_cannot_is_better() -> None:
    a = evaluation([True] * 4 + [False] * 8, [10.0] * 12)
    b = evaluation([True] * 3 + [False] + [True] * 8, [10.0] * 12)
    forth, back = Comparison(a, b).summary(), Comparison(b, a).summary()
    assert forth["only_a_solved"] == [103]
    assert forth["only_b_solved"] == list(range(104, 112))
    assert Comparison(a, b).disagreements.tolist() == [103, *range(104, 112)]
    assert forth["success_difference"] == pytest.approx(7 / 12)
    assert forth["success_p"] == pytest.approx(2 * (1 + 9) / 2**9)
    assert forth["b_is_better"] is True
    assert back["b_is_better"] is False


def test_where_success_does_not_decide_the_return_does() -> None:
    solved = [True] * 8
    a, b = evaluation(solved, [1.0] * 8), evaluation(solved, [2.0 + 0.1 * i for i in range(8)])
    assert Comparison(a, b).summary()["b_is_better"] is True
    assert Comparison(b, a).summary()["b_is_better"] is False
    assert Comparison(a, a).summary()["b_is_better"] is False


def test_without_success_its_statistics_are_null() -> None:
    a = evaluation(None, [1.0, 2.0])
    summary = json.loads(json.dumps(Comparison(a, a).summary(), allow_nan=False))
    assert summary["success_difference"] is None and summary["only_a_solved"] is None


def test_a_controller_compared_with_itself_does_the_same() -> None:
    summary = compare("reach", "reach", episodes=3).summary()
    assert summary["return_difference"] == 0.0
    assert summary["success_p"] == 1.0 and summary["b_is_better"] is False


def with_task(name: str, **settings: object) -> Controller:
    shipped = Controller.find("grasp" if name == "grasp" else "reach")
    all_settings = shipped.task["settings"] | dict.fromkeys(VARIED, 0) | settings
    task = {**shipped.task, "name": name, "settings": all_settings}
    return Controller(shipped.tensors, {**shipped.metadata, "task": task}, f"{name}.safetensors")


def test_controllers_of_different_episodes_are_refused() -> None:
    here = with_task("reach")
    with pytest.raises(ControllerError, match="controllers of one task"):
        shared_world([here, with_task("grasp")])
    with pytest.raises(ControllerError, match="tolerance_m"):
        shared_world([here, with_task("reach", tolerance_m=0.5)])
    assert shared_world([here, with_task("reach", action="joint")]) == {}


def test_settings_that_an_older_controller_does_not_name_have_their_defaults() -> None:
    older, newer = with_task("reach"), with_task("reach", hold_s=0.25, robot="")
    del older.metadata["task"]["settings"]["hold_s"]
    assert shared_world([older, newer]) == {}


def test_what_actions_mean_is_each_controllers_own_and_the_kind_of_episode_is_not() -> None:
    here = with_task("grasp")
    other = with_task("grasp", action="joint", step_m=0.01, step_rad=0.1)
    assert shared_world([here, other]) == {}
    with pytest.raises(ControllerError, match="different yaw,"):
        shared_world([here, with_task("grasp", yaw=False, step_m=0.01)])


def test_controllers_of_one_gymnasium_environment_need_the_same_settings() -> None:
    pendulum = with_task("Pendulum-v1")
    assert shared_world([pendulum, pendulum]) == {}
    with pytest.raises(ControllerError, match="step_m"):
        shared_world([pendulum, with_task("Pendulum-v1", step_m=0.5)])


def test_what_only_one_saw_vary_in_training_varies_for_neither() -> None:
    plain = with_task("reach", random_push_n=5.0)
    robust = with_task("reach", random_push_n=5.0, random_mass=0.3, random_latency_steps=2)
    comparison = compare(plain, robust, episodes=3)
    assert comparison.world == {"random_latency_steps": 0, "random_mass": 0}
    assert comparison.b.episodes.returns.tolist() == comparison.a.episodes.returns.tolist()
    alike = compare(robust, robust, episodes=3)
    assert alike.world == {}
    assert alike.a.episodes.returns.tolist() != comparison.a.episodes.returns.tolist()


def test_what_is_observed_of_past_actions_is_each_controllers_own() -> None:
    assert shared_world([with_task("reach"), with_task("reach", observed_actions=4)]) == {}


def test_the_world_is_one_that_suits_all_of_several() -> None:
    heavy, late = with_task("reach", random_mass=0.3), with_task("reach", random_latency_steps=2)
    world = shared_world([heavy, heavy, late])
    assert world == {"random_latency_steps": 0, "random_mass": 0}
    assert world_in_words(world).endswith("alike: latency, mass")


def test_a_gymnasium_environments_own_setting_of_such_a_name_makes_other_episodes() -> None:
    with pytest.raises(ControllerError, match="random_mass"):
        shared_world([with_task("Pendulum-v1"), with_task("Pendulum-v1", random_mass=0.5)])
