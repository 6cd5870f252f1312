"""Where issues stand, from the order of statements alone: the rules on small records, and the real one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import detente
from detente.analyses.standing import Standing, standing
from detente.model.case import Case

FOUNDING = Path(__file__).parents[2] / "cases" / "vladivostok-1977"
HEAD = """
documents:
  d1: {citation: "Paper 1", date: 1980-01-01}
  d2: {citation: "Paper 2", date: 1980-02-01}
  d3: {citation: "Paper 3", date: 1980-03-01}
  d4: {citation: "Paper 4", date: 1980-04-01}
issues:
  ceiling:
    title: The ceiling
    options:
      low: {text: a low ceiling}
      high: {text: a high ceiling}
      stepped: {text: steps from high to low, stands_with: [high]}
  cruise:
    title: Cruise missiles
    options:
      banned: {text: banned}
      free: {text: free}
      later: {text: left for later, leaves_out: [ceiling]}
statements:
"""


def at(tmp_path: Path, lines: str, day: str = "1980-12-31", **more: str) -> Standing:
    """The standing of a small record; each line: number, party, act, issue/option, other keys."""
    items = []
    for i, line in enumerate(filter(None, map(str.strip, lines.splitlines())), 1):
        document, party, act, option, *extra = line.split(" ", 4)
        issue, _, name = option.partition("/")
        month = int(document[1])
        keys = f", {extra[0]}" if extra else ""
        items.append(
            f"  - {{id: s{i}, date: 1980-{month:02}-01, document: {document}, party: {party}, "
            f"issue: {issue}, option: {name}, act: {act}{keys}}}"
        )
    (tmp_path / "record").mkdir(exist_ok=True)
    (tmp_path / "case.yaml").write_text(
        "case: small\ntitle: Small\nparties: {north: {title: N}, south: {title: S}}\n",
        encoding="utf-8",
    )
    (tmp_path / "record/r.yaml").write_text(HEAD + "\n".join(items) + "\n", encoding="utf-8")
    return standing(detente.load(tmp_path), day, **more)


def stands(s: Standing, party: str, issue: str = "ceiling") -> list[str]:
    """The options a side stands on."""
    return sorted(h.option for h in s.issue(issue).of(party))


def test_silent_one_sided_bracketed_agreed(tmp_path: Path) -> None:
    """An issue is silent, then one-sided, then bracketed, then agreed."""
    lines = """
    d1 north proposes ceiling/low
    d2 south proposes ceiling/high
    d3 north accepts ceiling/high
    """
    seen = [
        at(tmp_path, lines, d).issue("ceiling").status
        for d in ("1979", "1980-01", "1980-02", "1980-03")
    ]
    assert seen == ["silent", "one-sided", "bracketed", "agreed"]
    final = at(tmp_path, lines)
    assert [(e.party, e.left, e.went_to) for e in final.concessions] == [
        ("north", ("ceiling/low",), ("ceiling/high",))
    ]
    assert not final.reopenings


def test_proposing_what_the_other_stands_on_settles(tmp_path: Path) -> None:
    """A proposal of the other side's own option is an acceptance."""
    s = at(tmp_path, "d1 north proposes ceiling/low\nd2 south proposes ceiling/low")
    assert s.issue("ceiling").status == "agreed"


def test_a_conditional_offer_displaces_nothing(tmp_path: Path) -> None:
    """What is agreed stays agreed beside an offer on condition."""
    s = at(
        tmp_path,
        """
        d1 both accepts ceiling/high joint: true
        d2 north proposes ceiling/low conditional_on: [cruise/banned]
        """,
    )
    assert s.issue("ceiling").status == "agreed"
    assert stands(s, "north") == ["high", "low"]
    assert not s.reopenings


def test_an_unconditional_offer_reopens(tmp_path: Path) -> None:
    """Away from what still stands: a reopening; refused, the acceptance it displaced returns."""
    lines = """
    d1 both accepts ceiling/high joint: true
    d2 north proposes ceiling/low
    d3 south rejects ceiling/low
    """
    s = at(tmp_path, lines, "1980-02")
    assert s.issue("ceiling").status == "bracketed"
    assert [(e.party, e.left, e.went_to) for e in s.reopenings] == [
        ("north", ("ceiling/high",), ("ceiling/low",))
    ]
    assert at(tmp_path, lines).issue("ceiling").status == "agreed"


def test_compatible_options_stand_together(tmp_path: Path) -> None:
    """An option that stands with another does not displace it."""
    s = at(
        tmp_path,
        "d1 both accepts ceiling/high joint: true\nd2 both accepts ceiling/stepped joint: true",
    )
    assert stands(s, "north") == ["high", "stepped"]
    assert s.issue("ceiling").common[0] == "stepped"


def test_parts_of_one_paper_stand_together(tmp_path: Path) -> None:
    """Two options of one document do not displace each other."""
    s = at(tmp_path, "d1 north proposes ceiling/low\nd1 north proposes ceiling/high")
    assert stands(s, "north") == ["high", "low"]


def test_conditions(tmp_path: Path) -> None:
    """Pending while on the table, met when the other side stands on it, defeated when refused."""
    lines = """
    d1 north proposes ceiling/high
    d2 south accepts ceiling/high conditional_on: [cruise/banned]
    d3 north {act} cruise/banned
    """
    assert at(tmp_path, lines.replace("{act}", "proposes"), "1980-02").issue("ceiling").status == (
        "agreed on condition"
    )
    assert at(tmp_path, lines.replace("{act}", "proposes")).issue("ceiling").status == "agreed"
    refused = at(tmp_path, lines.replace("{act}", "rejects")).issue("ceiling")
    assert refused.status == "one-sided"
    assert "fell" in refused.reasons[0]


def test_mutual_conditions_stand_and_fall_together(tmp_path: Path) -> None:
    """A if B and B if A hold together (the greatest set), and fall together when one is refused."""
    lines = """
    d1 north proposes ceiling/high conditional_on: [cruise/banned]
    d1 north proposes cruise/banned conditional_on: [ceiling/high]
    d2 south accepts ceiling/high conditional_on: [cruise/banned]
    d2 south accepts cruise/banned conditional_on: [ceiling/high]
    """
    s = at(tmp_path, lines)
    assert s.issue("ceiling").status == "agreed"
    s = at(tmp_path, lines + "d3 north rejects cruise/banned")
    assert not s.issue("ceiling").common
    assert not s.issue("cruise").common


def test_leaving_an_issue_out_brackets_it(tmp_path: Path) -> None:
    """An option that puts another issue outside brackets it for that side, and reopens what stood."""
    s = at(tmp_path, "d1 both accepts ceiling/high joint: true\nd2 north proposes cruise/later")
    x = s.issue("ceiling")
    assert x.status == "bracketed"
    assert x.reasons == ("north put the issue outside with cruise/later",)
    assert [(e.party, e.issue) for e in s.reopenings] == [("north", "ceiling")]


@pytest.mark.parametrize(
    ("extra", "counts"),
    [
        ("audience: internal", False),
        ("authority: none", False),
        ("authority: exploratory", False),
        ("note: x", True),
    ],
)
def test_what_is_no_position(tmp_path: Path, extra: str, counts: bool) -> None:
    """Internal papers, words without instructions and thinking out loud are no positions."""
    s = at(tmp_path, f"d1 north proposes ceiling/low {extra}")
    assert bool(stands(s, "north")) == counts


def test_in_principle_and_reserved(tmp_path: Path) -> None:
    """Accepted in principle is ad referendum; a later reservation shows."""
    s = at(tmp_path, "d1 north proposes ceiling/low\nd2 south accepts-in-principle ceiling/low")
    assert s.issue("ceiling").status == "ad referendum"
    s = at(
        tmp_path,
        "d1 both accepts ceiling/low joint: true\nd2 south reserves ceiling/low note: its flag",
    )
    assert s.issue("ceiling").status == "reserved"


def test_ledgers(tmp_path: Path) -> None:
    """By whose account: what only the other side reports is missing from a side's own papers."""
    lines = "d1 north proposes ceiling/low\nd2 south accepts ceiling/low reported_by: north"
    assert at(tmp_path, lines).issue("ceiling").status == "agreed"
    assert at(tmp_path, lines, ledger="north").issue("ceiling").status == "agreed"
    assert at(tmp_path, lines, ledger="south").issue("ceiling").status == "one-sided"
    assert at(tmp_path, lines, ledger="joint").issue("ceiling").status == "silent"


# --- the founding record ------------------------------------------------------------------------
@pytest.fixture(scope="module")
def case() -> Case:
    """The founding case."""
    return detente.load(FOUNDING)


# the treaty settles these without a statement of its own in the record: nobody says the words
NOT_STATED = {"vladivostok-basis", "cruise-complex", "deep-reductions"}


def test_what_was_signed(case: Case) -> None:
    """On 18 June 1979 the standing agrees with what was signed, but for three bundles (see above)."""
    s = standing(case, "1979-06-18")
    signed = {x.issue.id: x for x in s.issues if x.issue.outcome and x.issue.outcome.option}
    wrong = {
        i
        for i, x in signed.items()
        if x.status != "agreed" or x.issue.outcome.option not in x.common  # type: ignore[union-attr]
    }
    assert len(signed) == 23
    assert wrong <= NOT_STATED


@pytest.mark.parametrize(
    ("day", "issue", "status"),
    [
        ("1974-12-10", "aggregate", "agreed"),
        ("1974-12-10", "backfire", "silent"),
        ("1976-01-22", "glcm", "bracketed"),
        ("1976-01-22", "mirv-counting", "agreed on condition"),
        ("1977-02-25", "aggregate", "agreed"),
        ("1977-02-25", "mirv-counting", "agreed on condition"),
        ("1977-02-25", "alcm", "bracketed"),
        ("1977-03-31", "aggregate", "bracketed"),
        ("1977-03-31", "mirv-ceiling", "bracketed"),
    ],
)
def test_on_the_way(case: Case, day: str, issue: str, status: str) -> None:
    """What a reader of the record finds at the stations of the talks."""
    assert standing(case, day).issue(issue).status == status


def test_the_reopening_the_letter_complains_of(case: Case) -> None:
    """February 1976: the US leaves sea-based missiles half outside; the USSR complains (s113, s117)."""
    found = [e for e in standing(case, "1977-02-25").reopenings if e.issue == "slcm"]
    last = found[0].as_data()
    assert (last["date"], last["party"]) == ("1976-02-16", "US")
    assert {c["statement"] for c in last["complaints"]} == {"s113", "s117"}


def test_internal_papers_move_nothing(case: Case) -> None:
    """Leaving out every internal paper changes no position."""
    from detente.analyses.standing import Ledger

    record = case.record
    assert record is not None
    books = [Ledger(record, record.parties) for _ in range(2)]
    shown = [s for s in record.statements if s.date.last <= date(1977, 12, 31)]
    books[0].take(shown)
    books[1].take(s for s in shown if s.audience != "internal")
    assert books[0].holding() == books[1].holding()


def test_the_same_answer_twice(case: Case) -> None:
    """Deterministic, and quick enough to ask for any day."""
    assert standing(case, "1977-02-25").as_data() == standing(case, "1977-02-25").as_data()
