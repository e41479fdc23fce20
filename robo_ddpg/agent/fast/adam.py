"""Adam on one flat tensor."""

import torch
from torch import Tensor

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-8


class Adam:
    """Adam (Kingma & Ba 2015, algorithm 1), updating `parameters` in place.

    Args:
        parameters: What is optimised, shape (p,).
        gradient: Where the gradient is found at each step, shape (p,).
        learning_rate: Step size.
        weight_decay: Weight of the L2 penalty on the parameters.
    """

    def __init__(
        self, parameters: Tensor, gradient: Tensor, learning_rate: float, weight_decay: float = 0.0
    ) -> None:
        self.parameters, self.gradient = parameters, gradient
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.steps = 0
        self.first_moment = torch.zeros_like(parameters)
        self.second_moment = torch.zeros_like(parameters)
        self._root = torch.zeros_like(parameters)

    def step(self, pace: float = 1.0) -> None:
        """Update the parameters once, by the learning rate times `pace`."""
        self.steps += 1
        if self.weight_decay > 0.0:
            self.gradient.add_(self.parameters, alpha=self.weight_decay)
        self.first_moment.lerp_(self.gradient, 1 - _BETA_1)
        self.second_moment.mul_(_BETA_2)
        self.second_moment.addcmul_(self.gradient, self.gradient, value=1 - _BETA_2)
        # Bias corrections enter as scalars: the root's is moved to the step size and to epsilon.
        correction = (1 - _BETA_2**self.steps) ** 0.5
        step_size = pace * self.learning_rate * correction / (1 - _BETA_1**self.steps)
        torch.sqrt(self.second_moment, out=self._root).add_(_EPSILON * correction)
        self.parameters.addcdiv_(self.first_moment, self._root, value=-step_size)

    def state(self) -> dict[str, Tensor]:
        """Tensors that restore the optimiser exactly."""
        return {
            "steps": torch.tensor([self.steps]),
            "first_moment": self.first_moment.clone(),
            "second_moment": self.second_moment.clone(),
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""
        self.steps = int(state["steps"])
        self.first_moment.copy_(state["first_moment"])
        self.second_moment.copy_(state["second_moment"])
