"""`robo-ddpg check`."""

import dataclasses
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from tyro.conf import Positional, arg

from robo_ddpg.cli.output import say, say_json
from robo_ddpg.cli.parsing.arguments import Arguments, arguments, values
from robo_ddpg.cli.parsing.fields import Json, Python
from robo_ddpg.cli.parsing.parse import Words, parse, parse_known
from robo_ddpg.cli.parsing.task_word import find_task
from robo_ddpg.envs.checkup.checkup import Checkup, checkup
from robo_ddpg.envs.checkup.facts import Facts
from robo_ddpg.envs.checkup.finding import HURTS, NOT_CHECKED, NOTE
from robo_ddpg.envs.names import resolve
from robo_ddpg.errors import SettingsError
from robo_ddpg.training.environment_rules import SIMULATIONS

WIDTH = 80
"""Columns of the text."""


@dataclass(frozen=True)
class _Interpreter:
    """What has to be known before the task is."""

    python: Python = None


@dataclass(frozen=True)
class CheckOptions(_Interpreter):
    """Check an environment before training: what will hurt learning, and how fast it is.

    It is played with random actions for about ten seconds. The exit code is 1 if something will
    hurt learning.
    """

    task: Annotated[str | None, Positional, arg(metavar="TASK", help_behavior_hint="")] = None
    """Task name, an id as Gymnasium names it (Pendulum-v1, my_module:My-v0), or module:Class of a
    task or environment of your own. Arguments of an environment are given as
    --environment.some-argument VALUE."""
    seed: int = 0
    """Seed of the first episode and of the actions."""
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
    if options.seed < 0:
        raise SettingsError(f"seed must not be negative, got {options.seed}")
    settings = values(options.environment)
    found = checkup(resolve(task, python), settings, SIMULATIONS, options.seed)
    if options.json:
        say_json({**dataclasses.asdict(found), "hurts": found.hurts})
    else:
        say("\n".join(lines(found)))
    return not found.hurts


def lines(found: Checkup) -> Iterator[str]:
    """Findings, the grave ones first, then facts."""
    if not found.hurts:
        yield f"{found.name}: nothing was found that will hurt learning"
    for weight in (HURTS, NOTE, NOT_CHECKED):
        texts = [finding.text for finding in found.findings if finding.weight == weight]
        if texts:
            yield from ("", weight) if found.hurts or weight != HURTS else ()
        for text in texts:
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
    yield "rewards", f"{facts.reward_low:.3g} to {facts.reward_high:.3g} a step{_returns(facts)}"
    yield "success", "reported" if facts.says_success else "not reported"
    if facts.steps_per_s is not None:
        shares = [f"{100 * v:.0f} % {k}" for k, v in facts.time_shares.items() if v >= 0.005]
        yield "speed", f"{facts.steps_per_s:,.0f} steps/s alone: {', '.join(shares)}"
    training: dict[str, Any] = facts.training
    speed = f"{training['simulations']} at once: {training['steps_per_s']:,.0f} steps/s together"
    yield "in training", "; ".join([speed, *training["notes"]])


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


def _episodes(facts: Facts) -> str:
    limit = f"limit {facts.episode_steps:,} steps" if facts.episode_steps else "no time limit"
    if not facts.lengths:
        return f"none ended in the {facts.steps:,} steps played; {limit}"
    shortest, longest = min(facts.lengths), max(facts.lengths)
    length = f"{shortest:,}" if shortest == longest else f"{shortest:,} to {longest:,}"
    ended = f"{facts.terminated} of {len(facts.lengths)} terminated"
    return f"{length} steps with random actions, {ended}; {limit}"


def _returns(facts: Facts) -> str:
    if not facts.returns:
        return ""
    return f", {sum(facts.returns) / len(facts.returns):,.4g} an episode of random actions"
