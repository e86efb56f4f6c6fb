"""The campaign page: complete, self-contained, and made of data that stays data."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnitest.campaign.summary import CampaignSummary, EngineSummary, SelfTestRow, Verdicts
from omnitest.outcome import Fault, FaultKind, Frame, Observation, Raised
from omnitest.reports import render_campaign, render_findings
from omnitest.store.records import Contents, EngineVerdict, FindingRecord, Skipped, Status, Suppression
from tests.reports.page_reader import read_page
from tests.reports.sample_campaign import CAMPAIGN
from tests.store.sample_findings import FINDING

HOSTILE = "</script></style></pre><img src=x onerror=alert(1)><!--'\"&amp;{{ 7 * 6 }}{% raw %}"


def hostile_campaign(text: str) -> CampaignSummary:
    """The sample campaign with ``text`` wherever text from outside can stand."""
    fault = Fault(FaultKind.LEAK, text, ((Frame(text, f"{text}.omni", 1), Frame(text, text, 2)),), text)
    seen = Observation(text, Raised(text, text, (text,), 1, 1), text.encode("utf-8", "replace"), (fault,), 0.0, text)
    finding = replace(
        FINDING, fingerprint=text, kind=text, engine=text, summary=text, original=text, reduced=text, expected=seen,
        actual=seen, stdin=text.encode("utf-8", "replace"), diagnostics=text, engines=(text,),
        disabled_passes=(text,), plants=(text,),
        tools=((text, text),), omnitest_version=text,
    )  # fmt: skip
    return replace(
        CAMPAIGN,
        findings=(finding,),
        verdicts=Verdicts(1, 1, {text: 1}),
        engines=(EngineSummary(text),),
        self_test=(SelfTestRow(text, text, True, text), SelfTestRow(text, text, False, text)),
        passes={text: 1},
        problems=(text,),
    )


def structure(campaign: CampaignSummary) -> list[str]:
    """The page's elements, without the runs of colour, which depend on the program."""
    return [tag for tag, _ in read_page(render_campaign(campaign)).elements if tag != "span"]


def test_the_page_is_well_nested_and_needs_nothing_from_elsewhere() -> None:
    html = render_campaign(CAMPAIGN)
    page = read_page(html)
    assert page.faults == []
    assert page.comments == []
    assert not page.tags() & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert not {name for name in page.attributes() if name.startswith("on")} | page.attributes() & {"src", "style"}
    links = [attributes["href"] or "" for tag, attributes in page.elements if tag == "a"]
    targets = {f"#{attributes['id']}" for _, attributes in page.elements if "id" in attributes}
    assert links and set(links) <= targets
    assert "url(" not in html and "@import" not in html


def test_everything_a_reader_asks_for_is_there() -> None:
    text = read_page(render_campaign(CAMPAIGN)).text
    for expected in (
        "1,500", "1 min 15 s", "seed 7", "98.5 %", "19.9", "inconclusive: stack", "98.7 %", "30.2",
        "fold_constants.folded", "812",
        "✗ missed", "✓ detected", "omnitest replay leak-3f9a01", "24 bytes in 1 block are lost", "heap.c:31",
        "program.omni:2", "==7== 24 bytes", "quotient rounds the wrong way",
        "raised type-error: car: expected a pair: 5",
        "value 0", "could not be stored", "borrow, reuse", "12.2.0",
    ):  # fmt: skip
        assert expected in text, expected


def test_the_faulty_line_is_marked_by_more_than_a_colour() -> None:
    text = read_page(render_campaign(replace(CAMPAIGN, findings=(FINDING,)))).text
    assert re.search(r"▶2\s+\(cons x x\)\)", text)
    assert text.count("▶2") == 1
    assert "▶ marks line 2" in text


def test_the_original_is_there_but_folded() -> None:
    html = render_campaign(replace(CAMPAIGN, findings=(FINDING,)))
    folded = html.split("<summary>Original program</summary>")[1].split("</details>")[0]
    assert read_page(folded).text.split() == "1 (define (f x) 2 (cons x x)) 3 (display (f 1)) 4 (f 2)".split()


def test_hostile_text_adds_no_element_and_no_attribute() -> None:
    calm = hostile_campaign("calm")
    hostile = hostile_campaign(HOSTILE)
    assert structure(hostile) == structure(calm)
    page = read_page(render_campaign(hostile))
    assert page.faults == [] and page.comments == []
    assert page.attributes() == read_page(render_campaign(calm)).attributes()
    assert page.text.count(HOSTILE) > 20


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("<>&\"'/;#|\\(){}%-! =ax\n\0\x1b\ud800"), min_size=1, max_size=30))
def test_no_text_at_all_changes_the_structure_of_the_page(text: str) -> None:
    campaign = hostile_campaign(text)
    html = render_campaign(campaign)
    html.encode("utf-8")
    assert read_page(html).faults == []
    assert not set(html) & {chr(code) for code in range(32) if chr(code) not in "\t\n"}
    assert structure(campaign) == structure(hostile_campaign("calm"))


def test_every_table_can_be_reached_and_read_without_a_mouse() -> None:
    page = read_page(render_campaign(CAMPAIGN))
    scrolling = [
        attributes for tag, attributes in page.elements if tag == "div" and attributes.get("class") == "scroll"
    ]
    assert scrolling
    for attributes in scrolling:
        assert attributes["tabindex"] == "0" and attributes["role"] == "region"
        assert "aria-label" in attributes or "aria-labelledby" in attributes
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in page.elements if tag == "th")
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("campaign", "words"),
    [
        (replace(CAMPAIGN, findings=()), "✓ no findings"),
        (
            replace(
                CAMPAIGN, programs=0, seconds=0.0, valid_rate=0.0, verdicts=Verdicts(), engines=(), findings=(),
                self_test=(), timeline=(), passes={}, problems=(),
            ),
            "? no program was run",
        ),
    ],
)  # fmt: skip
def test_a_campaign_without_findings_says_whether_it_ran(campaign: CampaignSummary, words: str) -> None:
    page = read_page(render_campaign(campaign))
    assert page.faults == []
    assert words in page.text


def test_the_page_serves_readers_of_dark_screens() -> None:
    html = render_campaign(CAMPAIGN)
    assert "prefers-color-scheme: dark" in html
    assert '<meta name="color-scheme" content="light dark">' in html


def test_a_page_of_a_store_shows_its_findings_and_what_was_skipped() -> None:
    rule = Suppression(HOSTILE, date(2026, 1, 1), kind="leak", issue=HOSTILE)
    record = FindingRecord(
        FINDING, Status.NEW, HOSTILE, regressions=1, first_revision=HOSTILE, last_revision=HOSTILE, reproduced=3,
        tried=4, engines=(EngineVerdict(HOSTILE, HOSTILE, 7),), suppression=rule,
    )  # fmt: skip
    page = read_page(render_findings(Contents((record,), (Skipped(HOSTILE, HOSTILE),)), HOSTILE))
    assert page.faults == []
    assert page.tags() <= read_page(render_campaign(CAMPAIGN)).tags()
    assert "1 finding in" in page.text and "omnitest replay leak-3f9a01" in page.text
    assert "new, regression, suppression expired" in page.text and "3 of 4 replays showed it" in page.text
    assert page.text.count(HOSTILE.rpartition("/")[2]) == 10
