"""What made a simulation unstable, in words."""

from collections.abc import Mapping
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.finite import finite_rows, first_not_finite

_W = mujoco.mjtWarning
_OF_JOINTS = {
    _W.mjWARN_BADQPOS: "the position",
    _W.mjWARN_BADQVEL: "the velocity",
    _W.mjWARN_BADQACC: "the acceleration",
}
_OTHERS = {
    _W.mjWARN_INERTIA: "the inertia matrix is close to singular",
    _W.mjWARN_CONTACTFULL: "there are too many contacts",
    _W.mjWARN_CNSTRFULL: "there are too many constraints",
    _W.mjWARN_BADCTRL: "a command is not finite",
}


def physics_fault(model: mujoco.MjModel, number: int, element: int) -> str:
    """What a warning of MuJoCo's means.

    Args:
        model: the model.
        number: which warning, of `mjtWarning`.
        element: what MuJoCo says of where it was.
    """
    warning = _W(number)
    if warning not in _OF_JOINTS:
        return _OTHERS[warning]
    addresses = model.jnt_qposadr if warning == _W.mjWARN_BADQPOS else model.jnt_dofadr
    joint = int(np.searchsorted(addresses, element, side="right")) - 1
    name = model.joint(joint).name or str(joint)
    return f"{_OF_JOINTS[warning]} of joint {name} is not finite or too large"


def number_fault(
    index: int,
    observation: NDArray[Any],
    reward: NDArray[Any],
    parts: Mapping[str, slice],
    terms: Mapping[str, NDArray[Any]],
) -> str:
    """What is not finite of one simulation: a reward term where there are any, or what is observed.

    Args:
        index: which simulation.
        observation: (n, o).
        reward: (n,).
        parts: part of the observation -> its components.
        terms: name of a reward term -> its values, (n,).
    """
    row = slice(index, index + 1)
    what = first_not_finite(observation[row], reward[row], parts)[1]
    if not what.startswith("reward = "):
        return what
    bad = [f"reward term {k} = {v[index]:g}" for k, v in terms.items() if not finite_rows(v)[index]]
    return (bad or [what])[0]
