"""Statistics with values of every kind, made up."""

from robo_ddpg.runs.evaluation_statistics import Estimate, EvaluationStatistics, Spread
from tasks.quantities import Measure

STATISTICS = EvaluationStatistics(
    task="reach",
    controller="reach.safetensors",
    episodes=4,
    seed=20_000,
    safety_filter="on",
    model_matches=True,
    success=Estimate(0.75, 0.3, 0.95),
    returns=Estimate(4.25, 2.0, 8.0),
    return_iqm=3.5,
    length_mean=2.0,
    length_median=1.5,
    unstable=0,
    terminated=1,
    cut=None,
    success_at_reset=None,
    reward_terms={"near": 0.5},
    quantities={
        "distance_m": Spread(0.1, 0.2, 0.3, mean=0.15),
        "energy_j": Spread(None, None, None),
    },
    safety={"torque": 0.25},
    violations=None,
    measured={"distance_m": Measure("distance to the goal", "m")},
)
