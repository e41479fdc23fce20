"""Draws docs/safety.png: two joints under bang-bang actions, with and without the safety filter."""

import argparse
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from robo_ddpg.envs.registration import make_task
from robo_ddpg.envs.simulation import Simulation
from tasks.arm.robot import PANDA
from tasks.arrays import Array

JOINTS = {"Joint 5, forearm": 4, "Joint 7, wrist": 6}
"""Which joints are drawn."""
SIGNS = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0])
"""The action that the actor starts with."""
PERIOD = 36
"""The actor turns round after so many control steps."""
STEP_RAD = 0.2
"""Displacement that full action asks for per control step [rad], beyond what the joints may do."""
STEPS = 108
"""Control steps."""
WITH, WITHOUT, OUTSIDE = "#1f5fa8", "#e07b39", "#c8ccd2"
"""Colours."""
OUT = Path(__file__).resolve().parents[2] / "docs" / "safety.png"


def motion(safety: bool) -> tuple[Array, Array, Array]:
    """What the simulated arm does at every physics step.

    Returns:
        Times [s], (t,), positions [rad] and velocities [rad/s], (t, j) each.
    """
    settings: Any = {"action": "joint", "step_rad": STEP_RAD, "safety": safety}
    task = make_task("reach", start_noise_rad=0.0, **settings)
    simulation = Simulation(task, 1, threads=1)
    states = []
    for step in range(STEPS):
        sign = 1.0 if step // PERIOD % 2 else -1.0
        simulation.step(sign * SIGNS[None])
        states += [simulation.motion_at(0, k).copy() for k in range(task.substeps)]
    rows, nq = np.array(states), task.model.nq
    times = np.arange(1.0, len(rows) + 1) * task.settings.timestep_s
    return times, rows[:, : len(PANDA.joints)], rows[:, nq : nq + len(PANDA.joints)]


def draw(path: Path) -> None:
    """Simulate, draw and write the picture."""
    plt.rcParams.update({"font.family": "DejaVu Sans", "font.size": 11, "axes.spines.top": False})
    figure, axes = plt.subplots(2, 2, figsize=(11, 5.4), dpi=150, sharex=True)
    model = make_task("reach").model
    ranges = np.array([model.joint(name).range for name in PANDA.joints])
    speeds = np.array(PANDA.limits.velocity_rad_s)
    runs = {False: motion(False), True: motion(True)}
    for column, (title, joint) in enumerate(JOINTS.items()):
        position, velocity = axes[0, column], axes[1, column]
        position.set_title(title, loc="left", fontweight="bold", fontsize=12)
        for safety, (times, positions, velocities) in runs.items():
            _line(position, times, positions[:, joint], safety)
            _line(velocity, times, velocities[:, joint], safety)
        _limits(position, *ranges[joint])
        _limits(velocity, -speeds[joint], speeds[joint])
        velocity.set_xlabel("time [s]")
    axes[0, 0].set_ylabel("position [rad]")
    axes[1, 0].set_ylabel("velocity [rad/s]")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(
        handles[::-1],
        labels[::-1],
        loc="upper left",
        ncols=3,
        frameon=False,
        fontsize=12,
        bbox_to_anchor=(0.055, 1.005),
    )
    figure.tight_layout(rect=(0, 0, 1, 0.93))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    plt.close(figure)


def _line(axis: Any, times: Array, values: Array, safety: bool) -> None:
    label = "with the safety filter" if safety else "without"
    axis.plot(
        times,
        values,
        color=WITH if safety else WITHOUT,
        linewidth=2.2 if safety else 1.4,
        label=label,
        zorder=3 if safety else 2,
    )


def _limits(axis: Any, low: float, high: float) -> None:
    """Shade what is out of bounds, and leave room to see it."""
    data_low, data_high = axis.dataLim.intervaly
    room = 0.15 * (high - low)
    beyond = max(0.0, low - data_low, data_high - high) + room
    bottom, top = low - beyond, high + beyond
    axis.axhspan(bottom, low, color=OUTSIDE, alpha=0.55, linewidth=0, zorder=0)
    axis.axhspan(high, top, color=OUTSIDE, alpha=0.55, linewidth=0, zorder=0, label="out of bounds")
    axis.set_ylim(bottom, top)
    axis.margins(x=0)
    axis.spines["right"].set_visible(False)


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="PNG file to write")
    draw(parser.parse_args().out)


if __name__ == "__main__":
    main()
