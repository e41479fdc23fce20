"""Films of episodes that may end once they are solved."""

import dataclasses

import mujoco
import numpy as np
import pytest

from robo_ddpg.recording.filming import solved_part
from robo_ddpg.recording.recording import Recording
from tests.recording.pendulum import PENDULUM, record


@pytest.fixture(scope="module")
def episode() -> Recording:
    """Solved in step 2, and from step 5 to the end, 12."""
    steps = np.arange(1, 13)
    made = record(mujoco.MjModel.from_xml_string(PENDULUM), steps=12)
    commands = {"goal": np.zeros((13, 3))}
    return dataclasses.replace(made, success=(steps == 2) | (steps >= 5), commands=commands)


@pytest.mark.parametrize(("seconds", "last"), [(0.0, 2), (0.05, 2), (0.2, 8), (1.0, 12)])
def test_an_episode_ends_once_it_has_been_solved_for_so_long(
    seconds: float, last: int, episode: Recording
) -> None:
    part = solved_part(episode, seconds)
    assert (len(part.rewards), len(part.states)) == (last, last + 1)
    assert len(part.commands["goal"]) == last + 1
    np.testing.assert_array_equal(part.states, episode.states[: last + 1])
