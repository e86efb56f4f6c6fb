"""Pages for people: a campaign, or all findings of a store, as one offline HTML file."""

from omnitest.reports.page import render_campaign, render_findings

__all__ = ["render_campaign", "render_findings"]
