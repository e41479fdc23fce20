"""What every task has to fulfil, whatever it is about: for test files of tasks of one's own."""

from collections.abc import Callable

from robo_ddpg.testing import episodes, observations, rewards, scenes

Check = Callable[[str], None]

CHECKS: tuple[Check, ...] = (
    episodes.gymnasium_has_no_objections,
    episodes.the_same_seed_gives_the_same_episode,
    episodes.a_simulation_of_a_batch_is_the_single_one,
    episodes.what_was_returned_does_not_change,
    episodes.extreme_actions_are_survived_and_counted,
    episodes.the_episode_is_truncated_when_its_time_is_up,
    observations.observations_are_finite_and_all_of_them_tell_something,
    observations.usual_observations_are_of_the_order_of_one,
    rewards.reward_terms_lie_within_0_and_1_and_their_weights_sum_to_1,
    rewards.the_reward_can_be_computed_from_observations_alone,
    rewards.replacing_the_goal_gives_what_would_have_been_observed,
    scenes.every_element_of_the_scene_has_a_name,
    scenes.every_camera_shows_something,
    scenes.a_described_task_can_be_made_again,
    scenes.what_is_observed_is_described_part_by_part,
    scenes.what_is_measured_is_described,
)
"""Each is called with a task's name, and raises AssertionError where the task does not keep to what
it says."""


def check_task(name: str) -> None:
    """Hold a task to its contract.

    Args:
        name: of a registered task, or `module:Class` of one's own.

    Raises:
        AssertionError: the task does not keep to it; the message says in what.
    """
    for check in CHECKS:
        check(name)
