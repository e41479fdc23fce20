"""The live controller follows a dragged goal and survives pushes; the viewer serves it."""

import signal
import socket
import subprocess
import sys
import threading
import time
import types
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import mujoco
import numpy as np
import pytest
from mujoco.studio import messages

from robo_ddpg.controller import Controller
from robo_ddpg.viewer.browser import Panel, Stepper
from robo_ddpg.viewer.live import FRAMES_PER_STEP, LEAST_S, LiveController
from tests.browser import Browser, browser

MOCAP = mujoco.mjtState.mjSTATE_MOCAP_POS


@pytest.fixture
def live() -> LiveController:
    return LiveController(Controller.find("reach"), seed=3)


def advance(live: LiveController, data: mujoco.MjData, seconds: float) -> None:
    for _ in range(round(seconds / live.frame_s)):
        live.frame(data)


def shown(live: LiveController) -> mujoco.MjData:
    data = mujoco.MjData(live.model)
    live.show(data)
    return data


def test_the_robot_follows_a_goal_that_is_dragged(live: LiveController) -> None:
    data = shown(live)
    for goal in ([0.35, -0.2, 0.3], [0.55, 0.25, 0.15]):
        data.mocap_pos[0] = goal
        advance(live, data, 2.0)
        assert live.status.success
        assert np.abs(data.site("tip").xpos - goal).max() < 0.02
        np.testing.assert_array_equal(data.mocap_pos[0], goal)


def test_a_push_is_felt_and_passes(live: LiveController) -> None:
    data = shown(live)
    data.mocap_pos[0] += 0.001  # from here on no new episode
    advance(live, data, 2.0)
    before = live.status.metrics["distance_m"]
    data.xfrc_applied[live.model.body("hand").id, :3] = (0, 250, 0)
    advance(live, data, 0.4)
    assert live.status.metrics["distance_m"] > before + 0.005
    data.xfrc_applied[:] = 0
    advance(live, data, 1.5)
    assert live.status.success


def test_a_new_episode_starts_when_the_time_is_up_unless_someone_plays(
    live: LiveController,
) -> None:
    data = shown(live)
    goal = data.mocap_pos.copy()
    advance(live, data, LEAST_S - 0.1)
    np.testing.assert_array_equal(data.mocap_pos, goal)
    advance(live, data, 0.2)
    assert not np.array_equal(data.mocap_pos, goal)
    data.mocap_pos[0] = (0.4, 0.1, 0.2)
    advance(live, data, LEAST_S + 1.0)
    np.testing.assert_array_equal(data.mocap_pos[0], (0.4, 0.1, 0.2))


def test_the_panel_has_what_the_task_reports(live: LiveController) -> None:
    advance(live, shown(live), 0.3)
    assert set(live.status.reward_terms) == {"near", "on_goal", "still"}
    assert "distance_m" in live.status.metrics and live.status.interventions >= 0


def test_frames_come_in_the_order_of_time(live: LiveController) -> None:
    data = shown(live)
    times = []
    for _ in range(3 * FRAMES_PER_STEP):
        live.frame(data)
        times.append(data.time)
    assert (np.diff(times) > 0).all()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served() -> Iterator[int]:
    """The port of `robo-ddpg watch reach`, which runs while the test does."""
    port = free_port()
    command = [sys.executable, "-m", "robo_ddpg", "watch", "reach", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout
            while "Local:" not in child.stdout.readline():
                assert child.poll() is None
            yield port
            child.send_signal(signal.SIGINT)
            assert child.wait(20) == 0
        finally:
            child.kill()


def test_the_viewer_serves_its_page_and_ends_cleanly_on_ctrl_c(served: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{served}/", timeout=20) as reply:
        assert b"<canvas" in reply.read()


@pytest.mark.slow
def test_a_browser_shows_the_scene_and_the_panel(served: int, tmp_path: Path) -> None:
    with browser() as window:
        window.open(f"http://127.0.0.1:{served}/", 900, 600)
        end = time.monotonic() + 90
        while time.monotonic() < end:
            shot = window.screenshot(tmp_path / "watch.png", whole_page=False)
            image = iio.imread(shot)[..., :3].astype(int)
            if len(np.unique(image[100:500:7, 400:800:7].reshape(-1, 3), axis=0)) > 100:
                break
        else:
            pytest.fail("the scene did not appear")
        assert window.complaints == []


TOLD = """
import sys, time
from robo_ddpg.controller import Controller
from robo_ddpg.viewer.live import LiveController
from robo_ddpg.viewer.browser import watch
live = LiveController(Controller.find("reach"), seed=3)
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
        for line in lines:
            if line.startswith("now "):
                self.now = np.array(line.split()[1:], float)

    def wait_for(self, condition: Callable[[np.ndarray], bool], what: str) -> np.ndarray:
        end = time.monotonic() + 120
        while not condition(self.now):
            assert time.monotonic() < end, f"{what}: {self.now}"
            time.sleep(0.05)
        return self.now


def drag_up(window: Browser, told: Told) -> np.ndarray:
    """Press, move up the screen, release; returns where the goal was after each move, (8, 3)."""
    held = {"button": "right", "modifiers": 2}
    x, y = 700.0, 400.0
    window.key("rawKeyDown", "Control", "ControlLeft", 17, modifiers=2)
    window.mouse("mouseMoved", x, y, modifiers=2)
    time.sleep(1.0)
    window.mouse("mousePressed", x, y, clickCount=1, buttons=2, **held)
    places = []
    for _ in range(8):
        y -= 4.0
        window.mouse("mouseMoved", x, y, buttons=2, **held)
        time.sleep(1.0)
        places.append(told.now[:3])
    window.mouse("mouseReleased", x, y, clickCount=1, **held)
    time.sleep(1.0)
    window.key("keyUp", "Control", "ControlLeft", 17)
    return np.array(places)


def rises(places: np.ndarray) -> bool:
    """Whether a goal was lifted step by step; a new episode would move it once, anywhere."""
    last = places[-5:]
    steps = np.diff(last[:, 2])
    return bool((steps >= 0).all() and (steps > 0).sum() >= 2 and np.ptp(last[:, 1]) < 0.01)


@pytest.mark.slow
def test_a_mouse_drags_the_goal_in_a_browser_and_the_robot_follows() -> None:
    port = free_port()
    command = [sys.executable, "-c", TOLD, str(port)]
    streams: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    with (
        subprocess.Popen(command, **streams) as child,
        browser() as window,
    ):
        try:
            assert child.stderr
            told = Told(child.stderr)
            told.wait_for(lambda now: bool(now.any()), "the viewer did not start")
            window.open(f"http://127.0.0.1:{port}/", 900, 600, scale=0.4)
            end = time.monotonic() + 200  # the page loads slowly where its graphics are software
            while not rises(drag_up(window, told)):
                assert time.monotonic() < end, "the goal cannot be dragged"
            dragged = told.now[:3]
            told.wait_for(lambda now: bool(now[3]) and now[4] < 0.02, "the robot did not follow")
            np.testing.assert_allclose(told.now[:3], dragged, atol=0.02)
        finally:
            child.kill()


def test_the_goal_is_selected_when_the_scene_appears(live: LiveController) -> None:
    panel = Panel(lambda: live.status)
    panel.viewer = types.SimpleNamespace(perturb=mujoco.MjvPerturb())
    event = messages.PostModelEvent(model=live.model, data=shown(live))
    panel.on_post_model(event)
    selected = live.model.body(panel.viewer.perturb.select)
    assert live.model.body_mocapid[selected.id] >= 0


def test_pause_and_reset_reach_the_controller(live: LiveController) -> None:
    data = shown(live)
    stepper = Stepper(live)
    paused = messages.StepControlSnapshot(pause_state=_paused(), speed=100.0)
    stepper.on_pause_state(paused)
    for _ in range(5):
        stepper.on_step(messages.StepEvent(model=live.model, data=data))
    assert data.time == 0.0


def test_the_viewer_gets_the_object_of_each_episode() -> None:
    live = LiveController(Controller.find("grasp"), seed=3)
    stepper, sizes = Stepper(live), []
    stepper.handle = _Handle(live.model, shown(live))
    for _ in range(2):
        stepper.on_reset(messages.ResetEvent())
        assert stepper.handle.model is live.model
        assert stepper.handle.data.time == 0.0
        sizes.append(live.model.geom("object").size[0])
    assert sizes[0] != sizes[1]


class _Handle:
    """Keeps what it is given, as the viewer's does."""

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        self.set_model(model, data)

    def set_model(self, model: mujoco.MjModel, data: mujoco.MjData) -> None:
        self.model, self.data = model, data


def _paused() -> object:
    from mujoco.studio.sim import PauseState

    return PauseState.NORMAL_PAUSED


def test_a_port_that_is_taken_is_one_line_and_exit_code_2() -> None:
    with socket.socket(socket.AF_INET6) as other:
        other.bind(("::", 0))
        other.listen()
        port = str(other.getsockname()[1])
        command = [sys.executable, "-m", "robo_ddpg", "watch", "reach", "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("robo-ddpg: the viewer cannot start")
    assert "Traceback" not in ended.stderr
