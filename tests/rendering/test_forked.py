"""A process that was forked from one that had rendered gets an error where it would hang."""

import subprocess
import sys

import pytest

FORKS = """
import os
import mujoco
from robo_ddpg.errors import RenderingError
from robo_ddpg.rendering.renderer import FrameRenderer

model = mujoco.MjModel.from_xml_string("<mujoco><worldbody><light/></worldbody></mujoco>")
data = mujoco.MjData(model)
mujoco.mj_forward(model, data)

def picture(renderer):
    try:
        with renderer or FrameRenderer(model, 8, 8) as used:
            return f"a picture {used.render(data).shape}"
    except RenderingError as error:
        return str(error)

def in_a_child(renderer):
    if child := os.fork():
        os.waitpid(child, 0)
    else:
        print(picture(renderer), flush=True)
        os._exit(0)

in_a_child(None)
before = FrameRenderer(model, 8, 8)
in_a_child(before)
in_a_child(None)
print(picture(before))
"""


@pytest.fixture(scope="module")
def said() -> list[str]:
    """Of a child before the first picture, one with a renderer, one with its own, the parent."""
    ended = subprocess.run(
        [sys.executable, "-c", FORKS], capture_output=True, text=True, timeout=60, check=True
    )
    return ended.stdout.splitlines()


def test_it_says_how_to_start_the_process_instead(said: list[str]) -> None:
    _, inherited, new, _ = said
    assert "forked from one that had rendered" in inherited
    assert "get_context('spawn')" in inherited
    assert new == inherited


def test_a_child_from_before_the_first_picture_and_the_parent_render(said: list[str]) -> None:
    before, _, _, parent = said
    assert before == parent == "a picture (8, 8, 3)"
