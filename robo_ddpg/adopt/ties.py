"""What of a robot is left out: joints that stay still, and ties that would move others along."""

import mujoco

from robo_ddpg.adopt.chain import Chain, below, joints_of, path_to
from robo_ddpg.adopt.sources import Sources

_BODIES = (int(mujoco.mjtEq.mjEQ_CONNECT), int(mujoco.mjtEq.mjEQ_WELD))
_JOINT = int(mujoco.mjtEq.mjEQ_JOINT)


def still_joints(model: mujoco.MjModel, chain: Chain) -> list[str]:
    """Joints that hang from the same base and are not the arm's: they stay as the file has them."""
    joints = [joint for body in below(model, chain.base) for joint in joints_of(model, body)]
    return [model.joint(joint).name for joint in joints if joint not in chain.joints]


def doubt_ties(model: mujoco.MjModel, chain: Chain, sources: Sources) -> None:
    """Say which ties of the arm itself are left out, such as those that close a loop."""
    arm = set(path_to(model, int(model.jnt_bodyid[chain.joints[-1]])))
    for tie in range(model.neq):
        kind, ends = int(model.eq_type[tie]), (model.eq_obj1id[tie], model.eq_obj2id[tie])
        bodies = {int(end) for end in ends} if kind in _BODIES else set()
        joints = {int(end) for end in ends} if kind == _JOINT else set()
        if bodies & arm or joints & set(chain.joints):
            sources.doubt(f"{_named(model, tie)} ties the arm to something: it was left out")


def _named(model: mujoco.MjModel, tie: int) -> str:
    return f"the equality {model.equality(tie).name or tie}"
