"""Draw what docs/benchmarks.json knows of HalfCheetah-v5 into docs/halfcheetah.png."""

import json
from pathlib import Path

import matplotlib.pyplot as plt

DOCS = Path(__file__).resolve().parents[2] / "docs"
COLORS = {"robo_ddpg": "#0b6bcb", "SB3 TD3": "#d9822b", "SB3 SAC": "#7a8794"}


def main() -> None:
    """One curve per run, one colour per learner."""
    task = "HalfCheetah-v5"
    runs = json.loads((DOCS / "benchmarks.json").read_text())[task]["runs"]
    figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
    for learner, color in COLORS.items():
        own = [run for run in runs if run["learner"] == learner]
        seeds = ", ".join(str(run["seed"]) for run in own)
        for k, run in enumerate(own):
            minutes = [seconds / 60 for seconds, _ in run["curve"]]
            returns = [value for _, value in run["curve"]]
            label = f"{learner}, seed {seeds}" if k == 0 else None
            axes.plot(minutes, returns, color=color, linewidth=1.5, alpha=0.8, label=label)
    for threshold in (5000, 8000):
        axes.axhline(threshold, color="#c5cdd6", linewidth=1, linestyle="--", zorder=0)
    axes.set(
        xlabel="training time on two CPU cores [min]",
        ylabel="return, mean of 10 episodes",
        title=f"{task}, evaluated in Gymnasium's unmodified environment",
        xlim=(0, 10),
    )
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(DOCS / "halfcheetah.png", dpi=110)


if __name__ == "__main__":
    main()
