"""Episodes of environments that draw themselves: simulated while they are filmed."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from robo_ddpg.controller import Controller
from robo_ddpg.envs.environment import Environment
from robo_ddpg.envs.guarded import GuardedEnvironment
from robo_ddpg.envs.names import environment_of
from robo_ddpg.evaluation.episodes import Act
from robo_ddpg.evaluation.evaluate import check_fit
from robo_ddpg.recording.film.scene import Moment
from robo_ddpg.recording.film.wording import Wording
from robo_ddpg.rendering.renderer import Frame


def drawing_environment(controller: Controller, **settings: Any) -> GuardedEnvironment:
    """One simulation of what a controller was trained for, which gives pictures.

    Args:
        controller: the controller.
        **settings: those that differ from what it was trained with.

    Raises:
        RenderingError: the environment gives no pictures.
        ControllerError: the controller does not fit it.
    """
    env = environment_of(controller, 1, threads=1, pictures=True, **settings)
    try:
        check_fit(controller, env)
    except BaseException:
        env.close()
        raise
    return env


def played(
    env: Environment,
    act: Act,
    seed: int,
    most_steps: int | None = None,
    solved_steps: int | None = None,
) -> Iterator[Moment]:
    """Play one episode in a single simulation: a moment after the reset and after each step.

    Args:
        env: the simulation.
        act: observations (1, o) -> actions (1, a).
        seed: of the episode.
        most_steps: after which it is cut off.
        solved_steps: steps that it goes on for, solved without a break, before it is cut off.
    """
    observation, _ = env.reset(seed=[seed])
    moment, solved = Moment(), 0
    yield moment
    while not moment.last:
        observation, reward, terminated, truncated, info = env.step(act(observation))
        step = moment.step + 1
        success = info.get("is_success")
        solved = solved + 1 if success is not None and success[0] else 0
        moment = Moment(
            step=step,
            seconds=step / env.frames_per_second,
            reward=float(reward[0]),
            total=moment.total + float(reward[0]),
            success=None if success is None else bool(success[0]),
            terminated=bool(terminated[0]),
            last=bool(terminated[0] or truncated[0])
            or step == most_steps
            or (solved_steps is not None and solved >= solved_steps),
        )
        yield moment


class Stage:
    """Environments to play a controller's episodes in, one for each that is shown at once."""

    def __init__(self, controller: Controller, **settings: Any) -> None:
        """Make the first one; raises as `drawing_environment`."""
        self._controller, self._settings = controller, settings
        first = drawing_environment(controller, **settings)
        self._all, self._idle = [first], [first]
        self.frames_per_second = first.frames_per_second
        self.episode_steps = first.episode_steps
        self.model_hash: str | None = first.describe().get("model_hash")

    @contextlib.contextmanager
    def environment(self) -> Iterator[GuardedEnvironment]:
        """One that nobody else uses meanwhile."""
        env = self._idle.pop() if self._idle else self._another()
        try:
            yield env
        finally:
            self._idle.append(env)

    def close(self) -> None:
        """Free them."""
        for env in self._all:
            env.close()

    def _another(self) -> GuardedEnvironment:
        self._all.append(drawing_environment(self._controller, **self._settings))
        return self._all[-1]


@dataclass
class Story:
    """What is known so far of an episode that only its environment understands."""

    moment: Moment = field(default_factory=Moment)
    """Where it is."""
    rewards: list[float] = field(default_factory=list)
    """Of each step."""
    reward_terms: dict[str, Any] = field(default_factory=dict)
    safety: dict[str, Any] = field(default_factory=dict)
    commands: dict[str, Any] = field(default_factory=dict)

    @property
    def metrics(self) -> dict[str, list[float]]:
        """The reward is all there is."""
        return {"reward": self.rewards}

    def go_on(self, moment: Moment) -> None:
        """After a step."""
        self.moment = moment
        self.rewards.append(moment.reward)


@dataclass(frozen=True)
class DrawnScene:
    """An episode that is played when it is filmed."""

    title: str
    act: Act
    seed: int
    stage: Stage
    most_steps: int | None = None
    """Steps after which it is cut off."""
    solved_steps: int | None = None
    """As for `played`."""
    told: Story = field(default_factory=Story)
    words = Wording()

    @property
    def seconds(self) -> float | None:
        """How long it is at most [s]."""
        known = [x for x in (self.most_steps, self.stage.episode_steps) if x is not None]
        return min(known) / self.stage.frames_per_second if known else None

    def frames(self, stride: float) -> Iterator[tuple[Frame, Moment]]:
        """About every `stride`-th step and always the last."""
        count = 0
        with self.stage.environment() as env:
            for moment in played(env, self.act, self.seed, self.most_steps, self.solved_steps):
                if moment.step:
                    self.told.go_on(moment)
                if moment.step == int(count * stride) or moment.last:
                    count += 1
                    yield env.picture(0), moment
