"""The two backends compute one update, each in its own terms."""

import math
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
import torch
from gymnasium.spaces import Box
from torch import Tensor, nn

from robo_ddpg.agent.autograd.backend import AutogradBackend
from robo_ddpg.agent.backend import Backend, Metrics, Sample
from robo_ddpg.agent.fast.backend import FastBackend
from robo_ddpg.agent.fast.stacked_mlp import StackedMlp
from robo_ddpg.agent.learner import Learner, make_learner
from robo_ddpg.agent.settings import AgentSettings
from robo_ddpg.errors import SettingsError

OBSERVATIONS, ACTIONS, BATCH, UPDATES, DEMONSTRATIONS = 5, 2, 32, 50, 12
PACE = 0.75
BARE = AgentSettings(hidden_sizes=(32, 24), critics=1, critic_layer_norm=False, actor_delay=1)
Kind = Literal["fast", "autograd"]
TOLERANCE = 1e-5
"""Rounding alone parts the backends by 1e-7 in 50 updates. Adam scales gradients to steps of the
learning rate, 1e-3, so that a wrong one shows at once, while rounding of gradients smaller than
its epsilon stays far below one step."""


@pytest.mark.parametrize("layer_norm", [False, True], ids=["no_layer_norm", "layer_norm"])
@pytest.mark.parametrize("critics", [1, 2])
@pytest.mark.parametrize(
    "changes",
    [
        {"pre_activation_penalty": 0.0, "target_noise": 0.0},
        {
            "pre_activation_penalty": 0.1,
            "action_penalty": 0.2,
            "target_noise": 1.0,
            "critic_weight_decay": 0.01,
            "actor_delay": 2,
        },
        {"cloning_weight": 2.0},
        {"cloning_weight": 0.5, "q_filter": False},
    ],
    ids=["bare", "refined", "cloning", "unfiltered"],
)
def test_equal_weights_and_minibatches_give_equal_weights_after_fifty_updates(
    changes: dict[str, Any], critics: int, layer_norm: bool
) -> None:
    settings = replace(BARE, critics=critics, critic_layer_norm=layer_norm, **changes)
    fast, reference = backends_of_equal_weights(settings)
    before = weights_of(reference)

    demonstrations = DEMONSTRATIONS if "cloning_weight" in changes else 0
    for count, sample in enumerate(samples(settings.target_noise), start=1):
        sample = sample._replace(demonstrations=demonstrations)
        delayed = count % settings.actor_delay != 0
        shown, expected = (update(backend, sample, delayed) for backend in (fast, reference))
        assert shown == pytest.approx(expected, rel=1e-3, abs=1e-5)

    after = weights_of(reference)
    for name, networks in stacked(fast).items():
        assert len(after[name]) == 6 * networks.stack  # three layers, weights and biases
        assert all(map(far_apart, before[name], after[name]))
        for mine, theirs in zip(unstacked(networks), after[name], strict=True):
            torch.testing.assert_close(mine, theirs, rtol=0.0, atol=TOLERANCE)


@pytest.mark.parametrize("layer_norm", [False, True], ids=["no_layer_norm", "layer_norm"])
def test_hidden_layers_put_out_the_same(layer_norm: bool) -> None:
    fast, reference = backends_of_equal_weights(replace(BARE, critic_layer_norm=layer_norm))
    sample = next(iter(samples(0.0)))
    shown, expected = (b.hidden(sample.observation, sample.action) for b in (fast, reference))

    assert {name: len(layers) for name, layers in expected.items()} == {"actor": 2, "critic": 2}
    for name, layers in expected.items():
        for mine, theirs in zip(shown[name], layers, strict=True):
            assert 0.0 < float((theirs == 0.0).float().mean()) < 1.0
            torch.testing.assert_close(mine[0], theirs, rtol=0.0, atol=TOLERANCE)


@pytest.mark.parametrize("backend", ["fast", "autograd"])
def test_both_save_the_same_names_shapes_and_kinds_for_a_controller(backend: Kind) -> None:
    tensors = learner_on("cpu", backend).policy_state()

    assert {name: tuple(tensor.shape) for name, tensor in tensors.items()} == {
        "actor.0.weight": (32, OBSERVATIONS),
        "actor.0.bias": (32,),
        "actor.1.weight": (24, 32),
        "actor.1.bias": (24,),
        "actor.2.weight": (ACTIONS, 24),
        "actor.2.bias": (ACTIONS,),
        "normalizer.offset": (OBSERVATIONS,),
        "normalizer.scale": (OBSERVATIONS,),
        "normalizer.clip": (1,),
    }
    assert tensors.pop("normalizer.offset").dtype == torch.float64
    assert {(tensor.dtype, tensor.device.type) for tensor in tensors.values()} == {
        (torch.float32, "cpu")
    }


@pytest.mark.parametrize("make", [FastBackend, AutogradBackend.make])
def test_first_actions_and_values_are_near_zero(make: Any) -> None:
    backend = make(BARE, OBSERVATIONS, ACTIONS, torch.Generator().manual_seed(0))
    observation = torch.randn(100, OBSERVATIONS, generator=torch.Generator().manual_seed(1))
    action = backend.act(observation, target=True)

    for output in (action, backend.q(observation, action)):
        assert 0.0 < float(output.abs().max()) < 0.03


@pytest.mark.parametrize(
    ("backend", "device", "message"),
    [
        ("fast", "cuda", r"CPU only, got device 'cuda'; use --agent.backend autograd"),
        ("autograd", "tpu", "unknown device 'tpu'; available: cpu, cuda"),
        ("fast", "tpu", "unknown device 'tpu'; available: cpu, cuda"),
    ],
)
def test_a_device_that_cannot_be_used_is_refused(backend: Kind, device: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        learner_on(device, backend)


def test_cuda_is_refused_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.raises(SettingsError, match="finds no CUDA device here; use the device cpu"):
        learner_on("cuda", "autograd")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_acts_as_the_cpu_does() -> None:
    observation = np.random.default_rng(0).normal(size=(4, OBSERVATIONS)).astype(np.float32)
    gpu, cpu = learner_on("cuda", "autograd"), learner_on("cpu", "autograd")
    cpu.load_state(gpu.state())

    np.testing.assert_allclose(gpu.act(observation), cpu.act(observation), atol=1e-5)


def learner_on(device: str, backend: Kind) -> Learner:
    settings = replace(BARE, backend=backend)
    spaces = Box(-1, 1, (OBSERVATIONS,)), Box(-1, 1, (ACTIONS,))
    return make_learner(*spaces, settings, num_envs=4, seed=0, device=device)


def backends_of_equal_weights(settings: AgentSettings) -> tuple[FastBackend, AutogradBackend]:
    """All networks with weights of their own, large enough for every unit to matter."""
    fast = FastBackend(settings, OBSERVATIONS, ACTIONS, torch.Generator())
    reference = AutogradBackend.make(settings, OBSERVATIONS, ACTIONS, torch.Generator())
    generator = torch.Generator().manual_seed(0)
    for name, networks in stacked(fast).items():
        networks.parameters.uniform_(-0.3, 0.3, generator=generator)
        for mine, theirs in zip(unstacked(networks), parameters(reference, name), strict=True):
            theirs.data.copy_(mine)
    return fast, reference


def stacked(backend: FastBackend) -> dict[str, StackedMlp]:
    return backend.networks.by_name()


def unstacked(networks: StackedMlp) -> list[Tensor]:
    """Weights and biases, network by network."""
    members = range(networks.stack)
    pairs = [(weight[i], bias[i, 0]) for i in members for weight, bias in networks.layers]
    return [part for pair in pairs for part in pair]


def parameters(backend: AutogradBackend, name: str) -> list[nn.Parameter]:
    networks = {
        "actor": backend.networks.actor,
        "critic": backend.networks.critics,
        "target_actor": backend.networks.target_actor,
        "target_critic": backend.networks.target_critics,
    }
    return list(networks[name].parameters())


def weights_of(backend: AutogradBackend) -> dict[str, list[Tensor]]:
    names = ("actor", "critic", "target_actor", "target_critic")
    return {name: [p.detach().clone() for p in parameters(backend, name)] for name in names}


def far_apart(first: Tensor, second: Tensor) -> bool:
    return float((first - second).abs().max()) > 10 * TOLERANCE


def samples(noise: float) -> list[Sample]:
    generator = torch.Generator().manual_seed(2)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    return [
        Sample(
            observation=normal(BATCH, OBSERVATIONS),
            action=normal(BATCH, ACTIONS).clamp(-1.0, 1.0),
            reward=normal(BATCH, 1),
            discount=0.9 * (normal(BATCH, 1) < 1.0).float(),
            next_observation=normal(BATCH, OBSERVATIONS),
            noise=noise * normal(BATCH, ACTIONS),
            return_bounds=(-0.5, 1.0) if noise else (-math.inf, math.inf),
        )
        for _ in range(UPDATES)
    ]


def update(backend: Backend, sample: Sample, delayed: bool) -> Metrics:
    metrics = backend.critic_gradient(sample, backend.td_target(sample))
    backend.critic_step(PACE)
    if not delayed:
        metrics |= backend.actor_gradient(sample)
        backend.actor_step(PACE)
        backend.update_targets()
    return metrics
