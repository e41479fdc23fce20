"""Hand-written gradients against those of autograd."""

import pytest
import torch
from torch import Tensor, nn

from robo_ddpg.agent.fast.stacked_mlp import StackedMlp

BATCH, INPUT, OUTPUT = 5, 3, 2


@pytest.fixture(params=[True, False], ids=["layer_norm", "no_layer_norm"])
def network(request: pytest.FixtureRequest) -> StackedMlp:
    network = StackedMlp(2, (INPUT, 8, 6, OUTPUT), layer_norm=request.param)
    network.parameters.uniform_(-1.0, 1.0, generator=torch.Generator().manual_seed(0))
    return network


def module_of(network: StackedMlp, index: int) -> nn.Sequential:
    """The same network as a torch module."""
    parts: list[nn.Module] = []
    for layer in network.layers:
        linear = nn.Linear(layer.weight.shape[2], layer.weight.shape[1])
        linear.weight.data = layer.weight[index].clone()
        linear.bias.data = layer.bias[index, 0].clone()
        norm = nn.LayerNorm(linear.out_features, elementwise_affine=False)
        parts += [linear, norm, nn.ReLU()] if network.layer_norm else [linear, nn.ReLU()]
    return nn.Sequential(*parts[: -2 if network.layer_norm else -1])


def inputs() -> Tensor:
    return torch.randn(BATCH, INPUT, generator=torch.Generator().manual_seed(1))


def test_outputs_are_those_of_separate_modules(network: StackedMlp) -> None:
    outputs = network(inputs())

    for index in range(2):
        torch.testing.assert_close(outputs[index], module_of(network, index)(inputs()))


def test_parameter_gradients_are_those_of_autograd(network: StackedMlp) -> None:
    outputs, activations = network.forward(inputs())
    network.backward(2.0 * outputs, activations)

    for index in range(2):
        module = module_of(network, index)
        module(inputs()).square().sum().backward()
        linears = [part for part in module if isinstance(part, nn.Linear)]
        for linear, gradient in zip(linears, network.layer_gradients, strict=True):
            torch.testing.assert_close(gradient.weight[index], linear.weight.grad)
            torch.testing.assert_close(gradient.bias[index, 0], linear.bias.grad)


def test_input_gradient_of_one_member_is_that_of_autograd(network: StackedMlp) -> None:
    second = network.member(1)
    outputs, activations = second.forward(inputs())
    gradient = second.input_gradient(torch.ones_like(outputs), activations)

    x = inputs().requires_grad_()
    module_of(network, 1)(x).sum().backward()
    torch.testing.assert_close(gradient[0], x.grad)
