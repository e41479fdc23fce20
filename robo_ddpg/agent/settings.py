"""Every learning setting, where it comes from, and the presets."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

ANNEALED = 0.1
"""What is left of learning rates and noise in the end."""
MOST = 10**15
"""Of anything that is counted."""
MOST_WEIGHTS = 10**8
"""Between hidden layers: 400 MB for each of the networks."""


@dataclass(frozen=True)
class AgentSettings:
    """Settings of DDPG (Lillicrap et al., ICLR 2016, arXiv:1509.02971) and its refinements.

    Actions are meant in units of half the range of the action space: -1 is the lower, 1 the upper
    bound of each component.
    """

    hidden_sizes: tuple[int, ...] = (128, 128)
    """Width of each hidden layer, of the actor and of the critics."""
    critics: int = 2
    """1, or 2 whose minimum is the target (clipped double Q-learning, Fujimoto et al. 2018)."""
    critic_layer_norm: bool = True
    """LayerNorm before each ReLU of the critics (Ba et al. 2016), without learned gain and bias."""
    actor_learning_rate: float = 1e-3
    """Step size of the actor's Adam (Kingma & Ba 2015)."""
    critic_learning_rate: float = 1e-3
    """Step size of the critics' Adam."""
    critic_weight_decay: float = 0.0
    """L2 penalty on the critics' parameters (Lillicrap et al.: 0.01)."""
    batch_size: int = 256
    """Transitions per update."""
    transitions_per_update: int = 16
    """Transitions collected, over all simulations together, for each update."""
    discount: float = 0.95
    """Weight gamma of the reward one step later."""
    reward_scale: float = 1.0
    """What rewards are multiplied by before they are learned from (Henderson et al. 2018, Deep
    Reinforcement Learning that Matters, on its effect). The critic's metrics are scaled as well."""
    return_scale: float = 0.0
    """Rewards are divided by the running root mean square of discounted returns and multiplied by
    this, so that their unit does not matter; 0 leaves them (in the manner of Engstrom et al. 2020,
    Implementation Matters in Deep Policy Gradients, who divide by the standard deviation)."""
    n_step: int = 3
    """Rewards summed before the target bootstraps (Barth-Maron et al. 2018, D4PG)."""
    target_rate: float = 0.02
    """Share tau of the online parameters mixed into the target networks at each update."""
    actor_delay: int = 2
    """Critic updates per actor update (delayed policy updates, Fujimoto et al. 2018)."""
    target_noise: float = 0.2
    """Standard deviation of the target policy's smoothing noise (Fujimoto et al. 2018)."""
    target_noise_clip: float = 0.5
    """Bound of the smoothing noise."""
    reward_bounds: tuple[float, float] | None = None
    """Least and greatest reward of a step, where they are known: targets of the critics are then
    clamped to the returns that such rewards can add up to, for example to [-1 / (1 - discount), 0]
    (Plappert et al. 2018, arXiv:1802.09464)."""
    pre_activation_penalty: float = 0.005
    """Weight of the mean square of the actor's output before tanh: keeps it from saturating
    (in the manner of Hausknecht & Stone 2016, who bound the actions by their gradients)."""
    action_penalty: float = 0.0
    """Weight of the policy's mean square action in the actor's loss (Plappert et al. 2018: 1)."""
    normalize_observations: bool = True
    """Scale observations by their running mean and standard deviation, clipped at 5."""
    normalizer_freeze_after: int = 1_000_000
    """Stored transitions after which the statistics no longer change. Late, because a task's
    observations keep growing while it is learned (the speed of a runner)."""
    replay_capacity: int = 200_000
    """Transitions kept (Lin 1992)."""
    warmup_transitions: int = 2_000
    """Transitions with uniformly random actions before the first update."""
    warmup_amplitude: float = 1.0
    """Bound of the uniformly random warm-up actions; small where large actions end episodes."""
    anneal_updates: int = 0
    """Updates over which learning rates and noise fall linearly to `ANNEALED` of what they are at
    first, so that the policy comes to rest; 0 leaves them."""
    noise: Literal["gaussian", "ornstein-uhlenbeck"] = "gaussian"
    """Independent noise, or the correlated noise of Lillicrap et al. (theta 0.15)."""
    noise_range: tuple[float, float] = (0.05, 0.6)
    """Standard deviation in the first and in the last simulation, geometric in between
    (mixed scales as in Ape-X, Horgan et al. 2018); one simulation alone uses the geometric mean."""
    random_component_probability: float = 0.1
    """Chance for each component of each action to be replaced by a uniform one."""
    random_action_probability: float = 0.0
    """Chance for each action to be replaced as a whole by a uniform one (Plappert et al. 2018:
    0.3)."""
    repeat_probability: float = 0.04
    """Chance per step for an idle simulation to hold one random action for a while
    (temporally extended epsilon-greedy, Dabney et al. 2021)."""
    repeat_steps: tuple[int, int] = (2, 8)
    """Shortest and longest repeat of an action [steps], both included."""
    repeat_exempt: tuple[int, ...] = ()
    """Action components that stay with the policy meanwhile, for example a gripper."""
    relabel_future: float = 0.3
    """Share of samples whose goal becomes one achieved in the same episode, by default later on
    (hindsight experience replay, Andrychowicz et al. 2017, arXiv:1707.01495: 0.8)."""
    relabel_strategy: Literal["future", "final", "episode"] = "future"
    """Which achieved goal that is: any from the sampled step on, the last one of the episode, or
    any of the episode (Andrychowicz et al., section 4.5). Of an episode that still runs, or whose
    start was overwritten, it is what is stored."""
    relabel_earned: bool = False
    """Leave out goals that were achieved already when their episode began, as that of an object
    that was never touched: they teach nothing and are what most goals are at first. With True,
    other steps are looked for in place of theirs (in the manner of Manela & Biess 2021,
    arXiv:1905.05498, who leave out steps that begin where their goal is). Takes `reward_bounds`,
    whose greater one says that a goal is achieved."""
    relabel_other: float = 0.2
    """Share of samples whose goal becomes the goal of another transition."""
    mirror_share: float = 0.0
    """Share of each minibatch that is replaced by what a mirror shows, left for right, in tasks
    that have an image there (as the duplicated tuples of Abdolhosseini et al. 2019,
    arXiv:1909.07801). Where there are several mirrors each shows so much of what the others do."""
    demonstration_share: float = 0.125
    """Share of each minibatch that is drawn from demonstrations, where there are any (Nair et al.
    2018, arXiv:1709.10089: 128 of 1024)."""
    cloning_weight: float = 1.0
    """Weight of the mean squared difference between the policy's and demonstrated actions in the
    actor's loss, in units of the mean absolute value of its actions (Nair et al. 2018; the units:
    Fujimoto & Gu 2021, arXiv:2106.06860)."""
    q_filter: bool = True
    """Imitate only actions that the critic prefers to the policy's own (Nair et al. 2018)."""
    evaluate_target_actor: bool = True
    """Act and save with the target actor, a running average that is steadier than the online one
    (Polyak & Juditsky 1992)."""
    backend: Literal["fast", "autograd"] = "fast"
    """What computes the update: written for small networks on a CPU, or the same in plain autograd,
    which is slower there, can be read beside the papers, and runs on a GPU."""

    @property
    def return_bounds(self) -> tuple[float, float]:
        """Least and greatest return of rewards within `reward_bounds`, times `reward_scale`.

        The episode may end at any step.
        """
        if self.reward_bounds is None:
            return -math.inf, math.inf
        low, high = (self.reward_scale * bound for bound in self.reward_bounds)
        steps = 1.0 / (1.0 - self.discount)
        return min(low, low * steps), max(high, high * steps)

    def __post_init__(self) -> None:
        """Raises ValueError naming the first field that is out of range."""
        for field in _AT_LEAST_ONE:
            self._require(field, _is_int(getattr(self, field), 1), "an integer of at least 1")
            most = _AT_MOST.get(field, MOST)
            self._require(field, getattr(self, field) <= most, f"at most {most}")
        for field in _POSITIVE:
            self._require(field, _within(getattr(self, field), 0.0, math.inf, open_low=True), "> 0")
        for field in _NOT_NEGATIVE:
            self._require(field, _within(getattr(self, field), 0.0, math.inf), "finite and >= 0")
        for field in _SHARES:
            self._require(field, _within(getattr(self, field), 0.0, 1.0), "within [0, 1]")
        self._check_combinations()

    def _check_combinations(self) -> None:
        sizes, noise, steps = self.hidden_sizes, self.noise_range, self.repeat_steps
        layers = len(sizes) > 0 and all(_is_int(size, 1) for size in sizes)
        self._require("hidden_sizes", layers, "one or more integers of at least 1")
        weights = sum(a * b for a, b in itertools.pairwise((*sizes, 1)))
        self._require("hidden_sizes", weights <= MOST_WEIGHTS, f"at most {MOST_WEIGHTS} weights")
        self._require("critics", self.critics in (1, 2), "1 or 2")
        self._require("target_rate", self.target_rate <= 1.0, "within (0, 1]")
        self._require("warmup_amplitude", self.warmup_amplitude <= 1.0, "within (0, 1]")
        self._require("noise", self.noise in ("gaussian", "ornstein-uhlenbeck"), "a known kind")
        self._require("backend", self.backend in ("fast", "autograd"), "fast or autograd")
        known = self.relabel_strategy in ("future", "final", "episode")
        self._require("relabel_strategy", known, "future, final or episode")
        ordered = len(noise) == 2 and 0.0 < noise[0] <= noise[1] < math.inf
        self._require("noise_range", ordered, "(low, high) with 0 < low <= high")
        ordered = len(steps) == 2 and _is_int(steps[0], 1) and _is_int(steps[1], steps[0])
        self._require("repeat_steps", ordered, "(shortest, longest), integers of at least 1")
        indices = all(_is_int(index, -math.inf) for index in self.repeat_exempt)
        self._require("repeat_exempt", indices, "indices of action components")
        bounds = self.reward_bounds
        ordered = bounds is None or (
            len(bounds) == 2 and -math.inf < bounds[0] <= bounds[1] < math.inf
        )
        self._require("reward_bounds", ordered, "(least, greatest), finite")
        bounded = bounds is None or self.discount < 1.0
        self._require(
            "reward_bounds", bounded, "a discount below 1, without which returns are unbounded"
        )
        known = bounds is not None or not self.relabel_earned
        self._require("relabel_earned", known, "False without reward_bounds")
        relabelled = self.relabel_future + self.relabel_other
        self._require("relabel_other", relabelled <= 1.0, "at most 1 - relabel_future")
        enough = self.replay_capacity >= self.batch_size
        self._require("replay_capacity", enough, "at least batch_size")

    def _require(self, field: str, holds: bool, expected: str) -> None:
        if not holds:
            raise ValueError(f"{field}={getattr(self, field)!r}: expected {expected}")


_AT_LEAST_ONE = (
    "batch_size",
    "transitions_per_update",
    "n_step",
    "actor_delay",
    "replay_capacity",
    "normalizer_freeze_after",
)
_AT_MOST = {"batch_size": 10**6, "n_step": 10**4}
_POSITIVE = (
    "actor_learning_rate",
    "critic_learning_rate",
    "reward_scale",
    "target_rate",
    "warmup_amplitude",
)
_NOT_NEGATIVE = (
    "critic_weight_decay",
    "target_noise",
    "target_noise_clip",
    "pre_activation_penalty",
    "action_penalty",
    "return_scale",
    "cloning_weight",
    "warmup_transitions",
    "anneal_updates",
)
_SHARES = (
    "discount",
    "random_component_probability",
    "random_action_probability",
    "repeat_probability",
    "relabel_future",
    "relabel_other",
    "mirror_share",
    "demonstration_share",
)


def _is_int(value: object, least: float) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _within(value: float, low: float, high: float, *, open_low: bool = False) -> bool:
    above = value > low if open_low else value >= low
    return math.isfinite(value) and above and value <= high


def default() -> AgentSettings:
    """The tuned settings: TD3-style DDPG for many parallel simulations on a CPU."""
    return AgentSettings()


def td3() -> AgentSettings:
    """Fujimoto et al., ICML 2018, table 3 and section 6.1 (arXiv:1802.09477)."""
    return AgentSettings(
        hidden_sizes=(400, 300),
        critic_layer_norm=False,
        batch_size=100,
        transitions_per_update=1,
        discount=0.99,
        n_step=1,
        target_rate=0.005,
        pre_activation_penalty=0.0,
        normalize_observations=False,
        replay_capacity=1_000_000,
        warmup_transitions=10_000,
        noise_range=(0.1, 0.1),
        random_component_probability=0.0,
        repeat_probability=0.0,
        relabel_future=0.0,
        relabel_other=0.0,
        evaluate_target_actor=False,
    )


def ddpg_2015() -> AgentSettings:
    """Lillicrap et al., ICLR 2016, section 7.

    Two things differ from the paper: batch normalisation is left out (later work, TD3 among it,
    found it of no use here), and the critic takes the action at its first layer, not its second.
    """
    return AgentSettings(
        hidden_sizes=(400, 300),
        critics=1,
        critic_layer_norm=False,
        actor_learning_rate=1e-4,
        critic_weight_decay=0.01,
        batch_size=64,
        transitions_per_update=1,
        discount=0.99,
        n_step=1,
        target_rate=0.001,
        actor_delay=1,
        target_noise=0.0,
        target_noise_clip=0.0,
        pre_activation_penalty=0.0,
        normalize_observations=False,
        replay_capacity=1_000_000,
        warmup_transitions=0,
        noise="ornstein-uhlenbeck",
        noise_range=(0.2, 0.2),
        random_component_probability=0.0,
        repeat_probability=0.0,
        relabel_future=0.0,
        relabel_other=0.0,
        evaluate_target_actor=False,
    )


def presets() -> dict[str, Callable[[], AgentSettings]]:
    """Settings by name, each made afresh by its function."""
    return {"default": default, "td3": td3, "ddpg-2015": ddpg_2015}
