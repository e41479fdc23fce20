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
        self._step = torch.zeros(())

    def step(self, pace: float = 1.0) -> None:
        """Update the parameters once, by the learning rate times `pace`.

        In one pass through memory: PyTorch's own optimiser calls the same, and takes as long again
        to prepare it.
        """
        self.steps += 1
        self._step.fill_(self.steps)
        torch._fused_adam_(
            [self.parameters],
            [self.gradient],
            [self.first_moment],
            [self.second_moment],
            [],
            [self._step],
            lr=pace * self.learning_rate,
            beta1=_BETA_1,
            beta2=_BETA_2,
            weight_decay=self.weight_decay,
            eps=_EPSILON,
            amsgrad=False,
            maximize=False,
        )

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
