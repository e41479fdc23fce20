"""What is known of any joint that a described robot is driven by."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DrivenJoint:
    """A hinge, and how it is driven."""

    name: str
    """As in the robot's file."""
    low_rad: float
    """Lowest position [rad]."""
    high_rad: float
    """Highest position [rad]."""
    home_rad: float
    """Position where episodes start; of an arm, that spare motion returns to [rad]."""
    velocity_rad_s: float
    """Highest speed [rad/s]."""
    torque_nm: float
    """Highest torque [N m]."""
    stiffness_nm_rad: float
    """Gain of the position servo [N m/rad]."""
    damping_nm_s_rad: float
    """Damping of the position servo [N m s/rad]."""
    armature_kg_m2: float
    """Inertia of the rotor, as the joint feels it [kg m^2]."""
