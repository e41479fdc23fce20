"""A pendulum, and recordings of its fall."""

import mujoco
import numpy as np

from robo_ddpg.model_fields import model_hash
from robo_ddpg.recording.recording import Recording

PENDULUM = """
<mujoco>
  <visual><quality shadowsize="256"/></visual>
  <worldbody>
    <light name="lamp" pos="0 -1 2"/>
    <camera name="front" pos="0 -2 0" xyaxes="1 0 0 0 0 1"/>
    <geom name="wall" type="plane" pos="0 1 0" zaxis="0 -1 0" size="3 3 .1" rgba=".3 .4 .5 1"/>
    <body name="goal" mocap="true" pos=".3 0 .3"><site name="goal" size=".05"/></body>
    <body name="arm">
      <joint name="swing" axis="0 1 0"/>
      <geom name="rod" type="capsule" fromto="0 0 0 .6 0 0" size=".04" rgba=".9 .5 .1 1"/>
      <site name="tip" pos=".6 0 0"/>
    </body>
  </worldbody>
</mujoco>
"""


def record(model: mujoco.MjModel, steps: int, seed: int = 0) -> Recording:
    """Let the pendulum fall for `steps` control steps at 20 Hz, with one frame per step."""
    data = mujoco.MjData(model)
    data.mocap_pos[0] = [0.1, 0.2, 0.3]
    rng = np.random.default_rng(seed)
    data.qpos[0] = rng.uniform(-0.5, 0.5)
    initial = state(model, data, mujoco.mjtState.mjSTATE_INTEGRATION)
    states = [state(model, data, mujoco.mjtState.mjSTATE_FULLPHYSICS)]
    for _ in range(steps):
        mujoco.mj_step(model, data, 25)
        states.append(state(model, data, mujoco.mjtState.mjSTATE_FULLPHYSICS))
    return Recording(
        task={"name": "pendulum", "settings": {"length_m": 0.6}},
        model_hash=model_hash(model),
        seed=seed,
        frames_per_second=20.0,
        control_hz=20.0,
        initial=initial,
        states=np.array(states),
        actions=rng.uniform(-1, 1, (steps, 1)).astype(np.float32),
        rewards=np.linspace(0.0, 1.0, steps),
        success=np.arange(steps) >= steps - 3,
        reward_terms={"upright": np.ones(steps)},
        safety={"joint position": np.zeros(steps)},
        model_fields={"geom_size": model.geom_size.copy()},
        versions={"mujoco": "4.0.0"},
    )


def state(model: mujoco.MjModel, data: mujoco.MjData, spec: mujoco.mjtState) -> np.ndarray:
    values = np.empty(mujoco.mj_stateSize(model, spec))
    mujoco.mj_getState(model, data, values, spec)
    return values
