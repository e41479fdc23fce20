"""The step core."""

import numpy as np

from robo_ddpg.envs.registration import make_task
from robo_ddpg.envs.simulation import Simulation


def test_states_between_control_steps_are_those_the_physics_went_through() -> None:
    simulation = Simulation(make_task("reach"), 2, threads=1)
    simulation.step(np.random.default_rng(0).uniform(-1, 1, (2, simulation.action_size)))
    model, substeps = simulation.task.model, simulation.task.substeps
    every = simulation.states_between(1, substeps)
    data = simulation.data(1)
    np.testing.assert_array_equal(every[-1, 1 : 1 + model.nq], data.qpos)
    times = data.time - model.opt.timestep * np.arange(substeps)[::-1]
    np.testing.assert_allclose(every[:, 0], times, rtol=1e-12)
    motion = every[:, 1 : 1 + model.nq + model.nv]
    np.testing.assert_array_equal(motion, [simulation.motion_at(1, k) for k in range(substeps)])
    np.testing.assert_array_equal(simulation.states_between(1, 2), every[[substeps // 2 - 1, -1]])
