"""A browser shows the scene, and a mouse drags the goal."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from tests.browser import Browser, browser
from tests.viewer.serving import own_port, python, watch

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def wait_for_scene(window: Browser, path: Path) -> None:
    """Until there are many colours in the middle of the window: graphics in software are slow."""
    end = time.monotonic() + 400
    colours = 0
    while colours < 100:
        assert time.monotonic() < end, f"the scene did not appear: {colours} colours"
        image = iio.imread(window.screenshot(path, whole_page=False))[..., :3]
        height, width = image.shape[:2]
        middle = image[height // 6 : height * 5 // 6, width // 4 : width // 2]
        step = height // 80
        colours = len(np.unique(middle[::step, ::step].reshape(-1, 3), axis=0))


ASKED = "parseFloat(document.querySelector('.asked').textContent)"
MEASURED = ASKED.replace("asked", "measured")
"""What the page says of the first number of the command."""


def press(window: Browser, key: str, number: int, times: int) -> None:
    for _ in range(times):
        window.key("rawKeyDown", key, key, number)
        window.key("keyUp", key, key, number)


def wait_for_robot(window: Browser, path: Path) -> None:
    """Until the colour of the robot's joints is in the middle of the scene."""
    end, seen = time.monotonic() + 240, 0
    while seen < 10:
        assert time.monotonic() < end, f"the robot is not in the picture: {seen} pixels"
        image = iio.imread(window.screenshot(path, whole_page=False))[..., :3].astype(int)
        height, width = image.shape[:2]
        middle = image[height // 6 : height * 5 // 6, : width * 2 // 3]
        red, green, blue = np.moveaxis(middle, -1, 0)
        seen = int(((red > 120) & (red > green + 40) & (green > blue + 25)).sum())


def test_keys_change_the_command_and_the_camera_follows_the_robot(tmp_path: Path) -> None:
    with (
        watch("-m", "robo_ddpg", controller="locomotion-quadruped") as (port, _),
        browser() as window,
    ):
        window.open(f"http://127.0.0.1:{port}/", 900, 600, scale=0.4)
        window.wait_for(f"Math.abs({MEASURED}) > 0")  # the robot waits until it is seen
        press(window, "0", 48, 1)
        window.wait_for(f"{ASKED} === 0")
        press(window, "ArrowUp", 38, 8)
        window.wait_for(f"Math.abs({ASKED} - 0.8) < 0.01")
        window.wait_for(f"{MEASURED} > 0.6")
        window.evaluate("order('speed/4')")  # to where it would long have left a standing camera
        time.sleep(2.0)
        assert window.evaluate(ASKED) == 0.8
        window.evaluate("navigator.getGamepads = () => [null, {axes: [0, -0.5, 0, 0]}]")
        window.wait_for(f"{ASKED} === 0.5")
        wait_for_robot(window, tmp_path / "follows.png")
        assert window.complaints == []


MOUSE = 300.0, 400.0
"""Where drags start, in the scene [pixel]."""
TOLD = """
import sys, time
from robo_ddpg.controller import Controller
from robo_ddpg.viewer import live as rules
from robo_ddpg.viewer.browser import watch
rules.LEAST_S = float("inf")  # episodes start on demand only
live = rules.LiveController(Controller.find("reach"), seed=3)
def told():
    goal, status = live._goal[0][0], live.status
    values = (*goal, float(status.success), status.metrics.get("distance_m", 1.0))
    sys.stderr.write(f"now {' '.join(map(str, values))}\\n")
    time.sleep(0.02)
    return False
watch(live, port=int(sys.argv[1]), stop=told)
"""


class Told:
    """What a viewer in another process says of its goal and its robot."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.now = np.zeros(5)
        """Goal's position, whether the task is solved, distance to the goal."""
        threading.Thread(target=self._listen, args=(lines,), daemon=True).start()

    def _listen(self, lines: Iterable[str]) -> None:
        with contextlib.suppress(ValueError):  # the test has ended and closed the pipe
            for line in lines:
                if line.startswith("now "):
                    self.now = np.array(line.split()[1:], float)

    def becomes(self, condition: Callable[[np.ndarray], bool], seconds: float = 240) -> bool:
        """Wait for a condition; returns whether it came true in time."""
        end = time.monotonic() + seconds
        while not condition(self.now) and time.monotonic() < end:
            time.sleep(0.02)
        return condition(self.now)


def drag_up(window: Browser, told: Told, pause_s: float) -> np.ndarray:
    """Press, move up the screen, release.

    Args:
        pause_s: time for the viewer to notice each of these.

    Returns:
        Where the goal was at first and after each movement, (9, 3).
    """
    held = {"button": "right", "modifiers": 2}
    x, y = MOUSE
    places = [told.now[:3]]
    window.key("rawKeyDown", "Control", "ControlLeft", 17, modifiers=2)
    window.mouse("mouseMoved", x, y, modifiers=2)
    time.sleep(pause_s)
    window.mouse("mousePressed", x, y, clickCount=1, buttons=2, **held)
    for _ in range(8):
        y -= 4.0
        window.mouse("mouseMoved", x, y, buttons=2, **held)
        time.sleep(pause_s)
        places.append(told.now[:3])
    window.mouse("mouseReleased", x, y, clickCount=1, **held)
    time.sleep(pause_s)
    window.key("keyUp", "Control", "ControlLeft", 17)
    return np.array(places)


def rises(places: np.ndarray) -> bool:
    """Whether a goal was lifted step by step, and not torn away by a mouse from far off."""
    steps = np.diff(places, axis=0)
    return bool(
        (steps[:, 2] >= 0).all() and (steps[:, 2] > 0).sum() >= 2 and np.abs(steps).max() < 0.05
    )


def start_anew(window: Browser, told: Told, pause_s: float) -> None:
    """Start new episodes until the robot has reached the goal of one."""
    solved = False
    while not solved:
        window.key("rawKeyDown", "Backspace", "Backspace", 8)
        time.sleep(pause_s)
        window.key("keyUp", "Backspace", "Backspace", 8)
        solved = told.becomes(lambda now: bool(now[3]), 20 * pause_s)


def drags(window: Browser, told: Told) -> bool:
    """Whether a drag is felt, tried with ever more patience."""
    for pause_s in (0.5, 1, 2, 4, 8, 16):
        if rises(drag_up(window, told, pause_s)):
            return True
        start_anew(window, told, pause_s)
    return False


def test_a_mouse_drags_the_goal_in_a_browser_and_the_robot_follows(tmp_path: Path) -> None:
    with (
        own_port() as port,
        python("-c", TOLD, str(port), stderr=subprocess.PIPE) as child,
        browser() as window,
    ):
        assert child.stderr
        told = Told(child.stderr)
        assert told.becomes(lambda now: bool(now.any())), "the viewer did not start"
        window.open(f"http://127.0.0.1:{port}/", 900, 600, scale=0.4)
        window.mouse("mouseMoved", *MOUSE)
        wait_for_scene(window, tmp_path / "watch.png")
        assert told.becomes(lambda now: bool(now[3])), "the robot did not reach its first goal"
        assert drags(window, told), "the goal cannot be dragged"
        goal = told.now[:3]
        assert told.becomes(
            lambda now: bool(now[3]) and now[4] < 0.02 and np.abs(now[:3] - goal).max() < 0.02
        ), f"the robot did not follow to {goal}: {told.now}"
