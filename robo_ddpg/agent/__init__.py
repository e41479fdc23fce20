"""The learner: deep deterministic policy gradient over arrays and Box spaces, nothing else.

Names are imported when first used, so that running a saved `Policy` or reading settings does not
import torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from robo_ddpg.agent.ddpg import DDPG as DDPG
    from robo_ddpg.agent.divergence import DivergenceError as DivergenceError
    from robo_ddpg.agent.policy import Policy as Policy
    from robo_ddpg.agent.settings import AgentSettings as AgentSettings
    from robo_ddpg.agent.settings import presets as presets
    from robo_ddpg.agent.transitions import GoalSpace as GoalSpace
    from robo_ddpg.agent.transitions import Transitions as Transitions

_MODULE_OF = {
    "AgentSettings": "settings",
    "DDPG": "ddpg",
    "DivergenceError": "divergence",
    "GoalSpace": "transitions",
    "Policy": "policy",
    "Transitions": "transitions",
    "presets": "settings",
}
__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
