"""Campaigns and findings as self-contained HTML pages."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from omnitest.campaign.summary import CampaignSummary
from omnitest.outcome import Observation
from omnitest.reports.chart import line_chart, throughput
from omnitest.reports.source import highlight
from omnitest.reports.wording import duration, named_stacks, number, observation_lines, percent, printable
from omnitest.store.finding import Finding
from omnitest.store.records import Contents, FindingRecord


def installed_version() -> str:
    """The version of the installed package, or a note that there is none."""
    try:
        return importlib.metadata.version("omnitest")
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


def _observed(observation: Observation) -> str:
    """Output and end; the faults have tables of their own."""
    return "\n".join(
        observation_lines(Observation(observation.engine, observation.end, observation.output))
        + [f"{fault.kind.value}: {fault.summary}" for fault in observation.faults]
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("omnitest.reports"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters.update(duration=duration, percent=percent, number=number, printable=printable)
    return environment


def render_campaign(summary: CampaignSummary) -> str:
    """A campaign as a page. All text from programs, tools and file names is escaped; nothing in it is trusted."""
    total = summary.verdicts.total
    return _render(
        "campaign.html",
        f"OmniTest campaign of {summary.started:%Y-%m-%d %H:%M}",
        summary.findings,
        (),
        campaign=summary,
        chart=line_chart(throughput(summary.timeline), "Programs per second over time"),
        share=lambda count: percent(count / total) if total else "",
    )


def render_findings(contents: Contents, location: str) -> str:
    """All findings of the store at ``location`` as a page, with the same care as :func:`render_campaign`."""
    return _render(
        "findings.html",
        "OmniTest findings",
        contents.findings,
        contents.records,
        location=location,
        skipped=contents.skipped,
    )


def _render(
    template: str, title: str, findings: Sequence[Finding], records: Sequence[FindingRecord], **content: object
) -> str:
    """A page with ``findings``; ``records`` are those of them that a store knows more about."""
    environment = _environment()
    return environment.get_template(template).render(
        title=title,
        findings=findings,
        records={record.finding.fingerprint: record for record in records},
        # The style sheet is ours and holds no text from outside, so it may stand unescaped.
        style=Markup(environment.get_template("campaign.css").render()),
        highlight=highlight,
        observed=_observed,
        named_stacks=named_stacks,
        decoded=lambda data: data.decode("utf-8", "backslashreplace"),
        version=installed_version(),
        **content,
    )
