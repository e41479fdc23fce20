"""The reference by hand, on modules small enough to calculate with, and on modules of one's own."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from gymnasium.spaces import Box
from torch import Tensor, nn

from robo_ddpg.agent.autograd.backend import AutogradBackend
from robo_ddpg.agent.autograd.networks import Critic
from robo_ddpg.agent.backend import Sample
from robo_ddpg.agent.ddpg import DDPG
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.errors import SettingsError

SETTINGS = replace(
    AgentSettings(),
    target_rate=0.25,
    actor_learning_rate=0.01,
    critic_learning_rate=0.01,
    pre_activation_penalty=0.0,
)


class Constant(nn.Module):
    """One number for every row, whatever the arguments."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(value))

    def forward(self, observation: Tensor, action: Tensor | None = None) -> Tensor:
        return self.value.expand(len(observation), 1)


class Hill(nn.Module):
    """Values are highest where the action is `top`."""

    def __init__(self, top: float) -> None:
        super().__init__()
        self.top = nn.Parameter(torch.tensor(top))

    def forward(self, observation: Tensor, action: Tensor) -> Tensor:
        return -(action - self.top).square()


class Own(nn.Module):
    """An actor with another activation."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(inputs, 8), nn.Linear(8, outputs)

    def forward(self, observation: Tensor) -> Tensor:
        output: Tensor = self.second(torch.tanh(self.first(observation)))
        return output


def sample(reward: float = 1.0, discount: float = 0.5, noise: float = 0.0) -> Sample:
    ones = torch.ones(4, 1)
    return Sample(ones, ones, reward * ones, discount * ones, ones, noise * ones)


def constants(*values: float) -> AutogradBackend:
    return AutogradBackend(SETTINGS, Constant(0.0), [Constant(value) for value in values])


def test_the_target_is_the_reward_and_the_discounted_smaller_value() -> None:
    target = constants(3.0, 7.0).td_target(sample(reward=1.0, discount=0.5))

    assert target.tolist() == [[2.5]] * 4


def test_smoothed_actions_stay_within_bounds() -> None:
    backend = AutogradBackend(SETTINGS, Constant(0.0), [Hill(0.0)])

    # The action is clipped from 0 + 5 to 1, where the value is -1.
    assert backend.td_target(sample(reward=0.0, noise=5.0)).tolist() == [[-0.5]] * 4


def test_every_critic_is_led_to_the_target_by_its_own_error() -> None:
    backend = constants(3.0, 7.0)
    minibatch = sample(reward=1.0, discount=0.5)
    metrics = backend.critic_gradient(minibatch, backend.td_target(minibatch))

    # The target is 2.5, the errors are 0.5 and 4.5, and their squares 0.25 and 20.25.
    assert metrics == {"critic_loss": 10.25, "q": 5.0}
    gradients = [parameter.grad for parameter in backend.networks.critics.parameters()]
    assert gradients == [torch.tensor(1.0), torch.tensor(9.0)]


def test_the_actor_climbs_to_the_best_action() -> None:
    backend = AutogradBackend(SETTINGS, Constant(-2.0), [Hill(0.5)])
    for _ in range(500):
        backend.actor_gradient(sample())
        backend.actor_step()

    action = backend.act(torch.ones(1, 1), target=False)
    assert float(action) == pytest.approx(0.5, abs=1e-3)


def test_the_actors_update_leaves_the_critic_alone() -> None:
    backend = AutogradBackend(SETTINGS, Constant(0.0), [Hill(0.5)])
    backend.actor_gradient(sample())

    assert [parameter.grad for parameter in backend.networks.critics.parameters()] == [None]


def test_the_penalty_pulls_actions_back_from_the_bounds() -> None:
    settings = replace(SETTINGS, pre_activation_penalty=0.5)
    backend = AutogradBackend(settings, Constant(3.0), [Constant(0.0)])
    metrics = backend.actor_gradient(sample())

    # d/dx of 0.5 x^2 at 3, since the value does not depend on the action.
    assert [parameter.grad for parameter in backend.networks.actor.parameters()] == [3.0]
    assert metrics == {"policy_q": 0.0, "pre_activation": 3.0}


def test_the_penalty_of_actions_pulls_them_to_the_middle() -> None:
    settings = replace(SETTINGS, action_penalty=2.0)
    backend = AutogradBackend(settings, Constant(math.atanh(0.5)), [Constant(0.0)])
    backend.actor_gradient(sample())

    # d/dx of 2 tanh(x)^2 is 4 tanh(x) (1 - tanh(x)^2): 4 times 1/2 times 3/4.
    (gradient,) = [float(parameter.grad) for parameter in backend.networks.actor.parameters()]
    assert gradient == pytest.approx(1.5)


@pytest.mark.parametrize(("value", "target"), [(-50.0, -20.0), (-10.0, -9.5), (5.0, 0.0)])
def test_targets_stay_within_what_rewards_can_add_up_to(value: float, target: float) -> None:
    bounded = sample(reward=0.0, discount=0.95)._replace(return_bounds=(-20.0, 0.0))

    found = constants(value).td_target(bounded)
    assert found.flatten().tolist() == pytest.approx([target] * 4)


@pytest.mark.parametrize(
    ("top", "q_filter", "cloned"), [(0.9, True, 1.0), (-0.9, True, 0.0), (-0.9, False, 1.0)]
)
def test_demonstrated_actions_pull_where_the_critic_prefers_them(
    top: float, q_filter: bool, cloned: float
) -> None:
    settings = replace(SETTINGS, cloning_weight=3.0, q_filter=q_filter)
    backend = AutogradBackend(settings, Constant(0.0), [Hill(top)])
    metrics = backend.actor_gradient(sample()._replace(demonstrations=2))

    # d/dx of (tanh x - top)^2 at 0 is -2 top; that of (tanh x - 1)^2 is -2, 3 times |Q| times.
    (gradient,) = (parameter.grad for parameter in backend.networks.actor.parameters())
    assert float(gradient) == pytest.approx(-2.0 * top - 2.0 * 3.0 * 0.81 * cloned)
    assert metrics["cloned"] == cloned


def test_targets_follow_by_the_share_set() -> None:
    backend = constants(8.0)
    for target in backend.networks.target_critics.parameters():
        target.fill_(0.0)
    followed = []
    for _ in range(2):
        backend.update_targets()
        followed += [float(p) for p in backend.networks.target_critics.parameters()]

    assert followed == [2.0, 3.5]  # a quarter of 8, then a quarter of what was left


def make_agent(actor: Callable[[int, int], nn.Module], seed: int = 0) -> DDPG:
    def make(
        settings: AgentSettings, o: int, a: int, generator: torch.Generator
    ) -> AutogradBackend:
        critics = [Critic(nn.Sequential(nn.Linear(o + a, 8), nn.ELU(), nn.Linear(8, 1)))]
        return AutogradBackend(settings, actor(o, a), critics)

    torch.manual_seed(seed)
    spaces = Box(-1, 1, (3,)), Box(-2, 2, (2,))
    return DDPG(make, *spaces, SETTINGS, num_envs=4, seed=seed)


def test_modules_of_ones_own_are_saved_by_their_own_names_and_loaded() -> None:
    observation = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    saved, other = make_agent(Own), make_agent(Own, seed=1)
    assert not np.allclose(other.act(observation), saved.act(observation))
    state = saved.state()
    other.load_state(state)

    assert state["networks.actor.first.weight"].shape == (8, 3)
    np.testing.assert_array_equal(other.act(observation), saved.act(observation))


def test_an_actor_that_a_controller_file_cannot_hold_is_refused_when_it_is_saved() -> None:
    with pytest.raises(SettingsError, match="an actor of class Own does not fit a controller"):
        make_agent(Own).policy_state()


@pytest.mark.parametrize(
    "parts",
    [
        [nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)],
        [nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2), nn.ReLU()],
        [nn.Linear(3, 4), nn.Linear(4, 4), nn.Linear(4, 2)],
        [nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2, bias=False)],
        [nn.Linear(3, 4), nn.LayerNorm(4), nn.ReLU(), nn.Linear(4, 2)],
    ],
)
def test_layers_in_another_order_are_refused(parts: list[nn.Module]) -> None:
    with pytest.raises(SettingsError, match="linear layers with ReLU between them"):
        make_agent(lambda o, a: nn.Sequential(*parts)).policy_state()


def test_ones_own_linear_layers_with_relu_are_saved() -> None:
    first, last = nn.Linear(3, 7), nn.Linear(7, 2)
    state = make_agent(lambda o, a: nn.Sequential(first, nn.ReLU(), last)).policy_state()

    torch.testing.assert_close(state["actor.0.weight"], first.weight.detach())
    torch.testing.assert_close(state["actor.1.bias"], last.bias.detach())
