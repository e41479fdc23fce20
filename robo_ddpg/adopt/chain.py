"""What kind of robot a file describes, and which of its joints lead to which tip."""

from collections.abc import Iterator
from dataclasses import dataclass

import mujoco
import numpy as np

from tasks.described.error import RobotError

FREE, BALL, SLIDE, HINGE = (
    int(getattr(mujoco.mjtJoint, f"mjJNT_{kind}")) for kind in ("FREE", "BALL", "SLIDE", "HINGE")
)
_KINDS = {FREE: "a free joint", BALL: "a ball joint", SLIDE: "a slide"}
FEWEST_HINGES = 4
"""Of an arm: three put the tip somewhere, and a hand wants to be turned besides."""
TIP_NAMES = ("grasp", "pinch", "tcp", "grip", "ee", "end_effector", "attachment", "tool", "tip")
"""What sites at tips are called, the likeliest first."""


@dataclass(frozen=True)
class Chain:
    """An arm in a model: joints from the base to the body of the tip."""

    base: int
    """Body that grows from the world."""
    joints: tuple[int, ...]
    """From the base outward."""
    body: int
    """Body that the tip is fixed to."""
    site: int | None
    """Site at the tip; None where it is the origin of the body, or has to be proposed."""
    proposed: bool
    """Whether a point has to be proposed."""
    source: str
    """How the tip was found."""


def find_chain(model: mujoco.MjModel, tip: str | None = None) -> Chain:
    """The arm of a model.

    Args:
        model: the robot by itself.
        tip: name of the site or body at its tip, if somebody knows.

    Raises:
        RobotError: it is no arm, there are several, or its joints cannot be driven.
    """
    if tip is not None:
        body, site = _named(model, tip)
        proposed = site is None and bool(model.body_geomnum[body])
        return _checked(model, body, site, "named by --tip", proposed=proposed)
    _refuse_legs(model)
    site, source = _tip_site(model)
    if site is not None:
        return _checked(model, int(model.site_bodyid[site]), site, source)
    frame = _tip_frame(model)
    if frame is not None:
        source = f"the origin of {model.body(frame).name!r}, by its name"
        return _checked(model, frame, None, source)
    source = "proposed, for no site is named like a tip"
    return _checked(model, _hand(model), None, source, proposed=True)


def path_to(model: mujoco.MjModel, body: int) -> list[int]:
    """The bodies from the one that grows from the world to this one."""
    path = []
    while body:
        path.append(body)
        body = int(model.body_parentid[body])
    return path[::-1]


def joints_of(model: mujoco.MjModel, body: int) -> range:
    """The joints between a body and its parent."""
    first = int(model.body_jntadr[body])
    return range(first, first + int(model.body_jntnum[body])) if first >= 0 else range(0)


def below(model: mujoco.MjModel, body: int) -> Iterator[int]:
    """A body and all that hang from it."""
    for other in range(body, model.nbody):
        if body in path_to(model, other):
            yield other


def _named(model: mujoco.MjModel, name: str) -> tuple[int, int | None]:
    site = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SITE, name)
    if site >= 0:
        return int(model.site_bodyid[site]), site
    body = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, name)
    if body > 0:
        return body, None
    sites = ", ".join(model.site(i).name for i in range(model.nsite)) or "none"
    bodies = ", ".join(model.body(i).name for i in range(1, model.nbody))
    raise RobotError(f"there is no site or body {name!r}; sites: {sites}; bodies: {bodies}")


def walks(model: mujoco.MjModel) -> bool:
    """Whether a robot has legs: it moves freely on four hinges or more, or has over two limbs."""
    free = [j for j in range(model.njnt) if model.jnt_type[j] == FREE]
    walks = any(len(_below_hinges(model, int(model.jnt_bodyid[j]))) >= 4 for j in free)
    return walks or len(limbs(model)) > 2


def limbs(model: mujoco.MjModel) -> list[int]:
    """The first bodies of all that can be bent twice or more and hangs from what cannot."""
    found = []
    for body in range(1, model.nbody):
        bent = [j for j in joints_of(model, body) if model.jnt_type[j] == HINGE]
        parent = int(model.body_parentid[body])
        if bent and not hinges_to(model, parent):
            longest = max(len(hinges_to(model, other)) for other in below(model, body))
            found += [body] if longest >= 2 else []
    return found


def hinges_to(model: mujoco.MjModel, body: int) -> list[int]:
    """Hinges on the way to a body."""
    joints = [joint for each in path_to(model, body) for joint in joints_of(model, each)]
    return [joint for joint in joints if model.jnt_type[joint] == HINGE]


def _refuse_legs(model: mujoco.MjModel) -> None:
    names = [model.body(body).name for body in limbs(model)]
    if walks(model):
        raise RobotError(
            f"this is a legged robot with {len(names)} limbs, {', '.join(names)}; name one of its "
            "arms by --tip SITE_OR_BODY"
        )
    if len(names) == 2:
        raise RobotError(
            f"there are two arms, {' and '.join(names)}: choose one by --tip SITE_OR_BODY, the "
            "other stays still"
        )


def _below_hinges(model: mujoco.MjModel, body: int) -> list[int]:
    return [
        joint
        for other in below(model, body)
        for joint in joints_of(model, other)
        if model.jnt_type[joint] == HINGE
    ]


def _tip_site(model: mujoco.MjModel) -> tuple[int | None, str]:
    """The site that is named most like a tip, if it is the only one of its kind.

    Raises:
        RobotError: several are named alike and are not in the same place.
    """
    most = max(len(hinges_to(model, body)) for body in range(model.nbody))
    outer = [
        site
        for site in range(model.nsite)
        if len(hinges_to(model, int(model.site_bodyid[site]))) >= min(FEWEST_HINGES, most)
    ]
    for word in TIP_NAMES:
        named = [site for site in outer if _is_called(model.site(site).name, word)]
        if len({_place(model, site) for site in named}) > 1:
            names = ", ".join(model.site(site).name for site in named)
            raise RobotError(f"several sites could be the tip: {names}; choose one by --tip SITE")
        if named:
            return named[0], f"the site {model.site(named[0]).name!r}, by its name"
    return None, ""


def _tip_frame(model: mujoco.MjModel) -> int | None:
    """The outermost body without a shape that is named like a tip, as URDFs have them."""
    frames = [body for body in range(1, model.nbody) if not model.body_geomnum[body]]
    most = max(len(hinges_to(model, body)) for body in range(model.nbody))
    outer = [body for body in frames if len(hinges_to(model, body)) >= min(FEWEST_HINGES, most)]
    for word in (*TIP_NAMES, "flange"):
        named = [body for body in outer if _is_called(model.body(body).name, word)]
        if named:
            return named[-1]
    return None


def _is_called(name: str, word: str) -> bool:
    parts = name.lower().replace("-", "_").replace(".", "_").split("_")
    return word in parts if len(word) <= 3 else word in name.lower()


def _place(model: mujoco.MjModel, site: int) -> tuple[float, ...]:
    where = np.round(model.site_pos[site], 4)
    return (float(model.site_bodyid[site]), *map(float, where))


def _hand(model: mujoco.MjModel) -> int:
    """The body that fingers grow from, or the outermost one."""
    deepest = max(range(model.nbody), key=lambda body: len(hinges_to(model, body)))
    hand = deepest
    for body in path_to(model, deepest):
        moving = [
            child
            for child in range(1, model.nbody)
            if model.body_parentid[child] == body and len(joints_of(model, child))
        ]
        if len(moving) > 1 and hinges_to(model, body):
            return body
        hand = body
    return hand


def _checked(
    model: mujoco.MjModel, body: int, site: int | None, source: str, *, proposed: bool = False
) -> Chain:
    path = path_to(model, body)
    joints = [joint for each in path for joint in joints_of(model, each)]
    for joint in joints:
        if model.jnt_type[joint] != HINGE:
            kind = _KINDS[int(model.jnt_type[joint])]
            raise RobotError(
                f"{model.joint(joint).name!r}, {kind}, is on the way to the tip: an arm has hinges "
                "only; name its tip by --tip SITE_OR_BODY"
            )
    if len(joints) < FEWEST_HINGES:
        names = ", ".join(model.joint(joint).name for joint in joints) or "none"
        raise RobotError(
            f"an arm has at least {FEWEST_HINGES} hinges from its base to its tip, this one has "
            f"{len(joints)} ({names}); name its tip by --tip SITE_OR_BODY"
        )
    return Chain(path[0], tuple(joints), body, site, proposed, source)
