"""Running episodes and keeping them as recordings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.controller import AnyController, Controller, versions
from robo_ddpg.envs.environment import Environment
from robo_ddpg.envs.names import environment_of
from robo_ddpg.envs.simulation import Simulation
from robo_ddpg.errors import RecordingError
from robo_ddpg.evaluation.episodes import Act
from robo_ddpg.evaluation.evaluate import SEED, check_count_and_seed, check_fit
from robo_ddpg.model_fields import model_fields, model_hash
from robo_ddpg.recording.recording import MOCAP, Recording
from tasks.arrays import Array, Float32

FRAMES_PER_STEP = 2
"""States kept per control step, so that motion at 20 Hz is shown at 40 frames per second."""


@dataclass
class _Episode:
    initial: Array
    model_fields: dict[str, NDArray[Any]]
    states: list[Array]
    mocap: list[Array]
    observations: list[Float32]
    commands: list[dict[str, Array]]
    steps: list[dict[str, Any]] = field(default_factory=list)
    running: bool = True


def record_episodes(
    controller: AnyController,
    *,
    episodes: int = 3,
    seed: int = SEED,
    seeds: Sequence[int] | None = None,
    **settings: Any,
) -> list[Recording]:
    """Run episodes and keep them.

    Args:
        controller: a controller, or what `Controller.find` takes.
        episodes: how many; episode k starts from seed + k.
        seed: seed of the first episode.
        seeds: the seed of each episode, instead of `episodes` and `seed`.
        **settings: settings of the task that differ from those it was trained with.

    Raises:
        RecordingError: the task is not one of this package's.
        SettingsError: the number of episodes is not positive, or the seed is negative.
    """
    seeds = range(seed, seed + episodes) if seeds is None else seeds
    check_count_and_seed(len(seeds), min(seeds, default=0))
    controller = Controller.find(controller)
    env = environment_of(controller, len(seeds), **settings)
    simulation = recordable(env)
    try:
        check_fit(controller, env)
        return record(env, simulation, controller.act, seeds)
    finally:
        env.close()


def recordable(env: Environment) -> Simulation:
    """The physics of an environment to record; closes it where there is none.

    Raises:
        RecordingError: its physics is out of reach.
    """
    if env.simulation is None:
        env.close()
        raise RecordingError(
            f"the states of {env.describe()['name']} cannot be recorded: only those of tasks of "
            "robo_ddpg can; robo-ddpg record films it all the same"
        )
    return env.simulation


def record(
    env: Environment,
    simulation: Simulation,
    act: Act,
    seeds: Sequence[int],
    steps: int | None = None,
    states_per_step: int = FRAMES_PER_STEP,
) -> list[Recording]:
    """Run one episode in each simulation and keep it.

    Args:
        env: as many simulations as seeds.
        simulation: their physics.
        act: observations (n, o) -> actions (n, a).
        seeds: the seed of each episode.
        steps: control steps at which episodes that still run are cut off.
        states_per_step: states kept of each control step.
    """
    observation, _ = env.reset(seed=list(seeds))
    kept = [_started(simulation, i, observation[i]) for i in range(len(seeds))]
    while any(episode.running for episode in kept):
        action = act(observation)
        observation, reward, terminated, truncated, info = env.step(action)
        for i, episode in enumerate(kept):
            if episode.running:
                episode.observations.append(observation[i])
                episode.commands.append(_commands(simulation, i))
                ends = bool(terminated[i])
                episode.states.extend(simulation.states_between(i, states_per_step))
                _add_mocap(episode, simulation, i, states_per_step)
                _add_step(episode, simulation, i, action[i], float(reward[i]), ends, info)
                cut = len(episode.steps) == steps
                episode.running = not (terminated[i] or truncated[i] or cut)
    used = versions()
    return [_recording(*pair, simulation, used) for pair in zip(kept, seeds, strict=True)]


def _started(simulation: Simulation, index: int, observation: Float32) -> _Episode:
    model, data = simulation.task.model, simulation.batch.get_data(index)
    initial = _state(model, data, mujoco.mjtState.mjSTATE_INTEGRATION)
    physics = _state(model, data, mujoco.mjtState.mjSTATE_FULLPHYSICS)
    fields, commands = model_fields(simulation.batch, index), _commands(simulation, index)
    mocap = _state(model, data, MOCAP)
    return _Episode(initial, fields, [physics], [mocap], [observation], [commands])


def _commands(simulation: Simulation, index: int) -> dict[str, Array]:
    return {name: values[index] for name, values in simulation.task.commands().items()}


def _state(model: mujoco.MjModel, data: mujoco.MjData, spec: mujoco.mjtState) -> Array:
    state = np.empty(mujoco.mj_stateSize(model, spec))
    mujoco.mj_getState(model, data, state, spec)
    return state


def _add_step(
    episode: _Episode,
    simulation: Simulation,
    index: int,
    action: NDArray[np.float32],
    reward: float,
    terminated: bool,
    info: dict[str, Any],
) -> None:
    terms = {name: float(term[index]) for name, term in info["reward_terms"].items()}
    metrics = {name: float(value[index]) for name, value in info["metrics"].items()}
    metrics |= {name: float(v[index]) for name, v in simulation.drive.efforts().items()}
    altered = simulation.interventions.altered
    safety = {reason: float(sizes[index]) for reason, sizes in altered.items()}
    success = bool(info["is_success"][index])
    episode.steps.append(
        {
            "action": action,
            "reward": reward,
            "terminated": terminated,
            "reward_info": info["reward_info"][index] if "reward_info" in info else None,
            "terms": terms,
            "metrics": metrics,
            "safety": safety,
            "success": success,
        }
    )


def _add_mocap(episode: _Episode, simulation: Simulation, index: int, frames: int) -> None:
    """Mocap bodies move with each control step; frames between show them on their way."""
    model, data = simulation.task.model, simulation.batch.get_data(index)
    before, now = episode.mocap[-1], _state(model, data, MOCAP)
    shares = np.arange(1, frames + 1) / frames
    episode.mocap.extend(before + share * (now - before) for share in shares)


def _moved(mocap: list[Array]) -> Array | None:
    """What was kept of mocap bodies; None where they stayed where they were."""
    rows = np.array(mocap)
    return rows if (rows != rows[0]).any() else None


def _recording(
    episode: _Episode, seed: int, simulation: Simulation, used: dict[str, str]
) -> Recording:
    steps, task = episode.steps, simulation.task
    control_hz = task.settings.control_hz
    return Recording(
        task=task.describe(),
        model_hash=model_hash(task.model),
        seed=seed,
        frames_per_second=round((len(episode.states) - 1) / len(steps)) * control_hz,
        control_hz=control_hz,
        initial=episode.initial,
        model_fields=episode.model_fields,
        versions=used,
        states=np.array(episode.states),
        mocap=_moved(episode.mocap),
        actions=np.array([step["action"] for step in steps], np.float32),
        rewards=np.array([step["reward"] for step in steps]),
        success=np.array([step["success"] for step in steps]),
        observations=np.array(episode.observations, np.float32),
        terminated=np.array([step["terminated"] for step in steps]),
        reward_info=_reward_info(steps),
        reward_terms={
            name: np.array([step["terms"][name] for step in steps]) for name in steps[0]["terms"]
        },
        metrics={
            name: np.array([step["metrics"][name] for step in steps])
            for name in steps[0]["metrics"]
        },
        commands={
            name: np.array([commands[name] for commands in episode.commands])
            for name in episode.commands[0]
        },
        safety={
            reason: np.array([step["safety"][reason] for step in steps], np.float32)
            for reason in steps[0]["safety"]
        },
    )


def _reward_info(steps: list[dict[str, Any]]) -> Float32 | None:
    rows = [step["reward_info"] for step in steps]
    return None if any(row is None for row in rows) else np.array(rows, np.float32)
