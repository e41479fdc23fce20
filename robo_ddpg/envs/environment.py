"""What training, evaluation, robustness and recording ask of an environment."""

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from robo_ddpg.agent.transitions import GoalSpace
from robo_ddpg.envs.simulation import Simulation
from tasks.arrays import Int64
from tasks.quantities import Measure


class Environment(Protocol):
    """Parallel simulations without autoreset: finished ones wait for a reset with their mask.

    Whatever is known of an environment besides spaces and steps is asked of it here, so that nobody
    needs to know its class: `RobotVectorEnv` is one, `ForeignEnvironment` makes one of any vector
    environment of Gymnasium's.
    """

    num_envs: int
    """Number of simulations n."""
    single_observation_space: Any
    """Observations of one simulation, a one-dimensional Box."""
    single_action_space: Any
    """Actions of one simulation, a one-dimensional Box."""

    @property
    def episode_steps(self) -> int | None:
        """Steps after which episodes are truncated; None if there is no such limit."""

    @property
    def simulation(self) -> Simulation | None:
        """The physics, with all that can be recorded and changed in it; None if out of reach."""

    @property
    def goal_space(self) -> GoalSpace | None:
        """How goals are read, replaced and rewarded; None without goals."""

    @property
    def quantities(self) -> Mapping[str, Measure]:
        """What it measures, in words and units."""

    @property
    def notes(self) -> list[str]:
        """What a user should know of how it is simulated, as sentences."""

    @property
    def seeds(self) -> Int64:
        """The seed that each simulation's random numbers were last started from, (n,)."""

    def describe(self) -> dict[str, Any]:
        """What a controller file says of it, as JSON-compatible values.

        Returns:
            `name` and `settings`, which make it again; `model_hash` where there is a model, else
            `observation`, the parts of an observed vector.
        """

    @property
    def frames_per_second(self) -> float:
        """Steps in a second of what is simulated [1/s]."""

    def picture(self, index: int) -> NDArray[Any]:
        """What one of the simulations looks like, (height, width, 3), where it was made for that.

        Raises:
            RenderingError: it was not, or nothing can be rendered.
        """

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start episodes.

        Args:
            seed: simulation k draws from seed + k, or from the k-th of a list; None goes on with
                the random numbers as they are.
            options: `reset_mask`, (n,) bool, for some simulations only.
        """

    def step(
        self, actions: Any
    ) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """One control step of all simulations: observation, reward, terminated, truncated, info.

        `info` may have `is_success`, `unstable`, and `skipped` (no step was made, but an episode
        started), (n,) bool; `reward_info`, (n, k): what a reward depends on besides the goals; and
        `faults`, unstable simulation -> what was wrong in it and when, of the first ones.
        """

    def state(self) -> dict[str, Any]:
        """All that the next steps depend on, JSON-compatible.

        Raises:
            Unsavable: something in it cannot be saved.
        """

    def load_state(self, state: dict[str, Any]) -> None:
        """Put back what `state` returned; called after a reset and a step.

        Raises:
            Unsavable: it cannot be put back.
        """

    def close(self) -> None:
        """Free what it holds; may be called twice."""


def size_of(space: Any) -> int:
    """Number of values in a one-dimensional Box."""
    return int((space.shape or (0,))[0])
