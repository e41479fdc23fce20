"""Each thing that can be wrong with an environment is found, and nothing where all is well."""

import sys
from typing import Any

import numpy as np
import pytest
from gymnasium.envs.classic_control import PendulumEnv

from robo_ddpg.envs.checkup import checkup as module
from robo_ddpg.envs.checkup import player, stepping
from robo_ddpg.envs.checkup.checkup import brief_warnings, checkup
from robo_ddpg.envs.checkup.finding import HURTS, NOT_CHECKED, NOTE, Finding
from robo_ddpg.envs.names import resolve
from robo_ddpg.errors import EnvironmentFailure, SettingsError, UnknownEnvironmentError
from tests.docs.pages import PAGES

HURTING = {
    "ConstantReward": ("constant reward", "was 0 in all 320 steps"),
    "Catastrophe": ("hidden rewards", "one reward was -1e+06 where nine in ten are within"),
    "FlatReward": ("reward offset", "subtract the constant"),
    "TimeIsFailure": ("truncation reported as termination", "after exactly 40 steps"),
    "AtOnce": ("ends at the first step", "all 300 episodes"),
    "OutsideChoices": ("observation outside its space", "gear was 3, outside its space from 0 to"),
    "Fractions": ("observation dtype", "values of float64 such as"),
    "NotFinite": ("not finite", "step 7 of its episode: observation[0] = nan"),
    "Blind": ("constant observation", "the same in all 328 steps"),
    "Deaf": ("ignored actions", "40 steps from the same seed with other actions"),
    "Unseeded": ("seed", "reset(seed=0) with the same actions begin differently"),
    "Noisy": ("seed", "reset(seed=0) with the same actions part at step 1"),
    "OneStart": ("same start", "3 resets without a seed began the same"),
}
"""Toy -> what is found in it, and a part of what is said."""
NOTED = {
    "Sparse": ("constant reward", "was -1 in all 320 steps of random actions: without hindsight"),
    "Survival": ("constant reward", "an episode as long as can be"),
    "HugeReward": ("reward scale", "--agent.reward-scale 1e-06"),
    "Outside": ("observation outside its space", "outside its space from -0.5 to 0.5: harmless"),
    "Double": ("observation dtype", "of float64, its space says float32"),
    "Aliased": ("aliased observation", "later steps write into again"),
    "ConstantComponent": ("constant components", "1 of 4 components"),
    "Wide": ("observation scales", "normalised by default"),
    "Offset": ("observation scales", "about means of up to 1e+09"),
    "Faint": ("observation scale", "observation[3] varies by"),
    "HalfDeaf": ("idle action", "1 of 2 components of the action changed nothing"),
    "LeftOver": ("left over", "from step 1 on"),
    "OneEpisode": ("one episode", "the same whatever the seed"),
}
SHORT = {"max_episode_steps": 60}
SOUND: dict[str, dict[str, Any]] = {
    "Pendulum-v1": SHORT,
    "MountainCarContinuous-v0": SHORT,
    "HalfCheetah-v5": SHORT,
    "Hopper-v5": {},
    "Reacher-v5": {},
    "InvertedPendulum-v5": {},
    "reach": {"tolerance_m": 0.05},
    "tests.envs.checkup.toys:Sound": {},
}
"""Name -> arguments."""
TIMED = {"slow", "resets", "drawing"}
"""Found or not as the machine is."""


@pytest.fixture(autouse=True)
def time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found does not depend on the speed of the machine; speed is measured briefly."""
    for name in ("PLAYED_S", "REPLAYED_S", "BRIEFLY_S"):
        monkeypatch.setattr(module, name, 300.0)
    monkeypatch.setattr(stepping, "MEASURED_S", 0.01)


def found(name: str, **settings: Any) -> list[Finding]:
    findings = checkup(resolve(name), settings, simulations=2).findings
    return [finding for finding in findings if finding.name not in TIMED]


def patience(name: str) -> float:
    return 0.2 if "Hangs" in name else 60.0


def toy(name: str) -> str:
    return f"tests.envs.checkup.toys:{name}"


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_found_in_what_is_sound(name: str) -> None:
    assert found(name, **SOUND[name]) == []
    assert brief_warnings(resolve(name), SOUND[name]) == []


@pytest.mark.parametrize("name", HURTING)
def test_what_hurts_learning_is_named_with_the_value_found(name: str) -> None:
    expected, said = HURTING[name]
    hurts = [finding for finding in found(toy(name)) if finding.weight == HURTS]
    assert [finding.name for finding in hurts] == [expected]
    assert said in hurts[0].text


@pytest.mark.parametrize("name", NOTED)
def test_what_is_worth_knowing_is_told_apart_from_what_hurts(name: str) -> None:
    expected, said = NOTED[name]
    findings = found(toy(name))
    assert {finding.weight for finding in findings} == {NOTE}
    assert said in next(finding.text for finding in findings if finding.name == expected)


def test_an_episode_without_end_is_found_which_training_says_anyway(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(player, "EPISODES", 1)
    (finding,) = (finding for finding in found(toy("Endless")) if finding.weight == HURTS)
    assert finding.name == "never ends"
    assert "an episode went on for 1,000 steps" in finding.text
    assert brief_warnings(resolve(toy("Endless")), {}) == []


def test_rewards_that_do_not_follow_from_goals_are_found() -> None:
    hurts = [finding for finding in found(toy("MoodySparse")) if finding.weight == HURTS]
    assert [finding.name for finding in hurts] == ["goals"]
    assert "compute_reward gives -1 where step 2 was rewarded by -2" in hurts[0].text


def test_whether_actions_matter_is_not_said_where_a_seed_fixes_nothing() -> None:
    assert NOT_CHECKED in {finding.weight for finding in found(toy("Noisy"))}


def test_what_cannot_be_seen_in_another_interpreter_is_said() -> None:
    result = checkup(resolve(toy("Deaf"), sys.executable), {}, simulations=2)
    names = {finding.name for finding in result.findings} - {*TIMED}
    assert names == {"ignored actions", "out of sight"}
    assert result.facts.steps_per_s is None


def test_vector_environments_of_others_are_checked_too() -> None:
    names = {finding.name for finding in found("tests.envs.foreign.toys:Counters")}
    assert names == {"constant reward", "one episode", "ignored actions", "out of sight"}


def test_facts_are_what_was_seen() -> None:
    facts = checkup(resolve(toy("Successful")), {}, simulations=2).facts
    assert (facts.observation, facts.observation_size) == ({"observation": [4]}, 4)
    assert (facts.action_low, facts.action_high) == ([-1.0, -1.0], [1.0, 1.0])
    assert (facts.steps, facts.ended, facts.terminated) == (320, 8, 0)
    assert (facts.shortest, facts.longest, facts.episode_steps) == (40, 40, None)
    assert facts.says_success
    assert facts.reward_low < facts.reward_high < 0 and facts.return_mean is not None
    assert facts.steps_per_s is not None and facts.steps_per_s > 0
    assert sum(facts.time_shares.values()) == pytest.approx(1.0)
    assert facts.training["simulations"] == 2


def test_arguments_reach_what_is_checked() -> None:
    findings = found("Pendulum-v1", max_episode_steps=1)
    assert [finding.name for finding in findings] == ["ends at the first step"]


@pytest.mark.parametrize(
    ("name", "settings", "error", "said"),
    [
        (toy("Choices"), {}, UnknownEnvironmentError, "Discrete"),
        ("Pendulum-v1", {"h": 1}, SettingsError, "h"),
        ("reach", {"h": 1}, SettingsError, "h"),
        (toy("Raises"), {}, EnvironmentFailure, "step 1: ValueError: the motor is on fire"),
        (toy("Hangs"), {}, EnvironmentFailure, "hangs"),
    ],
)
def test_what_cannot_be_played_is_refused_as_in_training(
    name: str, settings: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        checkup(resolve(name), settings, simulations=1, timeout_s=patience(name))


@pytest.mark.parametrize("name", ["ConstantReward", "Deaf", "Unseeded", "TimeIsFailure"])
def test_a_short_look_finds_what_hurts(name: str) -> None:
    warnings = brief_warnings(resolve(toy(name)), {})
    assert len(warnings) == 1
    assert HURTING[name][1] in warnings[0]


@pytest.mark.parametrize("name", ["Aliased", "Raises", "Hangs", "Choices"])
def test_a_short_look_is_silent_about_the_rest_and_about_failures(name: str) -> None:
    assert brief_warnings(resolve(toy(name)), {}, patience(name)) == []


def test_a_short_look_starts_no_process_and_leaves_tasks_of_this_package_alone() -> None:
    assert brief_warnings(resolve(toy("Deaf"), "no/such/python"), {}) == []
    assert brief_warnings(resolve("reach"), {}) == []


def test_a_short_look_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[int] = []
    step = PendulumEnv.step

    def counted(env: Any, action: Any) -> Any:
        played.append(1)
        return step(env, action)

    monkeypatch.setattr(PendulumEnv, "step", counted)
    monkeypatch.setattr(module, "BRIEFLY_S", -1.0)
    assert brief_warnings(resolve("Pendulum-v1"), {}) == []
    assert len(played) == 1


def test_a_short_look_changes_no_random_numbers() -> None:
    np.random.seed(3)
    first = np.random.random()
    np.random.seed(3)
    brief_warnings(resolve(toy("GlobalNoise")), {})
    assert np.random.random() == first


def test_everything_that_can_be_found_is_on_the_page() -> None:
    page = PAGES["docs/check.md"].read_text()
    names = (
        {name for name, _ in (*HURTING.values(), *NOTED.values())} | TIMED | {"goals", "never ends"}
    )
    assert [name for name in names if f"| {name} |" not in page] == []
