"""Hand-written gradients and optimiser against torch's own."""

import pytest
import torch
from torch import nn

from robo_ddpg.agent.adam import Adam
from robo_ddpg.agent.networks import StackedMlp

BATCH, INPUT, OUTPUT = 5, 3, 2


@pytest.fixture(params=[True, False], ids=["layer_norm", "no_layer_norm"])
def network(request):
    network = StackedMlp(2, (INPUT, 8, 6, OUTPUT), layer_norm=request.param)
    network.parameters.uniform_(-1.0, 1.0, generator=torch.Generator().manual_seed(0))
    return network


def module_of(network, index):
    """The same network as a torch module."""
    parts = []
    for layer in network.layers:
        linear = nn.Linear(layer.weight.shape[2], layer.weight.shape[1])
        linear.weight.data = layer.weight[index].clone()
        linear.bias.data = layer.bias[index, 0].clone()
        norm = nn.LayerNorm(linear.out_features, elementwise_affine=False)
        parts += [linear, norm, nn.ReLU()] if network.layer_norm else [linear, nn.ReLU()]
    return nn.Sequential(*parts[: -2 if network.layer_norm else -1])


def inputs():
    return torch.randn(BATCH, INPUT, generator=torch.Generator().manual_seed(1))


def test_outputs_are_those_of_separate_modules(network):
    outputs = network(inputs())

    for index in range(2):
        torch.testing.assert_close(outputs[index], module_of(network, index)(inputs()))


def test_parameter_gradients_are_those_of_autograd(network):
    outputs, activations = network.forward(inputs())
    network.backward(2.0 * outputs, activations)

    for index in range(2):
        module = module_of(network, index)
        module(inputs()).square().sum().backward()
        linears = [part for part in module if isinstance(part, nn.Linear)]
        for linear, gradient in zip(linears, network.layer_gradients, strict=True):
            torch.testing.assert_close(gradient.weight[index], linear.weight.grad)
            torch.testing.assert_close(gradient.bias[index, 0], linear.bias.grad)


def test_input_gradient_of_one_member_is_that_of_autograd(network):
    second = network.member(1)
    outputs, activations = second.forward(inputs())
    gradient = second.input_gradient(torch.ones_like(outputs), activations)

    x = inputs().requires_grad_()
    module_of(network, 1)(x).sum().backward()
    torch.testing.assert_close(gradient[0], x.grad)


def test_first_outputs_are_near_zero():
    network = StackedMlp(1, (INPUT, 16, OUTPUT), layer_norm=False)
    network.initialize(torch.Generator().manual_seed(0))

    assert 0.0 < float(network(inputs()).abs().max()) < 0.02


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_adam_steps_as_the_one_of_torch(weight_decay):
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
