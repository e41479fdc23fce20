"""Any environment, so that training and evaluation can rely on it."""

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.agent.transitions import GoalSpace
from robo_ddpg.envs.background import Background, where_they_are
from robo_ddpg.envs.environment import Environment
from robo_ddpg.envs.faults import number_fault
from robo_ddpg.envs.finite import finite_rows, first_not_finite
from robo_ddpg.envs.foreign.snapshot import restore, snapshot
from robo_ddpg.envs.foreign.worker import Misfit
from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.errors import EnvironmentFailure, EnvironmentHang, RoboDDPGError
from robo_ddpg.flattening import Flattening
from robo_ddpg.process.stopwatch import PHYSICS, UNWATCHED, Watch
from tasks.arrays import Int64
from tasks.quantities import Measure

STEP_TIMEOUT_S = 120.0
"""A step or a reset of all simulations that takes longer counts as hanging [s]."""
UNLIMITED_STEPS = 1_000
"""Steps after which episodes are truncated where the environment has no time limit."""
RESETS = 5
"""Resets in a row that may begin with what is not finite."""
MOST_NAMED = 20
"""Simulations whose faults in one step are put into words."""
CLOSE_TIMEOUT_S = 5.0
"""How long a step that still runs is waited for when the environment is closed [s]."""

Step = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]
_GOAL = "desired_goal"
"""The part that Gymnasium's goals are in."""


class GuardedEnvironment:
    """An environment whose faults are named, and whose steps and episodes come to an end.

    It is stepped in a thread of its own. What it raises, a call that does not return in time, and
    arrays of another shape become an `EnvironmentFailure` that names the environment and the step.
    A simulation whose observation or reward is not finite in float32 becomes `unstable` and
    truncated; its row then shows the observation of before, and no reward.
    """

    def __init__(self, env: Environment, step_timeout_s: float = STEP_TIMEOUT_S) -> None:
        """Guard an environment.

        Args:
            env: the environment, used by nobody else from now on.
            step_timeout_s: how long a step or a reset may take [s].
        """
        self._env, self._step_timeout_s = env, step_timeout_s
        self.watch: Watch = UNWATCHED
        """Times steps and resets."""
        self.num_envs: int = env.num_envs
        self.single_observation_space: Any = env.single_observation_space
        self.single_action_space: Any = env.single_action_space
        self.episode_steps = env.episode_steps
        self.name = str(env.describe()["name"])
        self.steps = 0
        """Steps so far, of all simulations at once."""
        self.lengths = np.zeros(env.num_envs, np.int64)
        """Steps so far in the episode of each simulation, (n,)."""
        self._observation: NDArray[Any] = np.zeros(0)
        self._background = Background()
        self._pending: Future[Any] | None = None
        self._hangs = False

    @property
    def simulation(self) -> Simulation | None:
        """The environment's."""
        return self._env.simulation

    @property
    def goal_space(self) -> GoalSpace | None:
        """The environment's."""
        return self._env.goal_space

    @property
    def quantities(self) -> Mapping[str, Measure]:
        """The environment's."""
        return self._env.quantities

    @property
    def parts(self) -> Mapping[str, slice]:
        """Part of the observation -> its components."""
        if self.simulation is not None:
            return self.simulation.task.layout
        return Flattening.from_json(self.describe()["observation"]).slices

    @property
    def may_rest(self) -> list[bool]:
        """Which observed components need not vary.

        A goal that is the same in all episodes is none the worse, and choices may never be made.
        """
        chosen = {p["name"] for p in self.describe().get("observation", []) if p["choices"]}
        sizes = {name: at.stop - at.start for name, at in self.parts.items()}
        return [name in {*chosen, _GOAL} for name, size in sizes.items() for _ in range(size)]

    @property
    def notes(self) -> list[str]:
        """The environment's, and that it has no time limit."""
        cut = f"{self.name} has no time limit: episodes are cut off after {UNLIMITED_STEPS} steps"
        return self._env.notes + [cut] * (self.episode_steps is None)

    @property
    def seeds(self) -> Int64:
        """The environment's."""
        return self._env.seeds

    @property
    def frames_per_second(self) -> float:
        """The environment's."""
        return self._env.frames_per_second

    def picture(self, index: int) -> NDArray[Any]:
        """The environment's, drawn in the thread that steps it.

        Raises:
            EnvironmentFailure: it raised an exception, hangs, or returned what it must not.
        """
        self._submit(lambda: self._env.picture(index))
        picture: NDArray[Any] = self._result(f"the picture after step {self.steps}")
        return picture

    def describe(self) -> dict[str, Any]:
        """The environment's."""
        return self._env.describe()

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start episodes, anew where they begin with what is not finite.

        Raises:
            EnvironmentFailure: it raised an exception, hangs, or returned what it must not.
        """
        mask = (options or {}).get("reset_mask")
        observation, info = self._reset(seed, options)
        for _ in range(1, RESETS):
            finite = finite_rows(observation)
            if finite.all():
                break
            observation, info = self._reset(None, {"reset_mask": ~finite})
        self.lengths[... if mask is None else mask] = 0
        if not finite_rows(observation).all():
            i, what = first_not_finite(observation, np.zeros(self.num_envs), self.parts)
            raise EnvironmentFailure(
                f"{self.name}, simulation {i}: episodes start with {what}, {RESETS} times in a row"
            )
        self._observation = observation
        return observation, info

    def step(self, actions: Any) -> Step:
        """One step of all simulations: `begin_step` and `end_step`."""
        self.begin_step(actions)
        return self.end_step()

    def begin_step(self, actions: Any) -> None:
        """Have all simulations take a step, while the caller does something else."""
        self._submit(self._timed("steps", lambda: self._env.step(actions)))

    def end_step(self) -> Step:
        """What the step that was begun led to.

        Raises:
            EnvironmentFailure: it raised an exception, hangs, or returned what it must not.
        """
        observation, reward, terminated, truncated, info = self._result(f"step {self.steps + 1}")
        self.steps += 1
        self.lengths += 1
        self._check_shapes(observation, reward, terminated, truncated)
        finite = finite_rows(observation) & finite_rows(reward)
        unstable = np.asarray(info.get("unstable", False)) | ~finite
        if unstable.any():
            bad = np.flatnonzero(unstable)[:MOST_NAMED].tolist()
            faults = {i: self._fault(i, finite, observation, reward, info) for i in bad}
            info = info | {"unstable": unstable, "faults": faults}
        if not finite.all():
            observation = np.where(finite[:, None], observation, self._observation)
            reward = np.where(finite, reward, 0.0)
            terminated, truncated = terminated & finite, truncated | ~finite
        if self.episode_steps is None:
            truncated = truncated | (self.lengths >= UNLIMITED_STEPS)
        self._observation = observation
        return observation, reward, terminated, truncated, info

    def state(self) -> dict[str, Any]:
        """All that the next steps depend on, JSON-compatible.

        Raises:
            EnvironmentFailure: it cannot be saved; the message says what keeps it from that.
        """
        self._submit(self._env.state)
        return {"env": self._result("saving it"), "guard": snapshot(self._held())}

    def load_state(self, state: dict[str, Any]) -> None:
        """Put back what `state` returned of such an environment.

        Raises:
            EnvironmentFailure: it cannot be put back.
        """
        middle = (self.single_action_space.low + self.single_action_space.high) / 2
        self.reset(seed=0)
        self.step(np.broadcast_to(middle, (self.num_envs, *middle.shape)))  # some begin with a step
        self._submit(lambda: self._env.load_state(state["env"]))
        self._result("putting it back")
        held = self._held()
        restore(held, state["guard"])
        self.steps, self._observation = held["steps"], held["observation"]

    def _held(self) -> dict[str, Any]:
        return {"steps": self.steps, "lengths": self.lengths, "observation": self._observation}

    def close(self) -> None:
        """Free what it holds, where it hangs as far as that is possible; may be called twice."""
        if not self._hangs and self._is_idle(CLOSE_TIMEOUT_S):
            self._submit(self._env.close)
            self._result("closing it")
        else:
            with contextlib.suppress(Exception):
                Background().submit(self._env.close).result(CLOSE_TIMEOUT_S)

    def _reset(self, seed: Any, options: dict[str, Any] | None) -> tuple[Any, dict[str, Any]]:
        reset = self._timed("resets", lambda: self._env.reset(seed=seed, options=options))
        self._submit(reset)
        observation, info = self._result(f"the reset after step {self.steps}")
        self._check_shape("observations", observation, self.single_observation_space.shape)
        return observation, info

    def _timed(self, what: str, call: Callable[[], Any]) -> Callable[[], Any]:
        def timed() -> Any:
            with self.watch.timing(what, PHYSICS):
                return call()

        return timed

    def _submit(self, call: Callable[[], Any]) -> None:
        self._pending = self._background.submit(call)

    def _result(self, what: str) -> Any:
        """Wait for the pending call."""
        pending = self._pending
        assert pending is not None, "begin_step comes before end_step"
        if not self._is_idle(self._step_timeout_s):
            self._hangs = True
            raise EnvironmentHang(
                f"{self.name} hangs: {what} took more than {self._step_timeout_s:g} s and is at "
                f"{where_they_are()}; if it is only slow, raise step_timeout_s"
            )
        error = pending.exception()
        if error is None:
            return pending.result()
        if isinstance(error, EnvironmentFailure) and self.name not in str(error):
            raise EnvironmentFailure(f"{self.name}, {what}: {error}") from error.__cause__
        if isinstance(error, RoboDDPGError):
            raise error
        moment = getattr(error, "moment", f"{self.name}, {what}")
        text = " ".join(str(error).split())
        if isinstance(error, Misfit):
            raise EnvironmentFailure(f"{moment}: {text}")
        raise EnvironmentFailure(f"{moment}: {type(error).__name__}: {text}") from error

    def _is_idle(self, within_s: float) -> bool:
        """Whether the pending call, if any, is done within a time."""
        with contextlib.suppress(TimeoutError):
            if self._pending is not None:
                self._pending.exception(within_s)
            return True
        return False

    def _check_shapes(self, observation: Any, *others: Any) -> None:
        self._check_shape("observations", observation, self.single_observation_space.shape)
        names = ("rewards", "terminations", "truncations")
        for name, array in zip(names, others, strict=True):
            self._check_shape(name, array, ())

    def _check_shape(self, what: str, array: Any, shape: tuple[int, ...]) -> None:
        expected = (self.num_envs, *shape)
        if np.shape(array) != expected:
            raise EnvironmentFailure(
                f"{self.name}, step {self.steps}: its {what} have shape {np.shape(array)}, "
                f"expected {expected}: {array!r:.80}"
            )

    def _fault(
        self,
        index: int,
        finite: NDArray[np.bool_],
        observation: NDArray[Any],
        reward: NDArray[Any],
        info: dict[str, Any],
    ) -> str:
        """Which simulation is at fault, in which step, and of what."""
        if not finite[index]:
            terms = info.get("reward_terms", {})
            what = number_fault(index, observation, reward, self.parts, terms)
        elif self.simulation is not None:
            what = self.simulation.fault(index)
        else:
            what = "the physics is unstable"
        where = f"simulation {index}, step {self.lengths[index]} of its episode"
        return f"{self.name}, {where}: {what}"
