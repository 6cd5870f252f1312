"""What falls with an element: by condition, by structure, by assertion; the keystones; the timeline."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import detente
from detente.analyses.standing import ledger_at
from detente.model.case import Case

FOUNDING = Path(__file__).parents[2] / "cases" / "vladivostok-1977"
RECORD = """
documents:
  d1: {citation: "Paper 1", date: 1980-01-01}
  d2: {citation: "Paper 2", date: 1980-02-01}
issues:
  ceiling:
    title: The ceiling
    options: {high: {text: a high ceiling}}
  rule:
    title: The counting rule
    options: {by-type: {text: by type}, one-by-one: {text: one by one}}
  cruise:
    title: Cruise missiles
    options: {banned: {text: banned}}
  load:
    title: Loads
    options: {twenty: {text: twenty each, requires: [rule/by-type]}}
  whole:
    title: The whole
    options: {inside: {text: all settled together, spans: [cruise, load]}}
statements:
  - {id: s1, date: 1980-01-01, document: d1, party: north, issue: cruise, option: banned, act: proposes}
  - {id: s2, date: 1980-01-01, document: d1, party: north, issue: rule, option: by-type, act: accepts,
     conditional_on: [cruise/banned]}
  - {id: s3, date: 1980-01-01, document: d1, party: north, issue: ceiling, option: high, act: accepts,
     conditional_on: [rule/by-type]}
  - {id: s4, date: 1980-02-01, document: d2, party: south, issue: rule, option: by-type, act: proposes}
  - {id: s5, date: 1980-02-01, document: d2, party: south, issue: cruise, option: banned, act: accepts}
  - {id: s6, date: 1980-02-01, document: d2, party: south, issue: load, option: twenty, act: proposes}
  - {id: s7, date: 1980-02-01, document: d2, party: south, issue: whole, option: inside, act: proposes}
  - {id: s8, date: 1980-02-01, document: d2, party: south, issue: ceiling, option: high, act: accepts}
linkages:
  - {id: k1, date: 1980-02-01, asserted_by: south, kind: interdependence, a: [ceiling/high], b: [ceiling/high],
     text: all hangs together}
"""


@pytest.fixture
def small(tmp_path: Path) -> Case:
    """A record in which much hangs on the ban of cruise missiles."""
    (tmp_path / "record").mkdir()
    (tmp_path / "case.yaml").write_text(
        "case: small\ntitle: Small\nparties: {north: {title: N}, south: {title: S}}\n",
        encoding="utf-8",
    )
    (tmp_path / "record/r.yaml").write_text(RECORD, encoding="utf-8")
    return detente.load(tmp_path)


def test_what_falls_and_why(small: Case) -> None:
    """Conditions carry it on, structure too; each edge has its reason."""
    u = detente.unravel(small, "cruise/banned")
    lapsed = {(h.party, h.key): because for h, because in u.lapsed}
    assert lapsed == {
        ("north", "rule/by-type"): "cruise/banned",
        ("north", "ceiling/high"): "rule/by-type",
    }
    assert u.structural == ("load/twenty",)
    assert {(e.falls, e.why) for e in u.edges} == {
        ("rule/by-type", "condition"),
        ("ceiling/high", "condition"),
        ("load/twenty", "requires"),
    }
    assert u.issues_opened == ("ceiling", "rule", "cruise")


def test_an_issue_takes_its_bundle_along(small: Case) -> None:
    """Putting an issue outside ends what settles it together with others."""
    assert ("whole/inside", "bundle") in {
        (e.falls, e.why) for e in detente.unravel(small, "cruise").edges
    }


def test_nothing_falls_with_a_leaf(small: Case) -> None:
    """What nothing hangs on can be taken out alone."""
    assert detente.unravel(small, "load/twenty").falls == 0


def test_as_asserted_is_a_view_of_its_own(small: Case) -> None:
    """Taken at its word, the side that said all hangs together lets all its acceptances fall."""
    specific = detente.unravel(small, "rule/by-type")
    asserted = detente.unravel(small, "rule/by-type", as_asserted=True)
    assert specific.falls < asserted.falls
    assert {e.why for e in asserted.edges} - {e.why for e in specific.edges} == {"interdependence"}


def test_keystones_rank_what_falls(small: Case) -> None:
    """The elements with the most that falls come first."""
    k = detente.keystones(small, "1980-12-31")
    falls = [u.falls for u in k.ranking]
    assert falls == sorted(falls, reverse=True)
    assert k.ranking[0].element == "cruise"


def test_a_provision_taken_out_of_a_text() -> None:
    """What uses it falls; sums lose a term; what nothing counts any more is opened."""
    case = detente.load(FOUNDING)
    u = detente.unravel(case, "long-range-alcm", text="salt-ii-1979")
    assert set(u.structural) == {"alcm-average", "other-aircraft", "mirved-cruise-missile"}
    assert [(b.kind, dict(b.values)) for b in u.opened] == [
        ("ALCM", {"range_km": ("above 600 km",)})
    ]
    u = detente.unravel(case, "heavy-bomber", text="salt-ii-1979")
    assert ("vehicles", "counts heavy-bomber no longer") in {
        (e.falls, e.words) for e in u.edges if e.why == "loses"
    }
    assert "aggregate" not in u.structural


def test_the_letters_day() -> None:
    """On 25 February 1977 the Soviet acceptance of the MIRV rule hangs on the cruise-missile complex."""
    case = detente.load(FOUNDING)
    u = detente.unravel(case, "cruise-complex", at="1977-02-25")
    assert [(h.statement.id, h.key, because) for h, because in u.lapsed] == [
        ("s163", "mirv-counting/mc-tested-type", "cruise-complex/cm-inside")
    ]
    assert u.issues_opened == ("mirv-counting",)
    data = json.loads(u.to_json())
    assert {"element", "structural", "lapsed", "opened"} <= set(data)


def test_unknown_elements_are_refused(small: Case) -> None:
    """With the nearest name."""
    with pytest.raises(detente.Refused) as refused:
        detente.unravel(small, "cruise/baned")
    assert "cruise/banned" in refused.value.problems[0].hint


def test_the_picture_spans_the_bulk_of_the_record() -> None:
    """A few statements far away do not set its scale; asked for, they are shown."""
    case = detente.load(FOUNDING)
    bulk = detente.timeline(case)
    assert (bulk.start.year, bulk.end.year) == (1974, 1979)
    year = detente.timeline(case, start="1976", end="1976")
    assert (year.start, year.end) == (date(1976, 1, 1), date(1976, 12, 31))
    assert {str(e.date) for e in year.moves if e.kind == "reopening"} == {
        "1976-01-14",
        "1976-01-21",
        "1976-02-16",
    }
    with pytest.raises(detente.Refused):
        detente.timeline(case, start="1978", end="1977")


def test_as_asserted_takes_in_what_the_bundle_holds() -> None:
    """The letter's assertion is of the arms agreement: Berlin does not hang on it."""
    case = detente.load(FOUNDING)
    k = detente.keystones(case, "1977-02-25", as_asserted=True)
    falls = {u.element: u.falls for u in k.ranking}
    assert falls["aggregate/agg-2400"] == falls["mirv-ceiling/mirv-1320"]
    assert "berlin" in k.nothing_falls


def test_timeline_says_what_standing_says() -> None:
    """At any day the timeline's stretch is the standing of that day."""
    case = detente.load(FOUNDING)
    line = detente.timeline(case, start="1972")
    for day in ("1974-12-10", "1976-01-22", "1977-02-25", "1977-10-01", "1979-06-18"):
        s = detente.standing(case, day)
        at = date.fromisoformat(day)
        for q, stretches in line.issues:
            found = [x for x in stretches if x.start <= at and (x.end is None or at < x.end)]
            status = found[0].status if found else "silent"
            assert s.issue(q.id).status == status, (day, q.id)


def test_a_hundred_days_at_once() -> None:
    """The ledger of any day is the ledger of all statements to that day."""
    case = detente.load(FOUNDING)
    assert case.record is not None
    one = ledger_at(case.record, date(1977, 2, 25)).holding()
    two = ledger_at(case.record, date(1977, 2, 25)).holding()
    assert one == two
