"""What a person may command of a task is asked of one simulation, and measured in its units."""

import numpy as np

from robo_ddpg.envs.robot_env import RobotVectorEnv

COMMANDED = {
    "drive-park": ("m", "m", "rad"),
    "fly": ("m", "m", "m"),
    "grasp": ("m", "m", "m"),
    "grasp-any": ("m", "m", "m"),
    "grasp-sparse": ("m", "m", "m"),
    "reach": ("m", "m", "m"),
    "reach-sparse": ("m", "m", "m"),
    "locomotion-quadruped": ("m/s", "m/s", "rad/s"),
}


def test_a_command_is_asked_of_one_simulation_and_stays(task_name: str) -> None:
    env = RobotVectorEnv(2, task_name, threads=1)
    env.reset(seed=1)
    commands = env.task.steering()
    units = () if commands is None else tuple(axis.unit for axis in commands.axes)
    assert units == COMMANDED.get(task_name, ())
    if commands is None:
        return
    other = commands.asked()[1].copy()
    wanted = np.array([0.5 * axis.low + 0.5 * axis.high for axis in commands.axes])
    commands.ask(0, wanted)
    for _ in range(3):
        env.step(np.zeros(env.action_space.shape))
    np.testing.assert_allclose(commands.asked(), [wanted, other])
    assert commands.measured().shape == commands.asked().shape
    for axis in commands.axes:
        assert axis.low < axis.high and 0 < axis.step < axis.high - axis.low
        assert axis.rest is None or axis.low <= axis.rest <= axis.high
    keys = [key for axis in commands.axes for key in axis.keys]
    assert len({*keys}) == len(keys)


def test_what_is_measured_is_what_the_quadruped_does() -> None:
    env = RobotVectorEnv(1, "locomotion-quadruped", threads=1)
    env.reset(seed=1)
    half = np.sqrt(0.5)  # facing left
    env.batch.bind("qpos")[0, 3:7] = half, 0.0, 0.0, half
    env.batch.bind("qvel")[0, :6] = 0.1, 0.7, 0.0, 0.0, 0.0, 0.3
    env.task.started(np.array([0]))
    np.testing.assert_allclose(env.task.steering().measured(), [[0.7, -0.1, 0.3]], atol=1e-9)
