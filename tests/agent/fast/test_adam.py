import pytest
import torch
from torch import nn

from robo_ddpg.agent.fast.adam import Adam


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_steps_are_those_of_torch(weight_decay: float) -> None:
    generator = torch.Generator().manual_seed(2)
    ours = torch.randn(20, generator=generator)
    theirs = nn.Parameter(ours.clone())
    gradient = torch.zeros(20)
    adam = Adam(ours, gradient, learning_rate=0.01, weight_decay=weight_decay)
    reference = torch.optim.Adam([theirs], lr=0.01, weight_decay=weight_decay)

    for _ in range(10):
        gradient.copy_(torch.randn(20, generator=generator))
        theirs.grad = gradient.clone()
        adam.step()
        reference.step()

    torch.testing.assert_close(ours, theirs.detach())


def test_the_first_step_is_the_learning_rate_against_the_gradient_whatever_its_size() -> None:
    parameters, gradient = torch.zeros(3), torch.tensor([1e-3, -1.0, 1e3])
    Adam(parameters, gradient, learning_rate=0.5).step()

    torch.testing.assert_close(parameters, torch.tensor([-0.5, 0.5, -0.5]))


def test_a_slower_pace_makes_smaller_steps() -> None:
    parameters, gradient = torch.zeros(1), torch.ones(1)
    Adam(parameters, gradient, learning_rate=0.5).step(pace=0.1)

    torch.testing.assert_close(parameters, torch.tensor([-0.05]))
