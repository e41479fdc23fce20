"""Charts are drawn from however little there is, and fit into a page."""

import re
from pathlib import Path

import pytest

from robo_ddpg.runs.charts import (
    COLOURS,
    compared_charts,
    histogram,
    learning_curve,
    learning_curves,
    line_chart,
    line_charts,
    save_png,
)
from robo_ddpg.runs.lines import Line
from robo_ddpg.runs.svg import to_svg


def curve(points: int, success: float | None = 0.5) -> list[dict[str, float | None]]:
    return [
        {"training_s": float(i), "evaluation_return": 2.0 * i, "evaluation_success": success}
        for i in range(points)
    ]


@pytest.mark.parametrize("success", [None, 0.5])
@pytest.mark.parametrize("points", [0, 1, 3])
def test_a_learning_curve_is_drawn_from_however_little_there_is(
    tmp_path: Path, success: float | None, points: int
) -> None:
    path = tmp_path / "curve.png"
    save_png(learning_curves(curve(points, success), "reach, seed 0"), path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert list(tmp_path.iterdir()) == [path]


def test_success_and_return_have_an_axis_each() -> None:
    both, alone = learning_curve(curve(3)), learning_curve(curve(3, success=None))
    assert [axes.get_ylabel() for axes in both.axes] == ["success [%]", "return"]
    assert [axes.get_ylabel() for axes in alone.axes] == ["return"]
    percent = both.axes[0].lines[0].get_ydata()
    assert list(percent) == [50.0, 50.0, 50.0]


def test_a_learning_curve_is_drawn_over_time_and_over_transitions() -> None:
    rows = [{**row, "transitions": 4000.0 * i} for i, row in enumerate(curve(3))]
    time, transitions, *_ = learning_curves(rows, "reach").axes
    assert time.get_xlabel() == "training time [s]"
    assert list(time.lines[0].get_xdata()) == [0.0, 1.0, 2.0]
    assert transitions.get_xlabel() == "transitions [thousands]"
    assert list(transitions.lines[0].get_xdata()) == [0.0, 4.0, 8.0]


def test_several_lines_have_a_chart_each() -> None:
    lines = [Line(f"line {i}", "x", "y", [0, 1], [i, i], [i, 0], [i, 2]) for i in range(4)]
    figure = line_charts(lines, "all")
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title("left") for axes in shown] == ["line 0", "line 1", "line 2", "line 3"]
    assert all(len(axes.collections) == 1 for axes in shown)  # the band


def test_lines_to_be_compared_share_a_chart_and_have_their_names_below() -> None:
    charts = [
        [Line(f"chart {i}", "x", "y", [0, 1], [i, k], [i, 0], [i, 2], nominal=0) for k in range(3)]
        for i in range(2)
    ]
    figure = compared_charts(charts, ["A", "B", "C"], "all")
    first, second, _ = figure.axes
    assert [axes.get_title("left") for axes in (first, second)] == ["chart 0", "chart 1"]
    drawn = [line for line in second.lines if line.get_marker() == "o"]
    assert [list(line.get_ydata()) for line in drawn] == [[1, 0], [1, 1], [1, 2]]
    (legend,) = figure.legends
    named = zip(legend.get_texts(), legend.get_lines(), drawn, strict=True)
    assert [text.get_text() for text in legend.get_texts()] == ["A", "B", "C"]
    assert all(shown.get_color() == line.get_color() for _, shown, line in named)
    assert len({line.get_color() for line in drawn}) == 3


@pytest.mark.parametrize("values", [[3.0], [3.0, 3.0], [0.0, 0.0, 1.0]])
def test_a_histogram_counts_every_episode(values: list[float]) -> None:
    figure = histogram(values, "distance [m]")
    (bars,) = figure.axes[0].patches
    assert bars.get_data().values.sum() == len(values)


def test_a_chart_in_a_page_has_no_size_font_colour_or_address_of_its_own() -> None:
    line = Line("a", "time <s>", "return", [0.0, 1.0], [0.0, 5.0], [0, 4], [1, 6], nominal=0.5)
    svg = to_svg(line_chart(line), 'a "chart"')
    assert svg.startswith("<svg viewBox=") and svg.endswith("</svg>")
    assert "time &lt;s&gt;" in svg and "&quot;chart&quot;" in svg
    assert not re.search(r"\bwidth=\"[\d.]+pt|font-family|#[0-9a-f]{6};|http|<\?xml", svg)
    assert set(re.findall(r"var\(--(\w+)\)", svg)) <= set(COLOURS)


def test_equal_charts_are_equal_text_and_refer_only_to_themselves() -> None:
    first, again = (to_svg(learning_curve(curve(5)), "a") for _ in range(2))
    assert first == again
    assert set(re.findall(r"(?:url\(|href=\")#(\w+)", first)) == set(
        re.findall(r' id="(\w+)"', first)
    )
