"""What will hurt learning in an environment, found by playing it with random actions."""

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from robo_ddpg.envs.checkup.actions import action_findings
from robo_ddpg.envs.checkup.endings import NEVER_ENDS, ending_findings
from robo_ddpg.envs.checkup.facts import Facts, facts_of
from robo_ddpg.envs.checkup.finding import HURTS, NOT_CHECKED, Finding
from robo_ddpg.envs.checkup.observations import observation_findings
from robo_ddpg.envs.checkup.player import Episode, Player
from robo_ddpg.envs.checkup.replay import STEPS, Replay
from robo_ddpg.envs.checkup.rewards import reward_findings
from robo_ddpg.envs.checkup.seeds import seed_findings, start_findings
from robo_ddpg.envs.checkup.single import Single, single
from robo_ddpg.envs.checkup.stepping import goal_findings, rate, share_findings, speed_findings
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.envs.names import ForeignSource, Source
from robo_ddpg.flattening import component_names

PLAYED_S, REPLAYED_S = 3.0, 5.0
"""How long random actions are played at most, and one of their episodes again [s]."""
BRIEFLY_S = 0.3
"""The same before training [s]."""
TIMEOUT_S = 20.0
"""A step or a reset that takes longer counts as hanging [s]."""
UNSEEN = (
    "type, range and sharing of observations, and where the time goes: out of sight in another "
    "interpreter, and in a vector environment"
)


@dataclass(frozen=True)
class Checkup:
    """What was found."""

    name: str
    findings: list[Finding]
    facts: Facts

    @property
    def hurts(self) -> bool:
        """Whether something will hurt learning."""
        return any(finding.weight == HURTS for finding in self.findings)


class _Subject:
    """An environment of one simulation, and what is known of it besides."""

    def __init__(self, source: Source, settings: dict[str, Any], timeout_s: float) -> None:
        self.single: Single | None = single(source, settings)
        env: Any = self.single or source.make(1, threads=1, **settings)
        self.env = GuardedEnvironment(env, timeout_s)
        self.normalised = isinstance(source, ForeignSource)
        parts = self.env.describe()["observation"]
        self.names = component_names(self.env.parts)
        self.may_rest = self.env.may_rest
        goals = {"achieved_goal", "desired_goal"} <= {part["name"] for part in parts}
        self.goals = self.single.goals if self.single else goals

    def seen(self, episodes: list[Episode]) -> list[Finding]:
        """What the episodes show without being played again."""
        return [
            *reward_findings(episodes, goals=self.goals, normalised=self.normalised),
            *ending_findings(episodes, self.env.episode_steps),
            *observation_findings(episodes, self.names, self.may_rest),
            *(self.single.forms.findings if self.single else ()),
        ]


def checkup(
    source: Source,
    settings: dict[str, Any],
    simulations: int,
    seed: int = 0,
    timeout_s: float = TIMEOUT_S,
) -> Checkup:
    """Check an environment, for some seconds.

    Args:
        source: what its name stands for.
        settings: those that differ from the defaults.
        simulations: how many are stepped at once in training.
        seed: of the first episode and of random actions; the next ones count up from it.
        timeout_s: a step or a reset that takes longer counts as hanging [s].

    Raises:
        UnknownEnvironmentError: it cannot be made, or its spaces cannot be learned on.
        SettingsError: there is no such setting, or not with this value.
        EnvironmentFailure: it raised an exception, hangs, or returned what it must not.
    """
    subject = _Subject(source, settings, timeout_s)
    try:
        episodes = Player(subject.env, PLAYED_S).episodes(seed)
        findings = subject.seen(episodes)
        watch = subject.single.watch if subject.single else None
        speed, shares = (watch.steps_per_s, watch.shares) if watch else (None, {})
        findings += _replayed(subject, episodes, each=True)
    finally:
        subject.env.close()
    trained, training = _trained(source, settings, simulations, seed)
    findings += [*share_findings(shares, speed or 0.0), *trained]
    if subject.single is None:
        findings.append(Finding("out of sight", NOT_CHECKED, UNSEEN))
    facts = facts_of(
        subject.env.describe(),
        subject.env.single_action_space,
        subject.env.episode_steps,
        episodes,
        steps_per_s=speed,
        time_shares=shares,
        training=training,
    )
    return Checkup(source.name, findings, facts)


def brief_warnings(
    source: Source, settings: dict[str, Any], timeout_s: float = TIMEOUT_S
) -> list[str]:
    """What will hurt learning in an environment of others, seen within a moment.

    One that cannot be made, fails or hangs says so when it is used; one of another interpreter
    would take another process.

    Args:
        source: what its name stands for.
        settings: those that differ from the defaults.
        timeout_s: a step or a reset that takes longer counts as hanging [s].
    """
    if not isinstance(source, ForeignSource) or source.python is not None:
        return []
    with _same_random_numbers(), contextlib.suppress(Exception):
        found = _briefly(_Subject(source, settings, timeout_s))
        hurts = [finding for finding in found if finding.weight == HURTS]
        # The guard of every environment says by itself that there is no time limit.
        return [finding.text for finding in hurts if finding.name != NEVER_ENDS]
    return []


def _briefly(subject: _Subject) -> list[Finding]:
    """What is seen within a moment, or two where the environment is fast."""
    try:
        player = Player(subject.env, BRIEFLY_S)
        episodes = player.episodes(0)
        slow = player.out_of_time and sum(map(len, episodes)) < STEPS
        again = [] if slow else _replayed(subject, episodes, each=False)
        return subject.seen(episodes) + again
    finally:
        subject.env.close()


@contextlib.contextmanager
def _same_random_numbers() -> Iterator[None]:
    """Leaves the random numbers that a process shares as they were."""
    numpy, python = np.random.get_state(), random.getstate()
    try:
        yield
    finally:
        np.random.set_state(numpy)
        random.setstate(python)


def _replayed(subject: _Subject, episodes: list[Episode], *, each: bool) -> list[Finding]:
    """What playing one of them again shows."""
    replay = Replay(Player(subject.env, REPLAYED_S if each else BRIEFLY_S), episodes)
    findings = seed_findings(replay)
    if any(finding.name == "seed" for finding in findings):
        text = "whether actions matter: an episode is not fixed by its seed"
        return [*findings, Finding("actions", NOT_CHECKED, text)]
    return [*findings, *start_findings(replay, episodes), *action_findings(replay, each=each)]


def _trained(
    source: Source, settings: dict[str, Any], simulations: int, seed: int
) -> tuple[list[Finding], dict[str, Any]]:
    """What is found of many simulations, and how fast they are together."""
    env = GuardedEnvironment(source.make(simulations, threads=1, **settings))
    try:
        notes, speed = list(env.notes), rate(env, seed)
        training = {"simulations": simulations, "steps_per_s": speed, "notes": notes}
        return [*goal_findings(env), *speed_findings(speed)], training
    finally:
        env.close()
