"""Attacks the safety filter, and says what it let through and what it costs.

`make bench-safety`, or `python scripts/benchmarks/benchmark_safety.py --steps 1e5` for a taste.
What the arm is commanded to do follows from the actions alone, so most steps leave out the physics;
a part runs with it, in free space, to see what the simulated arm makes of the commands.
"""

import argparse
import dataclasses
import json
import math
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from adversaries import ADVERSARIES, FAST, trained
from commanded import LIMITS, CommandCheck
from filter_cost import filter_cost
from numpy.typing import NDArray
from safety_learning import learning

from robo_ddpg.control.arm.monitor import LIMITS as ACTUAL_LIMITS
from robo_ddpg.envs.registration import make_task
from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.process.processors import available_processors
from robo_ddpg.runs.directory import RunDirectory
from robo_ddpg.training.progress import SilentProgress
from robo_ddpg.training.settings import TrainSettings
from robo_ddpg.training.start import train
from robo_ddpg.training.task_defaults import train_settings

MODES: dict[str, dict[str, Any]] = {
    "joint": {"action": "joint"},
    "joint, 3 rad/s": {"action": "joint", "step_rad": 0.15},
    "end-effector": {"action": "end-effector", "step_m": 0.03},
}
"""Action modes; in the second, full action asks for more than any joint may do, and in the
third for twice the usual step."""
LEARNED = "trained for joint speed"
EPISODE_STEPS = 100
"""Control steps from the start pose on; twice those of reach's own episodes."""
CHUNK_STEPS = 200_000
"""Control steps that one process does at a time."""
PHYSICS_SHARE = 0.02
"""Control steps with physics, as a share of all others."""
Key = tuple[str, str, bool]
OUT = Path(__file__).resolve().parents[2] / "docs" / "safety.json"


@dataclass(frozen=True)
class Attack:
    """Episodes of one adversary, reproduced by their seed."""

    mode: str
    """Key of `MODES`."""
    adversary: str
    """Key of `ADVERSARIES`, or `LEARNED`."""
    physics: bool
    """Whether the arm is simulated, or only its commands are."""
    seed: int
    """Fixes every random number."""
    simulations: int
    """Arms at once."""
    episodes: int
    """Episodes of each."""
    controller: str = ""
    """File of the trained adversary."""
    task: str = "reach"
    """Whose arm is attacked."""
    robot: str = ""
    """The .toml of another arm that is attacked."""

    @property
    def key(self) -> Key:
        """Attacks of the same kind have the same."""
        return self.mode, self.adversary, self.physics

    @property
    def steps(self) -> int:
        """Control steps."""
        return self.simulations * self.episodes * EPISODE_STEPS


@dataclass
class Findings:
    """What an attack, or several, came to."""

    steps: int = 0
    """Control steps."""
    altered: int = 0
    """Those whose action the filter altered."""
    violations: NDArray[np.int_] = dataclasses.field(
        default_factory=lambda: np.zeros(len(LIMITS), int)
    )
    """Control steps with a commanded violation, per limit."""
    commanded: NDArray[np.float64] = dataclasses.field(
        default_factory=lambda: np.full(len(LIMITS), -np.inf)
    )
    """Worst commanded overshoot relative to the limit, negative if kept."""
    actual: NDArray[np.float64] = dataclasses.field(
        default_factory=lambda: np.zeros(len(ACTUAL_LIMITS))
    )
    """Worst overshoot of the simulated arm [rad, rad/s, m/s, m]; 0 if kept."""

    def add(self, other: "Findings") -> None:
        """Take in what another attack came to."""
        self.steps += other.steps
        self.altered += other.altered
        self.violations = self.violations + other.violations
        self.commanded = np.maximum(self.commanded, other.commanded)
        self.actual = np.maximum(self.actual, other.actual)


def run(attack: Attack) -> Findings:
    """Carry out an attack."""
    task = make_task(attack.task, robot=attack.robot, **MODES[attack.mode])
    task.model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONTACT  # free space
    simulation = Simulation(task, attack.simulations, threads=1)
    seeds = np.random.SeedSequence(attack.seed).spawn(attack.simulations + 1)
    *simulation.rngs, rng = map(np.random.default_rng, seeds)
    adversary = trained(attack.controller) if attack.controller else ADVERSARIES[attack.adversary]
    check = CommandCheck(simulation)
    found = Findings()
    for _ in range(attack.episodes):
        observation = simulation.reset(np.arange(attack.simulations))
        check.restart()
        actor = adversary(simulation, rng)
        for step in range(EPISODE_STEPS):
            action = actor(step, observation)
            if attack.physics:
                observation = simulation.step(action).observation
            else:
                simulation.command(action)
            sizes = np.stack(list(simulation.interventions.altered.values()))
            found.altered += int((sizes > 0).any(0).sum())
            check.add()
        worst = np.stack(list(simulation.interventions.violations().values())).max(1)
        found.actual = np.maximum(found.actual, worst)
    found.steps, found.violations, found.commanded = check.steps, check.counts, check.overshoots
    return found


def attacks(steps: int, learned: dict[str, str]) -> Iterator[Attack]:
    """All attacks, so many steps altogether or a few more, and the physics' share of them on top.

    Args:
        steps: control steps without physics.
        learned: mode -> file of the adversary trained for it.
    """
    each = steps / (len(MODES) * len(ADVERSARIES))
    with_physics = PHYSICS_SHARE * steps / (len(MODES) * (len(ADVERSARIES) + 1))
    for mode in MODES:
        for adversary in ADVERSARIES:
            yield from _chunks(mode, adversary, False, each)
            yield from _chunks(mode, adversary, True, with_physics)
        yield from _chunks(mode, LEARNED, True, with_physics, learned[mode])


def _chunks(
    mode: str, adversary: str, physics: bool, steps: float, controller: str = ""
) -> Iterator[Attack]:
    """At least 20 arms, for the 20 periods of bang-bang."""
    chunks = max(1, round(steps / CHUNK_STEPS))
    arms = steps / chunks / EPISODE_STEPS
    episodes = math.ceil(arms / (64 if physics else 500))
    simulations = max(20, math.ceil(arms / episodes))
    for seed in range(chunks):
        yield Attack(mode, adversary, physics, seed, simulations, episodes, controller)


def train_adversary(mode: str, transitions: int, directory: str, task: str, robot: str) -> str:
    """Train an actor to move the joints as fast as it can; returns its file."""
    run_directory = RunDirectory(Path(directory) / mode.replace("/", " per "))
    settings = TrainSettings(
        task=FAST[task],
        agent=train_settings(task).agent,
        steps=transitions,
        evaluate_every=transitions,
        evaluation_episodes=5,
        environment=MODES[mode] | {"robot": robot},
    )
    train(settings, run_directory, SilentProgress())
    return str(run_directory.controller)


def train_all(
    pool: ProcessPoolExecutor, steps: int, directory: str, task: str, robot: str
) -> dict[str, str]:
    """Train an adversary for each mode; their files."""
    _progress("training adversaries")
    transitions = int(np.clip(steps / 100, 6_000, 20_000))
    same = map(repeat, (transitions, directory, task, robot))
    files = pool.map(train_adversary, MODES, *same)
    return dict(zip(MODES, files, strict=True))


def attack_all(pool: ProcessPoolExecutor, todo: list[Attack], out: Path) -> dict[Key, Findings]:
    """Carry out attacks on all cores; findings by mode, adversary and physics.

    Args:
        pool: the cores.
        todo: the attacks.
        out: file that what was found so far is kept in, should this process or a core die.
    """
    found = {attack.key: Findings() for attack in todo}
    running = {pool.submit(run, attack): attack for attack in todo}
    total, done = sum(attack.steps for attack in todo), 0
    for future in as_completed(running):
        attack, result = running[future], future.result()
        done += attack.steps
        _progress(f"{100 * done / total:3.0f} % of {total:,} steps")
        for limit, count in zip(LIMITS, result.violations, strict=True):
            if count:
                _say(f"\n{limit} violated {count} times by {attack}")
        found[attack.key].add(result)
        write(out, list(rows({key: each for key, each in found.items() if each.steps})))
    _progress("")
    return found


def rows(found: dict[Key, Findings]) -> Iterator[dict[str, Any]]:
    """The findings as JSON-compatible values."""
    for (mode, adversary, physics), result in found.items():
        yield {
            "mode": mode,
            "adversary": adversary,
            "physics": physics,
            "steps": result.steps,
            "altered": result.altered / result.steps,
            "commanded_violations": dict(zip(LIMITS, result.violations.tolist(), strict=True)),
            "commanded_overshoot": dict(zip(LIMITS, result.commanded.tolist(), strict=True)),
            "actual_overshoot": dict(zip(ACTUAL_LIMITS, result.actual.tolist(), strict=True))
            if physics
            else None,
        }


def write(out: Path, results: list[dict[str, Any]], **besides: Any) -> dict[str, Any]:
    """Write a file of findings, with their summary and what there is besides; returns it."""
    result = {"summary": summary(results), "attacks": results, **besides}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n")
    return result


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Steps, with and without physics, and how often limits were violated by commands."""
    return {
        "steps": sum(row["steps"] for row in results),
        "steps_with_physics": sum(row["steps"] for row in results if row["physics"]),
        "commanded_violations": sum(
            count for row in results for count in row["commanded_violations"].values()
        ),
    }


def table(results: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Lines of text."""
    names = {"joint_position": "pos", "joint_velocity": "vel", "joint_acceleration": "acc"}
    names |= {"joint_jerk": "jerk", "hand_speed": "hand", "workspace": "space"}
    heads = "".join(f"{names[limit]:>6}" for limit in LIMITS)
    actual = f"{'pos mrad':>10}{'vel mrad/s':>12}{'hand mm/s':>11}{'space mm':>10}"
    yield f"{'':44}{'':10}{'':9}  commanded violations{'':15}  worst overshoot of the simulated arm"
    yield f"{'mode':16}{'adversary':28}{'steps':>10}{'altered':>9}{heads}{actual}"
    for row in results:
        counts = "".join(f"{n:6}" for n in row["commanded_violations"].values())
        text = f"{row['mode']:16}{row['adversary']:28}{row['steps']:10,}{row['altered']:9.1%}"
        if row["actual_overshoot"]:
            widths = zip((10, 12, 11, 10), row["actual_overshoot"].values(), strict=True)
            counts += "".join(f"{1000 * value:{width}.2f}" for width, value in widths)
        yield text + counts


def main() -> int:
    """Run everything and write docs/safety.json; 1 if a limit was violated."""
    options = _options()
    start, steps = time.monotonic(), int(options.steps)
    arm = {"task": options.task, "robot": options.robot}
    out = options.out or (Path(options.robot).with_suffix(".safety.json") if options.robot else OUT)
    cores = ProcessPoolExecutor(available_processors(), get_context("spawn"))
    with tempfile.TemporaryDirectory() as directory, cores as pool:
        learned = train_all(pool, steps, directory, **arm)
        todo = [dataclasses.replace(attack, **arm) for attack in attacks(steps, learned)]
        results = list(rows(attack_all(pool, todo, out)))
    besides: dict[str, Any] = {"cost": filter_cost(**arm)}
    for line in table(results):
        _say(line)
    result = write(out, results, **besides)
    _say(
        "{commanded_violations} commanded violations in {steps:,} steps".format(**result["summary"])
    )
    for mode, cost in result["cost"].items():
        _say(f"filter's share of a step of 64 simulations, {mode}: {cost['share']:.1%}")
    if options.learning:
        besides["learning"] = learning()
        for row in besides["learning"]:
            _say(str(row))
    besides["seconds"] = round(time.monotonic() - start, 1)
    write(out, results, **besides)
    _say(f"{besides['seconds']} s, {out}")
    return int(result["summary"]["commanded_violations"] > 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--steps", type=float, default=1e7, help="control steps without physics")
    parser.add_argument("--learning", action="store_true", help="also learn with and without it")
    parser.add_argument("--task", default="reach", choices=FAST, help="whose arm is attacked")
    parser.add_argument("--robot", default="", help="attack the arm of this .toml of adopt's")
    parser.add_argument("--out", type=Path, help="JSON file to write; docs/safety.json, or .toml's")
    return parser.parse_args()


def _progress(text: str) -> None:
    sys.stderr.write(f"\r{text:40}")
    sys.stderr.flush()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
