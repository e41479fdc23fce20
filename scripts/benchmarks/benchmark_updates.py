"""Measure what the fast update is made of: the same update, put together from other parts.

Variants take turns in one run on one thread, and processor time is counted, so that what else the
machine does matters little. Figures are updates per second relative to the fast backend; results
go to docs/benchmarks.json.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace

import torch
from benchmark import Line, Loop, keep
from torch import Tensor
from update_variants import COMPILED, FAST, VARIANTS

from robo_ddpg.agent.backend import Backend, Sample
from robo_ddpg.agent.settings import AgentSettings

OBSERVATION_SIZE, ACTION_SIZE = 17, 6
"""Those of Gymnasium's half-cheetah."""
UPDATES = 6
"""Updates of each variant per round, half of them with the actor's."""
TD3 = replace(AgentSettings(), critic_layer_norm=False, pre_activation_penalty=0.0)
SIZES = {
    "256x256, batch 64": replace(TD3, hidden_sizes=(256, 256), batch_size=64),
    "256x256, batch 256": replace(TD3, hidden_sizes=(256, 256)),
    "128x128, batch 256": replace(TD3, hidden_sizes=(128, 128)),
    "128x128, batch 256, LayerNorm": AgentSettings(),
}
"""Name -> settings, the last being the default ones."""


def sample_of(size: int, noise: float) -> Sample:
    """Made-up transitions."""
    generator = torch.Generator().manual_seed(0)

    def normal(columns: int) -> Tensor:
        return torch.randn(size, columns, generator=generator)

    return Sample(
        observation=normal(OBSERVATION_SIZE),
        action=normal(ACTION_SIZE).clamp(-1.0, 1.0),
        reward=normal(1),
        discount=torch.full((size, 1), 0.95),
        next_observation=normal(OBSERVATION_SIZE),
        noise=noise * normal(ACTION_SIZE),
    )


def updates(backend: Backend, settings: AgentSettings) -> Loop:
    """What is timed: some updates on one minibatch, without drawing it."""
    sample = sample_of(settings.batch_size, settings.target_noise)

    def loop() -> None:
        for count in range(1, UPDATES + 1):
            backend.critic_gradient(sample, backend.td_target(sample))
            backend.critic_step()
            if count % settings.actor_delay == 0:
                backend.actor_gradient(sample)
                backend.actor_step()
                backend.update_targets()

    return loop


def lines_of(size: str, settings: AgentSettings, rounds: int) -> Iterator[Line]:
    """Each variant against the fast backend."""
    loops: dict[str, Loop] = {}
    for name, make in VARIANTS.items():
        generator = torch.Generator().manual_seed(0)
        backend = make(settings, OBSERVATION_SIZE, ACTION_SIZE, generator)
        loop, start = updates(backend, settings), time.perf_counter()
        try:
            loop()
        except Exception as error:  # torch.compile fails in many ways where no compiler works
            if name != COMPILED:
                raise
            reason = " ".join(str(error).split())[:100]
            print(f"torch.compile is left out, it does not work here: {reason}")
            continue
        loops[name] = loop
        if name == COMPILED:
            spent = time.perf_counter() - start
            yield Line(f"{size}: first updates under torch.compile", spent, "s")
    times = timed_in_turn(loops, rounds)
    for name, own in times.items():
        ratio = statistics.median(fast / t for fast, t in zip(times[FAST], own, strict=True))
        note = f"{UPDATES / statistics.median(own):,.0f} updates/s"
        yield Line(f"{size}: {name}", ratio, "x fast", note=note)


def timed_in_turn(loops: dict[str, Loop], rounds: int) -> dict[str, list[float]]:
    """Processor time [s] of each loop in each round; every round starts with another loop."""
    times: dict[str, list[float]] = {name: [] for name in loops}
    names = list(loops)
    for count in range(rounds):
        first = count % len(names)
        for name in names[first:] + names[:first]:
            start = time.process_time()
            loops[name]()
            times[name].append(time.process_time() - start)
    return times


def main() -> None:
    """Measure all sizes, print them line by line, and keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="turns of each variant")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache  # times to compile are those of a first run
        keep(
            "updates",
            (
                line
                for size, settings in SIZES.items()
                for line in lines_of(size, settings, options.rounds)
            ),
        )


if __name__ == "__main__":
    main()
