"""Demonstrations of every origin become episodes, or are refused by one line."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Dict

from robo_ddpg.envs.environment import Environment
from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import DemonstrationError, RecordingError
from robo_ddpg.recording.demonstrate import demonstrate
from robo_ddpg.recording.recording import Recording
from robo_ddpg.training.demonstrations.load import load_demonstrations
from tasks import Reach

STEPS = 6


class Far(Reach):
    """The same scene, and everything is worth the distance."""

    weights = {"far": 1.0}  # noqa: RUF012 - never changed

    def terms(self, distance: Any, info: Any) -> dict[str, Any]:
        return {"far": np.asarray(distance)}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recordings of reach."""
    path = tmp_path_factory.mktemp("demonstrations")
    demonstrate("reach", path, episodes=2, episode_s=2.0)
    return path


@pytest.fixture(scope="module")
def reach() -> Environment:
    return make_environment("reach", 2)


@pytest.fixture(scope="module")
def pendulum() -> Environment:
    return make_environment("Pendulum-v1", 2)


def written(path: Path, **changes: Any) -> Path:
    """An episode of Pendulum-v1 as its own script writes it, with some arrays changed."""
    env = gymnasium.make("Pendulum-v1")
    env.action_space.seed(0)
    observations, arrays = [env.reset(seed=0)[0]], []
    for _ in range(STEPS):
        action = env.action_space.sample()
        observation, *step, _ = env.step(action)
        observations.append(observation)
        arrays.append((action, *step))
    actions, rewards, terminations, truncations = zip(*arrays, strict=True)
    episode = {
        "observations": observations,
        "actions": actions,
        "rewards": rewards,
        "terminations": terminations,
        "truncations": truncations,
        **changes,
    }
    given = {name: values for name, values in episode.items() if values is not None}
    np.savez(path, **given)  # type: ignore[arg-type]
    return path


def test_recordings_become_episodes_with_their_rewards(recorded: Path, reach: Environment) -> None:
    episodes = load_demonstrations(str(recorded), reach)

    assert len(episodes) == 2
    for episode, path in zip(episodes, sorted(recorded.iterdir()), strict=True):
        recording = Recording.load(path)
        np.testing.assert_array_equal(episode.observation, recording.observations)
        np.testing.assert_array_equal(episode.action, recording.actions)
        np.testing.assert_allclose(episode.reward, recording.rewards, atol=1e-5)
        assert not episode.terminated
        assert episode.reward_info is not None
        assert episode.reward_info.shape == (40, 1)


def test_rewards_are_those_of_the_task_that_is_learned(recorded: Path) -> None:
    env = make_environment(f"{__name__}:Far", 1)
    (first, _) = load_demonstrations(str(recorded), env)

    distance = Recording.load(min(recorded.iterdir())).metrics["distance_m"]
    np.testing.assert_allclose(first.reward, distance, atol=1e-6)


def test_an_episode_that_any_script_wrote_is_learned_from(
    tmp_path: Path, pendulum: Environment
) -> None:
    path = written(tmp_path / "own.npz")
    (from_file,) = load_demonstrations(str(path), pendulum)
    (from_directory,) = load_demonstrations(str(tmp_path), pendulum)

    for episode in (from_file, from_directory):
        assert episode.observation.shape == (STEPS + 1, 3)
        assert episode.action.shape == (STEPS, 1)
        assert episode.reward[0] == pytest.approx(float(np.load(path)["rewards"][0]))
        assert not episode.terminated
        assert episode.reward_info is not None  # rewards depend on nothing besides


def test_a_last_step_may_terminate(tmp_path: Path, pendulum: Environment) -> None:
    path = written(tmp_path / "own.npz", terminations=np.arange(STEPS) == STEPS - 1)
    (episode,) = load_demonstrations(str(path), pendulum)

    assert episode.terminated


class Parts(gymnasium.Env[Any, Any]):
    """Observations of two parts, and actions of two rows."""

    observation_space = Dict({"x": Box(-9, 9, (1,)), "y": Box(-9, 9, (2,))})
    action_space = Box(-2, 2, (2, 2))

    def reset(self, **_: Any) -> Any:
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> Any:
        return self.observation_space.sample(), 0.0, False, False, {}


def test_observations_and_actions_of_parts_are_flattened_as_the_environment_does(
    tmp_path: Path,
) -> None:
    env = make_environment(f"{__name__}:Parts", 1)
    parts = {"observations/y": np.ones((STEPS + 1, 2)), "observations/x": np.zeros((STEPS + 1, 1))}
    actions = np.arange(4.0).reshape(2, 2) * np.ones((STEPS, 1, 1)) / 2
    path = written(tmp_path / "own.npz", observations=None, actions=actions, **parts)

    (episode,) = load_demonstrations(str(path), env)
    np.testing.assert_array_equal(episode.observation, [[0, 1, 1]] * (STEPS + 1))
    np.testing.assert_array_equal(episode.action, [[0, 0.5, 1, 1.5]] * STEPS)
    short = written(tmp_path / "no-x.npz", observations=None, actions=actions, **parts)
    with np.load(short) as arrays:
        np.savez(short, **{name: arrays[name] for name in arrays if name != "observations/x"})
    with pytest.raises(DemonstrationError, match=r"no-x\.npz has other .*: .* has no x"):
        load_demonstrations(str(short), env)


def test_actions_may_be_off_by_rounding(tmp_path: Path, pendulum: Environment) -> None:
    path = written(tmp_path / "own.npz", actions=np.full((STEPS, 1), 2.0001))

    assert load_demonstrations(str(path), pendulum)[0].action.max() == 2.0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"observations": None}, "has no observations, expected an array of that name"),
        ({"truncations": None}, "has no truncations"),
        (
            {"observations": np.zeros((STEPS + 1, 4))},
            r"has other .*: observation has shape \(7, 4\), expected \(3,\)",
        ),
        ({"observations": np.zeros((STEPS, 3))}, r"has observations of shape \(6, 3\)"),
        ({"actions": np.zeros((STEPS, 2))}, r"has actions of shape \(6, 2\), expected \(6, 1\)"),
        (
            {"actions": np.full((STEPS, 1), 3.0)},
            "has an action outside its bounds, 3 in component 0",
        ),
        ({"actions": np.full((STEPS, 1), "left")}, "has actions that are not an array of numbers"),
        ({"rewards": np.full(STEPS, np.nan)}, "has rewards that are not finite, first at step 0"),
        ({"rewards": np.zeros((STEPS, 2))}, "has rewards of shape"),
        ({"terminations": np.ones(STEPS)}, "goes on after step 0, which ends it: one episode each"),
        ({"terminations": np.zeros(3)}, r"has terminations of shape \(3,\), expected \(6,\)"),
        ({"rewards": np.zeros(0)}, "has no steps"),
        ({"task": "Hopper-v5"}, "shows Hopper-v5, expected Pendulum-v1"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_by_name(
    changes: dict[str, Any], said: str, tmp_path: Path, pendulum: Environment
) -> None:
    path = written(tmp_path / "own.npz", **changes)
    with pytest.raises(DemonstrationError, match=rf"own\.npz {said}") as caught:
        load_demonstrations(str(path), pendulum)
    assert "\n" not in str(caught.value)


def test_the_name_of_the_environment_may_be_given(tmp_path: Path, pendulum: Environment) -> None:
    assert load_demonstrations(str(written(tmp_path / "own.npz", task="Pendulum-v1")), pendulum)


def objects(path: Path) -> None:
    np.savez(path, rewards=np.array([object()]), allow_pickle=True)  # type: ignore[arg-type]


def half(path: Path) -> None:
    written(path)
    path.write_bytes(path.read_bytes()[:400])


@pytest.mark.parametrize(
    "damage", [half, objects, lambda path: path.write_bytes(b""), lambda path: path.write_text("x")]
)
def test_a_damaged_file_is_refused(
    damage: Callable[[Path], Any], tmp_path: Path, pendulum: Environment
) -> None:
    damage(tmp_path / "own.npz")
    with pytest.raises(DemonstrationError, match=r"own\.npz is not a whole \.npz file: "):
        load_demonstrations(str(tmp_path), pendulum)


def test_places_without_demonstrations_are_named(tmp_path: Path, reach: Environment) -> None:
    with pytest.raises(DemonstrationError, match="there are no demonstrations nowhere"):
        load_demonstrations("nowhere", reach)
    with pytest.raises(DemonstrationError, match=r"holds no demonstrations \(\*\.npz\)"):
        load_demonstrations(str(tmp_path), reach)


@pytest.mark.parametrize(
    ("task", "settings", "said"),
    [
        ("grasp", {}, "shows reach, expected grasp"),
        ("Pendulum-v1", {}, "shows reach, expected Pendulum-v1"),
        ("reach", {"step_m": 0.02}, "was recorded with step_m=0.015, expected 0.02"),
        ("reach", {"control_hz": 10.0}, "was recorded with control_hz=20.0, expected 10.0"),
    ],
)
def test_recordings_of_another_task_or_with_other_actions_are_refused(
    task: str, settings: dict[str, Any], said: str, recorded: Path
) -> None:
    env = make_environment(task, 1, **settings)
    with pytest.raises(DemonstrationError, match=rf"seed-30000\.npz {said}"):
        load_demonstrations(str(recorded), env)


def changed(recorded: Path, path: Path, **changes: Any) -> str:
    replace(Recording.load(min(recorded.iterdir())), **changes).save(path)
    return str(path)


def test_recordings_from_before_observations_were_kept_are_refused(
    recorded: Path, tmp_path: Path, reach: Environment
) -> None:
    old = changed(recorded, tmp_path / "old.npz", observations=None)
    with pytest.raises(DemonstrationError, match="recorded without observations by an older"):
        load_demonstrations(old, reach)


def test_a_recording_with_other_reward_info_is_refused(
    recorded: Path, tmp_path: Path, reach: Environment
) -> None:
    other = changed(recorded, tmp_path / "other.npz", reward_info=np.zeros((40, 3)))
    with pytest.raises(DemonstrationError, match=r"reward_info of shape \(40, 3\), expected"):
        load_demonstrations(other, reach)


def test_a_damaged_recording_is_refused(recorded: Path, tmp_path: Path, reach: Environment) -> None:
    np.savez(tmp_path / "recording.npz", head="{}")
    with pytest.raises(RecordingError, match="is not a whole recording"):
        load_demonstrations(str(tmp_path), reach)
