"""What is timed against the fast update computes the same."""

import sys
from pathlib import Path

import pytest
import torch

from robo_ddpg.agent.fast.backend import FastBackend
from robo_ddpg.agent.settings import AgentSettings

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "benchmarks"))

from benchmark_updates import ACTION_SIZE, OBSERVATION_SIZE, updates
from update_variants import FAST, VARIANTS


@pytest.mark.parametrize("name", [name for name in VARIANTS if name.startswith(("fast", "stack"))])
def test_a_variant_learns_what_the_fast_backend_learns(name: str) -> None:
    settings = AgentSettings(hidden_sizes=(16, 16), batch_size=16, critic_weight_decay=0.01)
    variant, fast = (
        VARIANTS[key](settings, OBSERVATION_SIZE, ACTION_SIZE, torch.Generator().manual_seed(0))
        for key in (name, FAST)
    )
    assert isinstance(variant, FastBackend) and isinstance(fast, FastBackend)
    for backend in (variant, fast):
        updates(backend, settings)()

    for key, network in fast.networks.by_name().items():
        torch.testing.assert_close(
            variant.networks.by_name()[key].parameters, network.parameters, rtol=0.0, atol=1e-5
        )
