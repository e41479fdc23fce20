"""Evaluation beside Stable-Baselines3's, and filming beside a bare renderer; prints two ratios."""

import tempfile
import time
from pathlib import Path
from typing import Any

import gymnasium
import mujoco
import numpy as np
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor

import robo_ddpg
from robo_ddpg.controller import Controller, make_task_of
from robo_ddpg.evaluation import SEED
from robo_ddpg.recording import Recording
from robo_ddpg.video import render_recordings

EPISODES = 100
ROUNDS = 3
"""Each side is timed so often, in turn; the best time counts, as others may use the machine."""
WIDTH, HEIGHT = 640, 480


class _Policy:
    """A controller as `evaluate_policy` wants it."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def predict(self, observation: Any, **_: Any) -> tuple[Any, None]:
        return self._controller.act(observation), None


def evaluation_speeds(controller: Controller) -> tuple[float, float]:
    """Episodes per second of `robo_ddpg.evaluate` and of `evaluate_policy`, the same episodes."""
    ours, theirs = [], []
    env = Monitor(gymnasium.make("robo_ddpg/Reach-v0"))
    for _ in range(ROUNDS):
        start = time.perf_counter()
        robo_ddpg.evaluate(controller, episodes=EPISODES)
        ours.append(EPISODES / (time.perf_counter() - start))
        start = time.perf_counter()
        env.reset(seed=SEED)
        evaluate_policy(_Policy(controller), env, n_eval_episodes=EPISODES)  # type: ignore[arg-type]
        theirs.append(EPISODES / (time.perf_counter() - start))
    env.close()
    return max(ours), max(theirs)


def filming_speeds(controller: Controller) -> tuple[float, float]:
    """Frames per second of a written video and of a bare `mujoco.Renderer`, the same states."""
    (recording,) = robo_ddpg.record_episodes(controller, episodes=1)
    model = make_task_of(recording.task).model
    ours, theirs = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as directory:
            start = time.perf_counter()
            video = Path(directory, "a.mp4")
            info = render_recordings([recording], model, video, width=WIDTH, height=HEIGHT)
            ours.append(info.frames / (time.perf_counter() - start))
        start = time.perf_counter()
        frames = _render_bare(recording, model)
        theirs.append(frames / (time.perf_counter() - start))
    return max(ours), max(theirs)


def _render_bare(recording: Recording, model: mujoco.MjModel) -> int:
    """Render every state and throw the pictures away."""
    data = mujoco.MjData(model)
    mujoco.mj_setState(model, data, recording.initial, mujoco.mjtState.mjSTATE_INTEGRATION)
    shown = 0
    with mujoco.Renderer(model, HEIGHT, WIDTH) as renderer:
        for state in recording.states:
            mujoco.mj_setState(model, data, state, mujoco.mjtState.mjSTATE_FULLPHYSICS)
            mujoco.mj_forward(model, data)
            renderer.update_scene(data, "front")
            shown += int(np.any(renderer.render()))
    return shown


def main() -> None:
    """Print both ratios."""
    controller = Controller.find("reach")
    ours, theirs = evaluation_speeds(controller)
    print(
        f"evaluation: {ours:.0f} episodes/s, evaluate_policy {theirs:.1f}, "
        f"ratio {ours / theirs:.1f} (wanted: at least 5)"
    )
    ours, theirs = filming_speeds(controller)
    print(
        f"filming {WIDTH}x{HEIGHT}: {ours:.1f} frames/s, bare renderer {theirs:.1f}, "
        f"ratio {ours / theirs:.2f} (wanted: at least 0.9)"
    )


if __name__ == "__main__":
    main()
