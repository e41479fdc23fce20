"""Settings for environments that this package does not know, by rules about what they are like."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from robo_ddpg.envs.environment import Environment
from robo_ddpg.envs.names import ForeignSource, make_environment
from robo_ddpg.errors import EnvironmentHang

FOREIGN: dict[str, Any] = {
    "hidden_sizes": (256, 256),
    "critics": 1,
    "batch_size": 64,
    "target_rate": 0.05,
    "return_scale": 10.0,
    "random_component_probability": 0.0,
    "replay_capacity": 1_000_000,
}
"""Agent settings for any environment, on top of the preset `default`; measured on Gymnasium's
continuous ones in docs/results.md."""
SIMULATIONS = 32
"""Simulations of any environment."""

PROBE_SIMULATIONS = 8
PROBE_STEPS = 300
"""What random actions do is looked at for so many steps of each of these simulations."""
SMALL = 0.3
"""Amplitude of actions that leave episodes some time."""
OFTEN = 0.25
"""Share of simulations that random actions have to end for that to count."""
HELD_SHARE = 0.01
"""Chance per step to begin holding a random action where episodes survive it."""


@dataclass(frozen=True)
class Facts:
    """What was read from an environment."""

    episode_steps: int | None
    """Time limit [steps], stated or seen; None where there is none."""
    early_ends: float
    """Share of simulations in which random actions ended an episode within `PROBE_STEPS`."""
    actions: int = 1
    """Components of an action."""
    paid_to_live: bool = False
    """Whether most steps of small random actions have a positive reward."""
    goal_rewards: tuple[float, ...] = ()
    """Rewards seen, that of an achieved goal among them; empty without goals, or if there are more
    than two."""


GOAL_STEPS = 1_000_000
"""Transitions to train for at most, where only achieved goals are rewarded."""

Followed = dict[str, tuple[Any, str]]
"""Setting -> its value, and the fact that it follows from, in words."""


def settings_that_follow(facts: Facts) -> Followed:
    """Every learning setting that a rule has something to say about."""
    followed = _horizon(facts) | _exploration(facts) | _goals(facts)
    return followed | _annealing(facts, followed["transitions_per_update"][0])


def steps_that_follow(facts: Facts) -> int:
    """Transitions to train for at most.

    Those of a thousand full episodes, within bounds, or more where there are more than three
    components of actions to find; where only achieved goals are rewarded, a fixed number.
    """
    if facts.goal_rewards:
        return GOAL_STEPS
    steps = min(max(1000 * (facts.episode_steps or 1000), 100_000), 1_000_000)
    return steps * max(facts.actions, 3) // 3


def evaluations_that_follow(facts: Facts) -> int:
    """Transitions between evaluations: fifty in all, but one in a hundred episodes at least."""
    return min(steps_that_follow(facts) // 50, 100 * (facts.episode_steps or 1000))


_read: dict[str, Facts] = {}


def facts_of(source: ForeignSource, settings: Mapping[str, Any]) -> Facts:
    """Read an environment: its time limit, and what random actions do to it.

    It is read once in the life of this process. One that fails says so when it is used.

    Args:
        source: what its name stands for.
        settings: what it is made with besides.

    Raises:
        EnvironmentHang: it hangs.
    """
    key = json.dumps([source.name, source.python, dict(settings)], default=str)
    if key not in _read:
        try:
            _read[key] = _facts(source, settings)
        except EnvironmentHang:
            raise
        except Exception:
            return Facts(episode_steps=None, early_ends=0.0)
    return _read[key]


def _facts(source: ForeignSource, settings: Mapping[str, Any]) -> Facts:
    env = make_environment(
        source.name, PROBE_SIMULATIONS, threads=1, python=source.python, **settings
    )
    try:
        tried, gently = _tried(env), _tried(env, SMALL)
        return Facts(
            episode_steps=env.episode_steps or tried.time_limit,
            early_ends=tried.early_ends,
            actions=int(np.prod(env.single_action_space.shape)),
            paid_to_live=float(np.median(gently.rewards)) > 0.0,
            goal_rewards=_goal_rewards(env, tried.rewards),
        )
    finally:
        env.close()


def _goal_rewards(env: Environment, rewards: list[float]) -> tuple[float, ...]:
    """The two rewards of a sparse task with goals."""
    if env.goal_space is None:
        return ()
    goal = env.goal_space.achieved_goal(np.asarray(env.reset(seed=0)[0], np.float32))
    achieved = env.goal_space.compute_reward(goal, goal, np.zeros((len(goal), 0), np.float32))
    every = sorted({reward + 0.0 for reward in (*rewards, *achieved.tolist())})
    return tuple(every) if len(every) == 2 else ()


@dataclass
class Tried:
    """What random actions did."""

    early_ends: float = 0.0
    """Share of simulations that they ended early."""
    rewards: list[float] = field(default_factory=list)
    """What they met."""
    lengths: set[int] = field(default_factory=set)
    """Steps after which episodes were truncated."""

    @property
    def time_limit(self) -> int | None:
        """That of an environment that says nothing of one; None if none was seen."""
        return self.lengths.copy().pop() if len(self.lengths) == 1 else None


def _tried(env: Environment, amplitude: float = 1.0) -> Tried:
    """Act at random.

    Args:
        env: is reset.
        amplitude: of the actions, in units of half their range.
    """
    actions, generator = env.single_action_space, np.random.default_rng(0)
    middle, half = (actions.high + actions.low) / 2, amplitude * (actions.high - actions.low) / 2
    env.reset(seed=0)
    tried, ended = Tried(), np.zeros(env.num_envs, np.bool_)
    lengths = np.zeros(env.num_envs, np.int64)
    for _ in range(min(PROBE_STEPS, env.episode_steps or PROBE_STEPS)):
        action = generator.uniform(middle - half, middle + half, (env.num_envs, *actions.shape))
        action = np.clip(action.astype(actions.dtype), actions.low, actions.high)
        _, reward, terminated, truncated, _ = env.step(action)
        tried.rewards += np.asarray(reward, np.float32).tolist()
        lengths += 1
        tried.lengths |= {*lengths[truncated].tolist()}
        ended |= terminated
        if ended.all():
            break
        if (over := terminated | truncated).any():
            env.reset(options={"reset_mask": over})
            lengths[over] = 0
    tried.early_ends = float(ended.mean())
    return tried


def _horizon(facts: Facts) -> Followed:
    """Looks a tenth of an episode ahead, at least 20 steps and at most 100.

    In the manner of Hansen et al. 2024, TD-MPC2, arXiv:2310.16828, who look a fifth ahead. Rewards
    of several steps are summed where they have a long way to go; short episodes are learned from
    more often, because a thousand of them are fewer transitions.
    """
    steps = facts.episode_steps or 1000
    horizon = min(max(steps / 10, 20), 100)
    settings = {
        "discount": round(1 - 1 / horizon, 4),
        "n_step": 3 if horizon > 50 else 1,
        "transitions_per_update": min(max(steps // 100, 2), 8),
    }
    why = f"episodes of {steps} steps" if facts.episode_steps else "no time limit"
    return {name: (value, why) for name, value in settings.items()}


def _exploration(facts: Facts) -> Followed:
    """Where random actions end episodes, none is held; elsewhere that reaches what noise does not.

    (Dabney et al. 2021.) Where steps are paid besides, small actions are learned from at first:
    large ones show little but falls.
    """
    if facts.early_ends >= OFTEN:
        why = "random actions end episodes early"
        followed: Followed = {"repeat_probability": (0.0, why)}
        if facts.paid_to_live:
            followed["warmup_amplitude"] = (SMALL, f"{why}, and steps are paid")
        return followed
    why = "episodes survive random actions"
    longest = min(max((facts.episode_steps or 1000) // 20, 2), 50)
    return {"repeat_probability": (HELD_SHARE, why), "repeat_steps": ((2, longest), why)}


def _annealing(facts: Facts, transitions_per_update: int) -> Followed:
    """Comes to rest in half of the time there is; goals are mastered without."""
    if facts.goal_rewards:
        return {}
    steps = steps_that_follow(facts)
    why = f"a budget of {steps:,} transitions"
    return {"anneal_updates": (steps // transitions_per_update // 2, why)}


def _goals(facts: Facts) -> Followed:
    """Where a reward only says whether a goal is achieved, most goals are replaced in hindsight.

    Andrychowicz et al. 2017, section 4.5: four of five; the targets are bounded as in section A.
    Random actions, of which long ones are needed to touch anything, and minibatches are those of
    Plappert et al. 2018.
    """
    if not facts.goal_rewards:
        return {}
    settings = {
        "relabel_future": 0.8,
        "relabel_other": 0.0,
        "relabel_earned": True,
        "reward_bounds": facts.goal_rewards,
        "random_action_probability": 0.3,
        "batch_size": 256,
        "transitions_per_update": 4,
    }
    why = "goals with a sparse reward"
    return {name: (value, why) for name, value in settings.items()}
