"""Networks with hand-written gradients and flat parameters.

On a CPU, at the small sizes used here, building autograd graphs and stepping many small tensors
costs as much as the mathematics. So all parameters of a network are views of one flat tensor
(an optimiser step and a target update are a few operations each), critics are evaluated side by
side as one stacked network, and the gradients of the one architecture used are written out.
"""

from copy import copy
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from robo_ddpg.agent.backend import initial_bounds
from robo_ddpg.agent.fast import products

_NORM_EPSILON = torch.tensor(1e-5)


class Layer(NamedTuple):
    """Parameters, or their gradients, of one layer of s stacked networks."""

    weight: Tensor
    """Shape (s, out, in): with this order, products with few outputs are several times faster."""
    bias: Tensor
    """Shape (s, 1, out)."""


class HiddenActivation(NamedTuple):
    """What the gradient of one hidden layer needs from the forward pass."""

    input: Tensor
    """Shape (s, b, in)."""
    linear: Tensor
    """Before normalisation, shape (s, b, out); the output where there is none."""
    mean: Tensor | None
    """Of each row of `linear`, if normalised, shape (s, b, 1)."""
    inverse_std: Tensor | None
    """Of each row of `linear`, if normalised, shape (s, b, 1)."""
    output: Tensor
    """Shape (s, b, out)."""


class StackedMlp:
    """Multilayer perceptrons of one shape, evaluated together: linear, [LayerNorm], ReLU, linear.

    Args:
        stack: Number s of networks.
        sizes: Width of the input, of each hidden layer, and of the output.
        layer_norm: Whether each hidden layer is normalised, without learned gain and bias.
    """

    def __init__(self, stack: int, sizes: tuple[int, ...], *, layer_norm: bool) -> None:
        self.stack, self.sizes, self.layer_norm = stack, sizes, layer_norm
        count = stack * sum((i + 1) * o for i, o in pairwise(sizes))
        self.parameters = torch.zeros(count)
        self.gradient = torch.zeros(count)
        self.layers = self._views(self.parameters)
        self.layer_gradients = self._views(self.gradient)

    def initialize(self, generator: torch.Generator) -> None:
        """Draw weights and biases, uniform within `initial_bounds`."""
        for layer, bound in zip(self.layers, initial_bounds(self.sizes), strict=True):
            for tensor in layer:
                tensor.uniform_(-bound, bound, generator=generator)

    def member(self, index: int) -> "StackedMlp":
        """One network of the stack, sharing its parameters."""
        member = copy(self)
        member.stack = 1
        one = slice(index, index + 1)
        member.layers = [Layer(w[one], b[one]) for w, b in self.layers]
        member.layer_gradients = [Layer(w[one], b[one]) for w, b in self.layer_gradients]
        return member

    def __call__(self, x: Tensor) -> Tensor:
        """Outputs, shape (s, b, out), for inputs of shape (b, in) or (s, b, in)."""
        return self.forward(x)[0]

    def forward(self, x: Tensor) -> tuple[Tensor, list[HiddenActivation]]:
        """Outputs as above, and what `backward` needs."""
        activations = []
        x = x.expand(self.stack, -1, -1)
        for weight, bias in self.layers[:-1]:
            mean = inverse_std = None
            linear = output = products.linear(x, weight, bias, relu=not self.layer_norm)
            if self.layer_norm:
                normalized, mean, inverse_std = _layer_norm(linear)
                output = torch.relu_(normalized)
            activations.append(HiddenActivation(x, linear, mean, inverse_std, output))
            x = output
        weight, bias = self.layers[-1]
        return products.linear(x, weight, bias), activations

    def backward(self, upstream: Tensor, activations: list[HiddenActivation]) -> None:
        """Write d loss / d parameters to `gradient`, given d loss / d output, shape (s, b, out)."""
        inputs = [*(hidden.input for hidden in activations), activations[-1].output]
        for index in reversed(range(len(self.layers))):
            into = self.layer_gradients[index]
            products.weight_gradient(upstream, inputs[index], into.weight)
            torch.sum(upstream, 1, keepdim=True, out=into.bias)
            if index > 0:
                upstream = self._through_hidden(upstream, index, activations[index - 1])

    def input_gradient(self, upstream: Tensor, activations: list[HiddenActivation]) -> Tensor:
        """Give d loss / d input, (s, b, in), for d loss / d output, shape (s, b, out)."""
        for index in reversed(range(1, len(self.layers))):
            upstream = self._through_hidden(upstream, index, activations[index - 1])
        return products.through(upstream, self.layers[0].weight)

    def _through_hidden(self, upstream: Tensor, index: int, hidden: HiddenActivation) -> Tensor:
        """From layer `index`'s linear output back to the linear output of the layer before it."""
        gradient: Tensor = products.through(upstream, self.layers[index].weight)
        gradient = torch.ops.aten.threshold_backward(gradient, hidden.output, 0)
        if self.layer_norm:
            gradient = torch.ops.aten.native_layer_norm_backward(
                gradient,
                hidden.linear,
                hidden.linear.shape[-1:],
                hidden.mean,
                hidden.inverse_std,
                None,
                None,
                [True, False, False],
            )[0]
        return gradient

    def _views(self, flat: Tensor) -> list[Layer]:
        layers, start = [], 0
        for i, o in pairwise(self.sizes):
            middle, end = start + self.stack * i * o, start + self.stack * (i + 1) * o
            weight = flat[start:middle].view(self.stack, o, i)
            layers.append(Layer(weight, flat[middle:end].view(self.stack, 1, o)))
            start = end
        return layers


def _layer_norm(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Normalised rows of x with their mean and inverse standard deviation.

    Half the time of torch.native_layer_norm on a CPU, whose gradient it matches.
    """
    mean = x.mean(-1, keepdim=True)
    centered = x - mean
    norm = torch.linalg.vector_norm(centered, dim=-1, keepdim=True)
    inverse_std = torch.addcmul(_NORM_EPSILON, norm, norm, value=1.0 / x.shape[-1]).rsqrt_()
    return centered.mul_(inverse_std), mean, inverse_std
