"""`robo-ddpg check`."""

import dataclasses
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import Positional, arg

from robo_ddpg.cli.output import say, say_json
from robo_ddpg.cli.parsing.arguments import Arguments, arguments, values
from robo_ddpg.cli.parsing.fields import Json, Python
from robo_ddpg.cli.parsing.parse import Words, parse, parse_known
from robo_ddpg.cli.parsing.task_word import find_task
from robo_ddpg.envs.checkup.checkup import TIMEOUT_S, Checkup, checkup
from robo_ddpg.envs.checkup.facts import Facts
from robo_ddpg.envs.checkup.finding import HURTS, NOT_CHECKED, NOTE
from robo_ddpg.envs.names import resolve
from robo_ddpg.errors import SettingsError
from robo_ddpg.seeds import check_seed
from robo_ddpg.training.environment_rules import SIMULATIONS

WEIGHTS = (HURTS, NOTE, NOT_CHECKED)
WIDTH = 80
"""Columns of the text."""


@dataclass(frozen=True)
class _Interpreter:
    """What has to be known before the task is."""

    python: Python = None


@dataclass(frozen=True)
class CheckOptions(_Interpreter):
    """Check an environment before training: what will hurt learning, and how fast it is.

    It is played with random actions for some seconds. The exit code is 1 if something will
    hurt learning.
    """

    task: Annotated[str | None, Positional, arg(metavar="TASK", help_behavior_hint="")] = None
    """Task name, an id as Gymnasium names it (Pendulum-v1, my_module:My-v0), or module:Class of a
    task or environment of your own. Arguments of an environment are given as
    --environment.some-argument VALUE."""
    seed: int = 0
    """Seed of the first episode and of the actions."""
    step_timeout_s: float = TIMEOUT_S
    """A step or a reset that takes longer counts as hanging [s]."""
    json: Json = False
    environment: object = Arguments()
    """Settings of the task."""


def run(words: Words) -> bool:
    """Check an environment before training: what will hurt learning, and how fast it is."""
    python = parse_known(_Interpreter, words, "check")[0].python

    def options_of(word: str) -> CheckOptions:
        settings = resolve(word, python).settings
        return CheckOptions(environment=arguments(words, {}) if settings is None else settings)

    task = find_task(words, "check", options_of, CheckOptions())
    options = parse(CheckOptions, words, "check", options_of(task))
    check_seed(options.seed)
    if not options.step_timeout_s > 0:
        raise SettingsError(f"step_timeout_s must be positive, got {options.step_timeout_s}")
    settings = values(options.environment)
    found = checkup(
        resolve(task, python), settings, SIMULATIONS, options.seed, options.step_timeout_s
    )
    if options.json:
        say_json({**dataclasses.asdict(found), "hurts": found.hurts})
    else:
        say("\n".join(lines(found)))
    return not found.hurts


def lines(found: Checkup) -> Iterator[str]:
    """Findings, the grave ones first, then facts."""
    texts = {weight: [f.text for f in found.findings if f.weight == weight] for weight in WEIGHTS}
    count = len(texts[HURTS])
    what = {0: "nothing was found that", 1: "one thing"}.get(count, f"{count} things")
    yield from _wrapped("", f"{found.name}: {what} will hurt learning")
    for weight in WEIGHTS:
        if texts[weight]:
            yield from ("", weight) if weight != HURTS else ()
        for text in texts[weight]:
            yield from _wrapped("- ", text)
    yield from ("", "facts")
    for name, text in _told(found.facts):
        yield from _wrapped(f"  {name:14}", text)


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False
    )


def _told(facts: Facts) -> Iterator[tuple[str, str]]:
    """Each fact in words."""
    parts = [f"{name} {tuple(shape)}" for name, shape in facts.observation.items()]
    yield "observations", f"{_numbers(facts.observation_size)}: {', '.join(parts)}"
    low, high = min(facts.action_low), max(facts.action_high)
    yield "actions", f"{_numbers(len(facts.action_low))} from {low:g} to {high:g}"
    yield "episodes", _episodes(facts)
    yield "rewards", _rewards(facts)
    yield "success", "reported" if facts.says_success else "not reported"
    if facts.steps_per_s is not None:
        shares = [f"{100 * v:.0f} % {k}" for k, v in facts.time_shares.items() if v >= 0.005]
        yield "speed", f"{facts.steps_per_s:,.0f} steps/s alone: {', '.join(shares)}"
    simulations, speed = facts.training["simulations"], facts.training["steps_per_s"]
    yield "in training", f"{simulations} at once: {speed:,.0f} steps/s together"
    for note in facts.training["notes"]:
        yield "", note


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count:,} steps"


def _episodes(facts: Facts) -> str:
    limit = f"limit {_steps(facts.episode_steps)}" if facts.episode_steps else "no time limit"
    if facts.shortest is None or facts.longest is None:
        return f"none ended in the {_steps(facts.steps)} played; {limit}"
    length = f"{facts.shortest:,} to " if facts.shortest < facts.longest else ""
    ended = f"{facts.terminated} of {facts.ended} terminated"
    return f"{length}{_steps(facts.longest)} with random actions, {ended}; {limit}"


def _rewards(facts: Facts) -> str:
    low, high, mean = facts.reward_low, facts.reward_high, facts.return_mean
    step = f"{low:.3g} a step" if low == high else f"{low:.3g} to {high:.3g} a step"
    return step if mean is None else f"{step}, {mean:,.4g} an episode of random actions"
