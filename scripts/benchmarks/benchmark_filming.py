"""Filming beside a bare `mujoco.Renderer` loop over the same states, in turn in one run."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.controller import Controller
from robo_ddpg.envs.registration import make_task_of
from robo_ddpg.recording.recorder import record_episodes
from robo_ddpg.recording.recording import Recording
from robo_ddpg.recording.video import render_recordings

SIZES = ((640, 480), (1280, 720))
WANTED = 0.9

Times = NDArray[np.float64]


def film(recording: Recording, model: mujoco.MjModel, size: tuple[int, int], overlay: bool) -> None:
    """Write a video, encoding included."""
    width, height = size
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.mp4")
        render_recordings([recording], model, path, width=width, height=height, overlay=overlay)


def render_bare(recording: Recording, model: mujoco.MjModel, size: tuple[int, int]) -> None:
    """Render every state and throw the pictures away."""
    width, height = size
    data = mujoco.MjData(model)
    mujoco.mj_setState(model, data, recording.initial, mujoco.mjtState.mjSTATE_INTEGRATION)
    with mujoco.Renderer(model, height, width) as renderer:
        for state in recording.states:
            mujoco.mj_setState(model, data, state, mujoco.mjtState.mjSTATE_FULLPHYSICS)
            mujoco.mj_forward(model, data)
            renderer.update_scene(data, "front")
            assert np.any(renderer.render())


def _timed(loop: Callable[..., None], *arguments: object) -> Times:
    wall, processor = time.perf_counter(), time.process_time()
    loop(*arguments)
    return np.array([time.perf_counter() - wall, time.process_time() - processor])


def measure(
    recording: Recording, model: mujoco.MjModel, size: tuple[int, int], rounds: int
) -> tuple[float, Times]:
    """Time both sides in turn.

    Returns:
        Frames per second of the bare renderer, and the bare renderer's times over those of filming,
        (rounds, [without, with overlay], [wall, processor]).
    """
    film(recording, model, size, overlay=True)  # the first use of a driver compiles its shaders
    ratios, bare_s = [], []
    for _ in range(rounds):
        before = _timed(render_bare, recording, model, size)
        ours = np.array(
            [_timed(film, recording, model, size, overlay) for overlay in (False, True)]
        )
        after = _timed(render_bare, recording, model, size)
        ratios.append((before + after) / 2 / ours)
        bare_s += [before[0], after[0]]
    return len(recording.states) / float(np.median(bare_s)), np.array(ratios)


def main() -> int:
    """Print a line per size, without and with overlay; exit code 1 if a median is too low."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", default="reach", help="whose shipped controller is filmed")
    parser.add_argument("--rounds", type=int, default=7, help="each side is timed so often")
    parser.add_argument("--seconds", type=float, default=2.5, help="length of the episode")
    options = parser.parse_args()
    controller = Controller.find(options.task)
    (recording,) = record_episodes(controller, episodes=1, episode_s=options.seconds)
    model = make_task_of(recording.task).model
    medians = []
    for size in SIZES:
        frame_rate, ratios = measure(recording, model, size, options.rounds)
        print(f"{size[0]}x{size[1]}, bare renderer {frame_rate:.1f} frames/s; filming over it:")
        for label, column in zip(
            ("without overlay", "with overlay"), ratios[:, :, 0].T, strict=True
        ):
            medians.append(float(np.median(column)))
            print(f"  {label:17}{medians[-1]:.2f} ({column.min():.2f} to {column.max():.2f})")
        shares = ", ".join(f"{share:.2f}" for share in np.median(ratios[:, :, 1], axis=0))
        print(f"  the same by processor time: {shares}", flush=True)
    return int(min(medians) < WANTED)


if __name__ == "__main__":
    sys.exit(main())
