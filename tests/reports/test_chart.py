"""The throughput chart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnitest.campaign.summary import TimelinePoint
from omnitest.reports.chart import HEIGHT, WIDTH, line_chart, round_up, throughput
from tests.reports.page_reader import read_page


def test_throughput_is_measured_between_points() -> None:
    points = [
        TimelinePoint(10, 100, 0),
        TimelinePoint(20, 400, 0),
        TimelinePoint(20, 400, 1),
        TimelinePoint(25, 400, 1),
    ]
    assert throughput(points) == [(10, 10.0), (20, 30.0), (25, 0.0)]


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.3, 0.5), (1, 1), (1.1, 2), (19.9, 20), (20.1, 50), (51, 100), (0.012, 0.02)]
)
def test_the_axis_ends_at_a_round_number(value: float, top: float) -> None:
    assert round_up(value) == pytest.approx(top)


@given(st.lists(st.tuples(st.floats(0.1, 1e5), st.floats(0, 1e6)), min_size=2, max_size=20))
def test_the_line_stays_inside_the_picture(points: list[tuple[float, float]]) -> None:
    ordered = sorted(points)
    page = read_page(str(line_chart(ordered, "t")))
    line = next(attributes["points"] for tag, attributes in page.elements if tag == "polyline")
    assert line is not None
    places = [tuple(float(part) for part in place.split(",")) for place in line.split()]
    assert len(places) == len(ordered)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)


def test_one_point_is_no_line() -> None:
    assert line_chart([(1.0, 2.0)], "t") == ""
