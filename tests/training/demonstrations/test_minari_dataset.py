"""Episodes of a Minari dataset on this machine."""

import sys
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Dict

from robo_ddpg.envs.names import make_environment
from robo_ddpg.errors import DemonstrationError
from robo_ddpg.training.demonstrations.load import load_demonstrations

STEPS = 5
PARTS = ("observation", "achieved_goal", "desired_goal")


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Minari keeps its datasets."""
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    return tmp_path


def dataset(name: str, observations: Any, **about: Any) -> None:
    """Two episodes whose rewards are 0, 1, 2 ..."""
    minari = pytest.importorskip("minari")
    buffer = pytest.importorskip("minari.data_collector").EpisodeBuffer
    last = np.arange(STEPS) == STEPS - 1
    episode = {
        "observations": observations,
        "actions": np.full((STEPS, 1), 0.5, np.float32),
        "rewards": np.arange(STEPS, dtype=float),
        "truncations": ~last & False,
    }
    buffers = [buffer(id=i, terminations=last & (i == 1), **episode) for i in range(2)]
    minari.create_dataset_from_buffers(name, buffers, data_format="hdf5", **about)


@pytest.mark.filterwarnings("ignore")  # about authors and code that are not named
def test_a_dataset_is_learned_from(datasets: Path) -> None:
    env = gymnasium.make("Pendulum-v1")
    dataset("pendulum/test-v0", np.ones((STEPS + 1, 3), np.float32), env=env)

    learned = make_environment("Pendulum-v1", 1)
    first, second = load_demonstrations("minari:pendulum/test-v0", learned)
    assert first.observation.shape == (STEPS + 1, 3)
    assert set(first.action[:, 0]) == {0.5}
    assert first.reward.tolist() == [0, 1, 2, 3, 4]
    assert (first.terminated, second.terminated) == (False, True)
    with pytest.raises(DemonstrationError, match="episode 0 of pendulum/test-v0 shows Pendulum-v1"):
        load_demonstrations("minari:pendulum/test-v0", make_environment("Hopper-v5", 1))


class Goals(gymnasium.Env[Any, Any]):
    """A goal that is a number; being there is worth 0."""

    observation_space = Dict({name: Box(-9, 9, (1,)) for name in PARTS})
    action_space = Box(-1, 1, (1,))

    def reset(self, **_: Any) -> Any:
        return {name: np.zeros(1, np.float32) for name in PARTS}, {}

    def step(self, action: Any) -> Any:
        return self.reset()[0], 0.0, False, False, {}

    def compute_reward(self, achieved: Any, desired: Any, info: Any) -> Any:
        return -(achieved != desired)[..., 0].astype(float)


@pytest.mark.filterwarnings("ignore")
def test_goals_in_a_dictionary_are_flattened_and_rewarded_as_the_environment_does(
    datasets: Path,
) -> None:
    env = Goals()
    seen = {name: np.full((STEPS + 1, 1), i, np.float32) for i, name in enumerate(PARTS)}
    seen["achieved_goal"][-1] = seen["desired_goal"][-1]
    about = {"observation_space": env.observation_space, "action_space": env.action_space}
    dataset("goals/test-v0", seen, **about)

    learned = make_environment(f"{__name__}:Goals", 1)
    first, _ = load_demonstrations("minari:goals/test-v0", learned)
    np.testing.assert_array_equal(first.observation[0], [1, 2, 0])  # as Gymnasium sorts them
    assert first.reward.tolist() == [-1, -1, -1, -1, 0]


def test_a_dataset_that_is_not_here_is_not_downloaded(datasets: Path) -> None:
    pytest.importorskip("minari")
    with pytest.raises(DemonstrationError, match="minari download no/such-v0"):
        load_demonstrations("minari:no/such-v0", make_environment("Pendulum-v1", 1))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file", ["metadata.json", "main_data.hdf5"])
def test_a_damaged_dataset_is_refused(file: str, datasets: Path) -> None:
    dataset("pendulum/test-v0", np.ones((STEPS + 1, 3)), env=gymnasium.make("Pendulum-v1"))
    (datasets / "pendulum/test-v0/data" / file).write_text("{")
    with pytest.raises(DemonstrationError, match="Minari cannot read pendulum/test-v0: "):
        load_demonstrations("minari:pendulum/test-v0", make_environment("Pendulum-v1", 1))


def test_without_minari_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "minari", None)
    with pytest.raises(DemonstrationError, match=r"pip install 'robo-ddpg\[demonstrations\]'"):
        load_demonstrations("minari:door/human-v2", make_environment("Pendulum-v1", 1))
