"""The modules, their targets and optimisers."""

from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.optim import Adam

from robo_ddpg.agent.saved_state import prefixed, under
from robo_ddpg.agent.settings import AgentSettings


class ActorCritic:
    """Everything that learns; targets start as copies.

    Args:
        settings: Learning rates and weight decay.
        actor: Observations to actions before tanh.
        critics: Each from observations and actions to values.
        device: Where all of it is moved.
    """

    def __init__(
        self,
        settings: AgentSettings,
        actor: nn.Module,
        critics: Iterable[nn.Module],
        device: torch.device,
    ) -> None:
        self.actor, self.critics = actor.to(device), nn.ModuleList(critics).to(device)
        self.target_actor = deepcopy(self.actor).requires_grad_(False)
        self.target_critics = deepcopy(self.critics).requires_grad_(False)
        self.actor_optimizer = Adam(self.actor.parameters(), settings.actor_learning_rate)
        self.critic_optimizer = Adam(
            self.critics.parameters(),
            settings.critic_learning_rate,
            weight_decay=settings.critic_weight_decay,
        )

    @torch.no_grad()
    def update_targets(self, tau: float) -> None:
        """Give theta' = tau theta + (1 - tau) theta'."""
        online = [*self.actor.parameters(), *self.critics.parameters()]
        targets = [*self.target_actor.parameters(), *self.target_critics.parameters()]
        for target, parameter in zip(targets, online, strict=True):
            target.lerp_(parameter, tau)

    def state(self) -> dict[str, Tensor]:
        """Copies on the CPU that restore modules and optimisers exactly."""
        state: dict[str, Tensor] = {}
        for name, module in self._modules().items():
            state |= prefixed(name, module.state_dict())
        for name, optimizer in self._optimizers().items():
            state |= prefixed(name, _optimizer_state(optimizer))
        return {name: copy_on_cpu(tensor) for name, tensor in state.items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""
        for name, module in self._modules().items():
            module.load_state_dict(under(name, state))
        for name, optimizer in self._optimizers().items():
            _load_optimizer_state(optimizer, under(name, state))

    def _modules(self) -> dict[str, nn.Module]:
        return {
            "actor": self.actor,
            "critics": self.critics,
            "target_actor": self.target_actor,
            "target_critics": self.target_critics,
        }

    def _optimizers(self) -> dict[str, Adam]:
        return {
            "actor_optimizer": self.actor_optimizer,
            "critic_optimizer": self.critic_optimizer,
        }


def copy_on_cpu(tensor: Tensor) -> Tensor:
    """A copy that nothing later changes."""
    return tensor.detach().to("cpu", copy=True)


def _optimizer_state(optimizer: Adam) -> dict[str, Tensor]:
    """What is kept for each parameter, as `<index>.<name>`; nothing before the first step."""
    kept = optimizer.state_dict()["state"]
    return {f"{i}.{name}": tensor for i in kept for name, tensor in kept[i].items()}


def _load_optimizer_state(optimizer: Adam, state: dict[str, Tensor]) -> None:
    kept: defaultdict[int, dict[str, Tensor]] = defaultdict(dict)
    for key, tensor in state.items():
        index, name = key.split(".")
        kept[int(index)][name] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": dict(kept)})
