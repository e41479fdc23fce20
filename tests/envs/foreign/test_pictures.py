"""Pictures of environments that draw themselves, wherever they are stepped."""

import json
import sys

import numpy as np
import pytest

from robo_ddpg.envs.foreign.make import foreign_environment
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.errors import EnvironmentFailure, RenderingError


@pytest.mark.parametrize("python", [None, sys.executable])
def test_each_simulation_gives_its_own_picture(python: str | None) -> None:
    env = foreign_environment("toys:SeedPainted", 2, python=python, pictures=True)
    env.reset(seed=[1, 3])
    env.step(np.zeros((2, 1)))
    env.step(np.zeros((2, 1)))
    pictures = [env.picture(i) for i in (0, 1)]
    assert env.frames_per_second == 10.0
    env.close()
    assert [(p.shape, str(p.dtype)) for p in pictures] == [((30, 40, 3), "uint8")] * 2
    assert [p[0, 0].tolist() for p in pictures] == [[50] * 3, [100] * 3]
    assert [(p > 0).any(axis=(0, 2)).sum() for p in pictures] == [8, 16]


def test_with_pictures_the_episode_is_the_same() -> None:
    batch, drawn = (foreign_environment("Hopper-v5", 1, pictures=on) for on in (False, True))
    np.testing.assert_array_equal(batch.reset(seed=3)[0], drawn.reset(seed=3)[0])
    assert drawn.frames_per_second == 125.0
    for env in (batch, drawn):
        env.close()


@pytest.mark.parametrize("python", [None, sys.executable])
def test_without_pictures_the_modes_it_has_are_named(python: str | None) -> None:
    with pytest.raises(RenderingError, match=r"toys:Unpaintable gives no .* it has human, ansi;"):
        foreign_environment("toys:Unpaintable", 1, python=python, pictures=True)
    with pytest.raises(RenderingError, match="it has none; name it in metadata"):
        foreign_environment("toys:Toy", 1, python=python, pictures=True)


def test_a_vector_environment_is_refused() -> None:
    with pytest.raises(RenderingError, match="toys:Counters is a vector environment"):
        foreign_environment("toys:Counters", 1, pictures=True)


@pytest.mark.parametrize("python", [None, sys.executable])
def test_what_is_no_picture_is_named(python: str | None) -> None:
    env = GuardedEnvironment(foreign_environment("toys:Scribbled", 1, python=python, pictures=True))
    env.reset(seed=0)
    with pytest.raises(EnvironmentFailure, match=r"after step 0: .* shape \(30, 40\) and type fl"):
        env.picture(0)
    env.close()


def test_who_fails_to_draw_says_when_and_why() -> None:
    env = GuardedEnvironment(foreign_environment("toys:Spilled", 1, pictures=True))
    env.reset(seed=0)
    env.step(np.zeros((1, 1)))
    env.picture(0)
    env.step(np.zeros((1, 1)))
    with pytest.raises(EnvironmentFailure, match=r"picture after step 2: OSError: the paint is"):
        env.picture(0)
    env.close()


def test_what_is_not_made_to_draw_says_so() -> None:
    env = foreign_environment("toys:Painted", 1, python=sys.executable)
    with pytest.raises(RenderingError, match="not made to give pictures"):
        env.picture(0)
    assert json.dumps(env.describe())
    env.close()
