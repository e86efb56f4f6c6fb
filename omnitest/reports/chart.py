"""Line charts as inline SVG: no script, no font, no library."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from markupsafe import Markup

from omnitest.campaign.summary import TimelinePoint

WIDTH, HEIGHT = 640, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 8, 8, 24


def throughput(points: Sequence[TimelinePoint]) -> list[tuple[float, float]]:
    """Programs per second between each point and the one before, at the later point's time."""
    rates = []
    before = TimelinePoint(0.0, 0, 0)
    for point in points:
        if point.seconds > before.seconds:
            rates.append((point.seconds, (point.programs - before.programs) / (point.seconds - before.seconds)))
            before = point
    return rates


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, … that is not below ``value``: a readable top of an axis."""
    if value < sys.float_info.min:  # nothing, or less than floats can be scaled by
        return 1.0
    step = 10.0 ** math.floor(math.log10(value))
    return next(step * factor for factor in (1.0, 2.0, 5.0, 10.0, 20.0) if step * factor >= value)


def line_chart(points: Sequence[tuple[float, float]], title: str) -> Markup:
    """A chart of ``(seconds, value)``; empty when there is no line to draw. The page has the numbers in a table."""
    if len(points) < 2:
        return Markup("")
    end = points[-1][0]
    top = round_up(max(value for _, value in points))
    wide, high = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM

    def place(seconds: float, value: float) -> str:
        return f"{_LEFT + wide * seconds / end:.1f},{_TOP + high * (1 - value / top):.1f}"

    line = " ".join(place(seconds, value) for seconds, value in points)
    return Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-label="{title}" class="chart">'
        '<path class="axis" d="M{left} {top}V{bottom}H{right}"/>'
        '<text x="{label}" y="{ytop}" text-anchor="end">{max:g}</text>'
        '<text x="{label}" y="{bottom}" text-anchor="end">0</text>'
        '<text x="{left}" y="{h}">0 s</text>'
        '<text x="{right}" y="{h}" text-anchor="end">{end:.0f} s</text>'
        '<polyline points="{line}"/></svg>'
    ).format(
        w=WIDTH, h=HEIGHT, title=title, left=_LEFT, top=_TOP, bottom=HEIGHT - _BOTTOM, right=WIDTH - _RIGHT,
        label=_LEFT - 6, ytop=_TOP + 10, max=top, end=end, line=line,
    )  # fmt: skip
