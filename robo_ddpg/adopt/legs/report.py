"""What was found out about a robot on legs, in lines for people."""

from collections.abc import Iterator

from robo_ddpg.adopt.legs.adopt import Adoption
from robo_ddpg.adopt.legs.trial import EPISODES, SECONDS, Trial
from robo_ddpg.adopt.report import checks, limits_kept


def what_it_is(adoption: Adoption) -> Iterator[str]:
    """The robot, with the source of what is said of it."""
    robot, sources = adoption.robot, adoption.sources.of
    yield (
        f"{robot.name}: a robot on four legs, {robot.mass_kg:.1f} kg, legs of {robot.leg_m:.2f} m"
    )
    yield f"torso       {robot.torso}, {sources['torso']}"
    for leg in robot.leg:
        of = f"leg.{leg.name}."
        yield f"{leg.name:11} {', '.join(leg.joints)}: {sources[of + 'joints']}"
        yield f"            {sources[of + 'name']}"
        yield f"            foot of {100 * leg.foot_radius_m:.1f} cm: {sources[of + 'foot_geom']}"
    if adoption.stand.still:
        yield f"still       {', '.join(adoption.stand.still)}: they stay as the file has them"
    first = robot.joint[0].name
    yield f"stands      {robot.height_m:.3f} m high: {sources[f'joint.{first}.home_rad']}"
    yield (
        f"asked for   {_range(robot.forward_m_s)} m/s forward, {_range(robot.sideways_m_s)} m/s to "
        f"the left, turns of {_range(robot.turn_rad_s)} rad/s: {sources['forward_m_s']}"
    )
    for joint in robot.joint:
        of = f"joint.{joint.name}."
        yield (
            f"  {joint.name}: {joint.low_rad:.3g} to {joint.high_rad:.3g} rad, "
            f"{joint.velocity_rad_s:g} rad/s ({sources[of + 'velocity_rad_s']}), "
            f"{joint.torque_nm:g} N m ({sources[of + 'torque_nm']}); "
            f"servo: {joint.stiffness_nm_rad:g} N m/rad, {joint.damping_nm_s_rad:g} N m s/rad"
        )
    servo = "instead of the file's: " + sources[f"joint.{first}.stiffness_nm_rad"]
    yield f"servos      {servo}; damping {sources[f'joint.{first}.damping_nm_s_rad']}"
    yield from checks(adoption.opened, adoption.sources)


def _range(ends: tuple[float, float]) -> str:
    return f"{ends[0]:g} to {ends[1]:g}"


def what_it_can(trial: Trial) -> Iterator[str]:
    """What was measured."""
    yield f"stands      for {SECONDS:g} s in {trial.stood:.0%} of {EPISODES} episodes"
    yield (
        f"trots       on the spot without a policy, upright for {SECONDS:g} s in "
        f"{trial.trotted:.0%} of {EPISODES} episodes; each foot rises by "
        f"{100 * trial.lifted_m:.1f} cm or more"
    )
    yield f"at home     feet are {1000 * trial.depth_m:.1f} mm deep in the ground"
    if trial.touching:
        yield f"            besides feet the ground is touched by {', '.join(trial.touching)}"
    yield f"speed       {trial.steps_per_s:,.0f} steps per second on one core"
    yield f"stability   {trial.unstable} of {EPISODES} unstable under random motion"
    yield from limits_kept(trial.overshoot, weak=trial.weak)
    if trial.collisions:
        yield f"touching    at home, in its own file: {'; '.join(trial.collisions)}"
