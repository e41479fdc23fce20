"""The shape of a ROS 2 node around a policy: joint states in, a joint trajectory out.

It needs rclpy and the robot's driver, which the tests of this project do not have: a sketch.
"""

import rclpy
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import PointStamped
from rclpy.node import Node
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from robo_ddpg.deploy.arm_runtime import ArmRuntime
from robo_ddpg.deploy.messages import Measurement, Setpoints
from robo_ddpg.errors import DeploymentError


class PolicyNode(Node):
    """Asks the policy every control period, with the latest joint state, or with none."""

    def __init__(self, controller: str) -> None:
        super().__init__("robo_ddpg_policy")
        self.runtime = ArmRuntime(controller)
        self.state: JointState | None = None
        self.goal: tuple[float, float, float] | None = None
        self.started = False
        self.create_subscription(JointState, "joint_states", self.take_state, 1)
        self.create_subscription(PointStamped, "goal", self.take_goal, 1)
        self.trajectory = self.create_publisher(JointTrajectory, "joint_trajectory", 1)
        self.create_timer(self.runtime.period_s, self.step)

    def take_state(self, message: JointState) -> None:
        """Keep the latest."""
        self.state = message

    def take_goal(self, message: PointStamped) -> None:
        """Where to, in the robot's frame."""
        self.goal = (message.point.x, message.point.y, message.point.z)

    def step(self) -> None:
        """One control period; a joint state that did not come is None, and brakes."""
        measurement, self.state = self.measurement(), None
        if not self.started:
            if measurement is None:
                return
            try:
                self.runtime.start(measurement)
            except DeploymentError as error:
                self.get_logger().error(str(error))
                return
            self.started = True
        setpoints = self.runtime.step(measurement)
        if setpoints.braking:
            self.get_logger().warning(setpoints.braking)
        self.trajectory.publish(self.message(setpoints))

    def measurement(self) -> Measurement | None:
        """In the order of the policy's joints."""
        if self.state is None or self.goal is None:
            return None
        index = {name: k for k, name in enumerate(self.state.name)}
        order = [index[name] for name in self.runtime.arm.joints]
        position = [self.state.position[k] for k in order]
        velocity = [self.state.velocity[k] for k in order]
        return Measurement(position, velocity, world={"goal": self.goal})

    def message(self, setpoints: Setpoints) -> JointTrajectory:
        """Set-points as the driver takes them."""
        points = [
            JointTrajectoryPoint(
                positions=position.tolist(),
                velocities=velocity.tolist(),
                time_from_start=Duration(nanosec=round(1e9 * seconds)),
            )
            for seconds, position, velocity in zip(
                setpoints.time_s, setpoints.position, setpoints.velocity, strict=True
            )
        ]
        return JointTrajectory(joint_names=list(self.runtime.arm.joints), points=points)


def main() -> None:
    """Run it."""
    rclpy.init()
    rclpy.spin(PolicyNode("reach"))


if __name__ == "__main__":
    main()
