"""What was found out about a robot, in lines for people."""

from collections.abc import Iterator

from robo_ddpg.adopt.adopt import Adoption
from robo_ddpg.adopt.sources import Sources
from robo_ddpg.adopt.trial import EPISODES, Trial
from tasks.arm.described.hand import Gripper
from tasks.described.loading import Opened


def what_it_is(adoption: Adoption) -> Iterator[str]:
    """The robot, with the source of what is said of it."""
    robot, sources = adoption.robot, adoption.sources.of
    space = robot.workspace
    yield f"{robot.name}: an arm of {len(robot.joint)} joints"
    yield f"joints      {', '.join(joint.name for joint in robot.joint)}"
    if adoption.still:
        yield f"still       {', '.join(adoption.still)}: they stay as the file has them"
    yield f"tip         on {robot.tip.body}, {sources['tip.body']}; {sources['tip.quaternion']}"
    yield f"hand        {'points down' if robot.down else 'points anywhere'}: {sources['down']}"
    yield f"gripper     {sources['gripper']}"
    if robot.gripper is not None:
        yield f"            {_gripper(robot.gripper)}"
        yield f"            tip {sources['gripper.tip']}"
    stands = f"{sources['base.position_m']}; {sources['base.quaternion']}"
    yield f"base        {robot.base.body}, {stands}"
    yield f"goals       {_point(space.goal_low_m)} to {_point(space.goal_high_m)} m"
    for joint in robot.joint:
        of = f"joint.{joint.name}."
        yield (
            f"  {joint.name}: {joint.low_rad:.3g} to {joint.high_rad:.3g} rad, "
            f"{joint.velocity_rad_s:g} rad/s ({sources[of + 'velocity_rad_s']}), "
            f"{joint.torque_nm:g} N m ({sources[of + 'torque_nm']}); "
            f"servo: {sources[of + 'stiffness_nm_rad']}"
        )
    yield from checks(adoption.opened, adoption.sources)


def checks(opened: Opened, sources: Sources) -> Iterator[str]:
    """What was put right in a file, and what was assumed and should be checked."""
    for repair in opened.repairs:
        yield f"repaired    {repair}"
    for doubt in sources.doubts:
        yield f"check       {doubt}"


def _gripper(gripper: Gripper) -> str:
    fingers = ", ".join(f"{f.joint} {f.closed:.4g} to {f.open:.4g}" for f in gripper.finger)
    least, greatest = (1000 * width for width in gripper.object_m)
    return (
        f"from closed to open {fingers}; it opens {1000 * gripper.open_m:.0f} mm, for objects of "
        f"{least:.0f} to {greatest:.0f} mm"
    )


def _point(corner: tuple[float, float, float]) -> str:
    return "(" + ", ".join(f"{value:.2f}" for value in corner) + ")"


def what_it_can(trial: Trial) -> Iterator[str]:
    """What was measured."""
    yield f"reachable   {trial.reachable:.0%} of a grid over the table by inverse kinematics"
    yield (
        f"scripted    {trial.solved:.0%} of {EPISODES} episodes of reach solved, the worst ends "
        f"{1000 * trial.worst_m:.1f} mm from its goal"
    )
    if trial.grasped is not None:
        yield f"            {trial.grasped:.0%} of {EPISODES} episodes of grasp solved"
    yield f"speed       {trial.steps_per_s:,.0f} steps per second on one core"
    yield f"stability   {trial.unstable} of {EPISODES} unstable under random motion"
    yield from limits_kept(trial.overshoot, weak=trial.weak)
    if trial.collisions:
        yield f"touching    at home, in its own file: {'; '.join(trial.collisions)}"


def limits_kept(overshoot: dict[str, float], *, weak: bool) -> Iterator[str]:
    """How far limits were overstepped under random motion, and whether torques were cut off."""
    over = {name: value for name, value in overshoot.items() if value > 0}
    kept = ", ".join(f"{name} by {value:.3g}" for name, value in over.items())
    yield f"limits      {'overstepped: ' + kept if over else 'all kept under random motion'}"
    if weak:
        yield "torque      its limits cut off something under random motion"
