"""Actor and critics as ordinary modules."""

import contextlib
from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor, nn

from robo_ddpg.agent.backend import initial_bounds
from robo_ddpg.errors import SettingsError


class Critic(nn.Module):
    """Q(s, a) as a network of both side by side.

    Args:
        layers: From (b, o + a) to (b, 1).
    """

    def __init__(self, layers: nn.Module) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, observation: Tensor, action: Tensor) -> Tensor:
        """Values, (b, 1), of actions in [-1, 1], (b, a), after observations, (b, o)."""
        value: Tensor = self.layers(torch.cat((observation, action), 1))
        return value


def mlp(sizes: tuple[int, ...], generator: torch.Generator, *, layer_norm: bool) -> nn.Sequential:
    """Linear layers with ReLU between them.

    Args:
        sizes: Width of the input, of each hidden layer, and of the output.
        generator: Draws weights and biases, uniform within `initial_bounds`.
        layer_norm: Whether each hidden layer is normalised, without learned gain and bias.
    """
    bounds = initial_bounds(sizes)
    *hidden, output = (
        _linear(inputs, outputs, bound, generator)
        for (inputs, outputs), bound in zip(pairwise(sizes), bounds, strict=True)
    )
    modules: list[nn.Module] = []
    for linear in hidden:
        modules.append(linear)
        if layer_norm:
            modules.append(nn.LayerNorm(linear.out_features, elementwise_affine=False))
        modules.append(nn.ReLU())
    return nn.Sequential(*modules, output)


@torch.no_grad()
def _linear(inputs: int, outputs: int, bound: float, generator: torch.Generator) -> nn.Linear:
    linear = nn.Linear(inputs, outputs, device="meta").to_empty(device="cpu")  # draws nothing
    for parameter in linear.parameters():
        parameter.uniform_(-bound, bound, generator=generator)
    return linear


@contextlib.contextmanager
def relu_outputs(network: nn.Module) -> Iterator[list[Tensor]]:
    """While it is entered, what modules of class ReLU return is added to a list."""
    outputs: list[Tensor] = []
    relus = (module for module in network.modules() if isinstance(module, nn.ReLU))
    hooks = [relu.register_forward_hook(lambda *call: outputs.append(call[2])) for relu in relus]
    try:
        yield outputs
    finally:
        for hook in hooks:
            hook.remove()


def linear_layers(actor: nn.Module) -> list[nn.Linear]:
    """The layers of an actor that a controller file can hold.

    Raises:
        SettingsError: It is something else than linear layers with ReLU between them.
    """
    parts = list(actor) if isinstance(actor, nn.Sequential) else []
    linear = [part for part in parts[::2] if isinstance(part, nn.Linear) and part.bias is not None]
    between = [part for part in parts[1::2] if isinstance(part, nn.ReLU)]
    if not linear or len(linear) != len(between) + 1 or len(linear) + len(between) != len(parts):
        raise SettingsError(
            f"an actor of class {type(actor).__name__} does not fit a controller file, which holds "
            "linear layers with ReLU between them: save its state_dict() instead"
        )
    return linear
