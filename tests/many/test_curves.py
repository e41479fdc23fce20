"""Curves and profiles of groups, worked out by hand."""

from pathlib import Path

import numpy as np

from robo_ddpg.many.curves import bootstrap_band, group_curve, interquartile_means
from robo_ddpg.many.found import find_runs
from robo_ddpg.many.groups import groups_of
from robo_ddpg.many.profiles import profiles
from robo_ddpg.many.table import latex, markdown, table
from tests.many.made_up import make_run


def test_the_interquartile_mean_leaves_out_a_quarter_at_either_end() -> None:
    values = np.array([[0.0], [1.0], [2.0], [30.0]])
    assert interquartile_means(values).tolist() == [1.5]
    assert interquartile_means(values[1:]).tolist() == [11.0]


def test_a_band_is_as_narrow_as_the_seeds_agree() -> None:
    low, high = bootstrap_band(np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), interquartile_means)
    assert (low[0], high[0]) == (1.0, 1.0)
    assert 0.0 <= low[1] < 1.0 < high[1] <= 2.0


def test_what_ended_by_itself_keeps_its_last_value_and_what_was_cut_ends_the_curve(
    tmp_path: Path,
) -> None:
    make_run(tmp_path / "0", (0.0, 1.0), seed=0)
    make_run(tmp_path / "1", (0.0, 0.5, 0.5, 0.5), seed=1, finished=False)
    (group,) = groups_of(find_runs([tmp_path]))
    curve = group_curve(group, "success", "transitions")
    assert curve is not None
    assert curve.x.tolist() == [1000, 2000, 3000, 4000]
    assert curve.iqm.tolist() == [0.0, 0.75, 0.75, 0.75]
    make_run(tmp_path / "2", (0.2, 0.2), seed=2, finished=False)
    (group,) = groups_of(find_runs([tmp_path]))
    cut = group_curve(group, "success", "time")
    assert cut is not None
    assert cut.x.tolist() == [1.0, 2.0]
    np.testing.assert_allclose(cut.median, [0.0, 0.5])


def test_a_profile_counts_runs_that_end_with_at_least_so_much(tmp_path: Path) -> None:
    for seed, success in enumerate((0.5, 1.0, 1.0, 0.0)):
        make_run(tmp_path / str(seed), (success,), seed=seed)
    (profile,) = profiles(groups_of(find_runs([tmp_path])), "success")
    share = dict(zip(np.round(profile.score, 3), profile.share, strict=True))
    assert (share[0.0], share[0.5], share[0.505], share[1.0]) == (1.0, 0.75, 0.5, 0.5)


def test_the_table_hides_no_seed(tmp_path: Path) -> None:
    for seed, success in enumerate((0.96, 1.0, 0.3)):
        make_run(tmp_path / str(seed), (0.1, success), seed=seed, n_step=3)
    head, rows = table(groups_of(find_runs([tmp_path])))
    assert [row[1] for row in rows] == ["0", "1", "2", "3 seeds"]
    assert [row[5] for row in rows] == ["2.0", "2.0", "-", "-"]
    assert rows[-1][7].startswith("75.3 (")
    assert markdown(head, rows).splitlines()[2].startswith("| reach | 0 | finished | 2000 |")
    assert r"95 \% [s]" in latex(head, rows)
