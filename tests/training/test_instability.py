"""Steps that failed are kept with everything that decided them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robo_ddpg.envs.names import make_environment
from robo_ddpg.recording.fault_dump import FaultDump, resimulated, warning_of
from robo_ddpg.training.instability import MOST_STEPS, InstabilityLog


class Played:
    """Three simulations, played with one action."""

    def __init__(self, directory: Path, task: str = "reach", **settings: Any) -> None:
        self.env = make_environment(task, 3, threads=1, **settings)
        self.observation, _ = self.env.reset(seed=0)
        self.log, self.directory = InstabilityLog(self.env, directory), directory
        self.action = np.full((3, *self.env.single_action_space.shape), 0.7, np.float32)

    def step(self) -> dict[str, Any]:
        self.log.before_step(self.observation, self.action)
        self.observation, *_, info = self.env.step(self.action)
        return info

    def physics(self, name: str) -> Any:
        assert self.env.simulation is not None
        return self.env.simulation.batch.bind(name)


def test_a_kept_unstable_step_becomes_unstable_again(tmp_path: Path) -> None:
    played = Played(tmp_path)
    played.step()
    played.physics("qvel")[1, 2] = 1e12
    info = played.step()
    np.testing.assert_array_equal(info["unstable"], [False, True, False])
    played.log.add(info["unstable"], info["faults"], 6)
    dump = FaultDump.load(tmp_path / "6-1.npz")
    assert "simulation 1, step 2 of its episode: the velocity of joint" in dump.fault
    assert dump.fault.endswith(warning_of(resimulated(dump, dump.model())))
    assert len(dump.actions) == 2
    assert dump.states["qvel"][:, 2].tolist()[1] == 1e12


@pytest.mark.parametrize(("task", "settings"), [("reach", {}), ("grasp", {"cube_m": (0.02, 0.06)})])
def test_a_healthy_step_is_replayed_to_the_same_state(
    task: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    played = Played(tmp_path, task, **settings)
    for _ in range(3):
        played.step()
    played.log.add(np.array([False, True, True]), {}, 0)
    for index in (1, 2):
        dump = FaultDump.load(tmp_path / f"0-{index}.npz")
        data = resimulated(dump, dump.model())
        assert warning_of(data) == ""
        np.testing.assert_array_equal(data.qpos, played.physics("qpos")[index])
        np.testing.assert_array_equal(data.qvel, played.physics("qvel")[index])


def test_the_last_steps_of_the_episode_are_kept_and_no_more(tmp_path: Path) -> None:
    played = Played(tmp_path)
    for _ in range(MOST_STEPS + 3):
        played.step()
    played.log.add(np.array([True, False, False]), {}, 0)
    assert len(FaultDump.load(tmp_path / "0-0.npz").actions) == MOST_STEPS
    played.env.reset(options={"reset_mask": np.array([True, False, False])})
    played.step()
    played.log.add(np.array([True, False, False]), {}, 1)
    assert len(FaultDump.load(tmp_path / "1-0.npz").actions) == 1


def test_a_directory_that_cannot_be_written_does_not_stop_the_training(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    played = Played(tmp_path / "file" / "unstable")
    played.step()
    played.log.add(np.array([True, False, False]), {}, 0)
