"""Where issues stand, from the order of statements alone: the rules on small records, and the real one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import detente
from detente.analyses.standing import Standing, standing
from detente.model.case import Case
from detente.report.markdown import to_markdown
from detente.report.papers import paper_of

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
      high-read: {text: high for ships alone, reading_of: {option: high, by: north}, stands_with: [low]}
  cruise:
    title: Cruise missiles
    options:
      banned: {text: banned}
      free: {text: free}
      later: {text: left for later, leaves_out: [ceiling]}
      part: {text: a part of them, requires: [cruise/free]}
  whole:
    title: The whole
    options:
      together:
        text: both settled together
        spans: [ceiling, cruise]
        content:
          - {from: 1980-02-01, party: north, options: [ceiling/high, cruise/banned]}
          - {from: 1980-04-01, party: both, options: [ceiling/low, cruise/banned]}
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


def test_a_refused_offer_to_leave_out_brings_the_issue_back(tmp_path: Path) -> None:
    """While the option stands the issue is outside; refused, what was agreed stands again."""
    lines = """
    d1 both accepts ceiling/high joint: true
    d2 north proposes cruise/later
    d3 south rejects cruise/later
    d4 north proposes cruise/later
    """
    assert at(tmp_path, lines, "1980-02").issue("ceiling").status == "bracketed"
    assert at(tmp_path, lines, "1980-03").issue("ceiling").status == "agreed"
    final = at(tmp_path, lines)
    assert final.issue("ceiling").status == "bracketed"
    (event,) = final.reopenings
    assert [s.id for s in event.repeats] == ["s4"]  # the same step again is no second event


def test_what_is_refused_is_shown_and_disputed(tmp_path: Path) -> None:
    """A side whose only offer was refused has nothing on the table; the issue is not one-sided."""
    x = at(
        tmp_path,
        "d1 north proposes ceiling/low\nd2 south rejects ceiling/low\nd3 south proposes ceiling/high",
    ).issue("ceiling")
    assert (x.status, x.of("north")) == ("bracketed", ())
    assert [(p, s.held.option, s.by.id) for p, s in x.spent] == [("north", "low", "s2")]


def test_what_makes_no_sense_without_a_refused_option_is_refused_with_it(tmp_path: Path) -> None:
    """`part` requires `free`."""
    lines = (
        "d1 north proposes cruise/free\nd1 north proposes cruise/part\nd2 south rejects cruise/free"
    )
    s = at(tmp_path, lines)
    assert not s.issue("cruise").of("north")
    assert {x.held.option for _, x in s.issue("cruise").spent} == {"free", "part"}


def test_an_acceptance_takes_up_what_was_refused_before(tmp_path: Path) -> None:
    """Refused in one paper, taken up in the next: its author stands on it again."""
    lines = """
    d1 north proposes ceiling/low
    d2 south rejects ceiling/low
    d3 south accepts ceiling/low conditional_on: [cruise/banned]
    """
    s = at(tmp_path, lines)
    assert stands(s, "north") == ["low"]
    assert s.issue("ceiling").status == "agreed on condition"
    (event,) = s.concessions
    assert (event.party, event.left, event.how) == ("south", (), "gives up its refusal")


def test_agreed_of_it_and_contested(tmp_path: Path) -> None:
    """A common option does not make an issue agreed while the sides exclude each other on the rest."""
    lines = """
    d1 both accepts ceiling/high joint: true
    d2 north accepts ceiling/stepped
    d3 south proposes ceiling/high-read
    d4 north proposes ceiling/high
    """
    x = at(tmp_path, lines).issue("ceiling")
    assert (x.status, x.common, x.contested) == ("bracketed", ("high",), True)


def test_who_stays_within_its_reading_has_not_left_the_words(tmp_path: Path) -> None:
    """North reads `high` its own way; `low` goes with that reading."""
    lines = """
    d1 both accepts ceiling/high joint: true
    d2 north claims ceiling/high-read stance: for
    d3 north proposes ceiling/low
    """
    s = at(tmp_path, lines)
    assert not s.reopenings
    assert "high" in stands(s, "north")


def test_acceptances_for_platforms(tmp_path: Path) -> None:
    """What is accepted for submarines does not bind ships; the rest stays in brackets."""
    lines = """
    d1 north proposes ceiling/low
    d2 south accepts ceiling/low covers: part, scope: [submarines]
    d2 south proposes ceiling/high scope: [ships]
    """
    x = at(tmp_path, lines).issue("ceiling")
    assert x.status == "bracketed"
    assert (x.parts, x.shared_scope("low")) == (("low",), ("submarines",))


def test_adding_a_condition_reopens(tmp_path: Path) -> None:
    """Its own acceptance, with one more condition; a restatement in other words does not."""
    lines = """
    d1 north proposes ceiling/high
    d2 south accepts ceiling/high conditional_on: [cruise/banned]
    d3 south conditions ceiling/high conditional: acceptance, conditional_on: [whole/together{more}]
    """
    wider = at(tmp_path, lines.replace("{more}", ", cruise/free"))
    (event,) = wider.reopenings
    assert (event.party, event.went_to) == ("south", ("ceiling/high",))
    assert event.how.startswith("adds the condition ")
    same = at(tmp_path, lines.replace("conditional_on: [whole/together{more}]", "restates: s2"))
    assert not same.reopenings


def test_a_condition_in_words_is_a_condition(tmp_path: Path) -> None:
    """One that names no option is kept, as it was put."""
    x = at(
        tmp_path,
        """
        d1 north proposes ceiling/high
        d2 south conditions ceiling/high conditional: acceptance, note: the rest must be settled
        """,
    ).issue("ceiling")
    assert x.status == "agreed on condition"
    assert "south, on a condition in words: the rest must be settled" in x.reasons


def test_a_circle_of_conditions_stands_together(tmp_path: Path) -> None:
    """It is legal; the answer says who hangs on whom, and that they stand."""
    lines = """
    d1 north proposes ceiling/high conditional_on: [cruise/banned]
    d1 south proposes cruise/banned conditional_on: [ceiling/high]
    """
    s = at(tmp_path, lines)
    assert [{h.key for h in c} for c in s.circles] == [{"ceiling/high", "cruise/banned"}]
    assert "stand together" in to_markdown(paper_of(s))
    fallen = at(tmp_path, lines + "d2 south rejects ceiling/high")
    assert not fallen.circles
    assert not fallen.issue("cruise").of("south")


def test_a_bundle_is_agreed_with_its_joint_content(tmp_path: Path) -> None:
    """When all that a joint text says it consists of is accepted."""
    lines = "d3 both accepts ceiling/low joint: true\nd4 both accepts cruise/banned joint: true"
    assert at(tmp_path, lines, "1980-03").issue("whole").status == "silent"
    assert at(tmp_path, lines).issue("whole").common == ("together",)


def test_thinking_aloud_may_be_taken_up(tmp_path: Path) -> None:
    """It is no offer until the other side takes it up."""
    lines = """
    d1 north proposes ceiling/low authority: exploratory
    d2 south accepts ceiling/low
    """
    assert at(tmp_path, lines, "1980-01").issue("ceiling").status == "dropped"
    assert at(tmp_path, lines).issue("ceiling").status == "agreed"


def test_a_group_speaks_for_its_members(tmp_path: Path) -> None:
    """Those that are sides of the talks."""
    at(tmp_path, "d1 north proposes ceiling/low")
    (tmp_path / "case.yaml").write_text(
        "case: small\ntitle: Small\nparties: {north: {title: N}, south: {title: S}, east: {title: E}}\n"
        "groups: {inner: [north], league: [inner, east]}\n",
        encoding="utf-8",
    )
    text = (tmp_path / "record/r.yaml").read_text(encoding="utf-8")
    (tmp_path / "record/r.yaml").write_text(
        text.replace("party: north, issue", "party: league, issue"), encoding="utf-8"
    )
    s = standing(detente.load(tmp_path), "1980-12-31")
    assert stands(s, "north") == stands(s, "east") == ["low"]
    assert stands(s, "south") == []


def test_what_a_side_reports_as_accepted_it_stands_on(tmp_path: Path) -> None:
    """An acceptance answers something: the side that reports it had put it."""
    lines = "d1 south accepts ceiling/low reported_by: north"
    assert at(tmp_path, lines).issue("ceiling").status == "agreed"
    assert (
        at(tmp_path, lines.replace("reported_by: north", "")).issue("ceiling").status == "one-sided"
    )


def test_a_reported_act_borne_out_later(tmp_path: Path) -> None:
    """In the ledger of the side itself from the day its own words confirm it."""
    lines = """
    d1 north proposes ceiling/low
    d2 south accepts ceiling/low reported_by: north, confirmed_by: s3
    d3 south claims ceiling/low stance: about
    """
    assert at(tmp_path, lines, "1980-02", ledger="south").issue("ceiling").status == "one-sided"
    assert at(tmp_path, lines, "1980-03", ledger="south").issue("ceiling").status == "agreed"


def test_the_joint_draft_text(tmp_path: Path) -> None:
    """Agreed plain, brackets with owners, what is tied, and why in footnotes."""
    lines = """
    d1 both accepts ceiling/high joint: true
    d2 north proposes cruise/free note: they are many
    d2 south proposes cruise/banned conditional_on: [ceiling/high]
    d3 south rejects cruise/free note: they are too many
    d3 north proposes cruise/free note: they are needed
    """
    text = to_markdown(paper_of(at(tmp_path, lines), draft=True))
    for words in (
        "- A high ceiling.",
        "[north: free]",
        "[south, if 'a high ceiling' (The ceiling): banned]",
        "south objects: they are too many. s4, 1980-03-01, Paper 3",
        "north: they are needed. s5, 1980-03-01, Paper 3",
    ):
        assert words in text, text


def test_history_tells_what_changed_the_status(tmp_path: Path) -> None:
    """Statements on the issue, and those that put it outside, with each new status."""
    lines = """
    d1 both accepts ceiling/high joint: true
    d2 north proposes cruise/later
    d3 south rejects cruise/later
    """
    s = at(tmp_path, lines, issue="ceiling", history=True)  # type: ignore[arg-type]
    assert [(x.statement.id, x.status) for x in s.paths[0][1]] == [
        ("s1", "agreed"),
        ("s2", "bracketed"),
        ("s3", "agreed"),
    ]


# --- the founding record ------------------------------------------------------------------------
@pytest.fixture(scope="module")
def case() -> Case:
    """The founding case."""
    return detente.load(FOUNDING)


# what signing amounts to, and nobody says: the first is bracketed by a claim of March 1977 that was
# never taken back, of the second the token cut of 1977 was offered but once and by one side
NOT_STATED = {"vladivostok-basis", "deep-reductions"}


def test_what_was_signed(case: Case) -> None:
    """On 18 June 1979 the standing agrees with what was signed, but for two issues (see above)."""
    s = standing(case, "1979-06-18")
    signed = {x.issue.id: x for x in s.issues if x.issue.outcome and x.issue.outcome.option}
    wrong = {
        i
        for i, x in signed.items()
        if x.status != "agreed" or x.issue.outcome.option not in x.common  # type: ignore[union-attr]
    }
    assert len(signed) == 23
    assert wrong == NOT_STATED


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


EVENTS = {  # date, party, issue: by reading the record from December 1974 to March 1977
    ("1976-01-14", "US", "glcm"),
    ("1976-01-21", "USSR", "mirv-counting"),
    ("1976-01-21", "US", "aggregate"),
    ("1976-02-16", "US", "slcm"),
    ("1977-02-01", "US", "alcm"),
    ("1977-02-01", "US", "slcm"),
    ("1977-03-28", "US", "aggregate"),
    ("1977-03-28", "US", "mirv-ceiling"),
    ("1977-03-28", "US", "throw-weight"),
    ("1977-03-28", "US", "modernization"),
    ("1977-03-28", "US", "alcm"),
    ("1977-03-28", "US", "slcm"),
    ("1977-03-30", "USSR", "fbs-allies-geography"),
}


def test_reopenings_are_those_a_reader_finds(case: Case) -> None:
    """From the order of statements alone, December 1974 to March 1977."""
    found = standing(case, "1977-03-31").reopenings
    assert {(str(e.date), e.party, e.issue) for e in found} == EVENTS
    assert len(found) == len(EVENTS)


@pytest.mark.parametrize(
    ("day", "contested"),
    [
        ("1976-01-22", {"slcm", "glcm", "backfire", "mobile-icbm"}),
        (
            "1977-02-25",
            {"vladivostok-basis", "glcm", "mobile-icbm", "mobile-intermediate", "human-rights"},
        ),
    ],
)
def test_what_is_contested(case: Case, day: str, contested: set[str]) -> None:
    """Where each side stands on what excludes the other's (the arms talks' issues)."""
    found = {x.issue.id for x in standing(case, day).issues if x.contested}
    assert found - {"mbfr", "trade"} == contested


def test_the_letter_is_covered_paragraph_by_paragraph(case: Case) -> None:
    """Each of its 25 paragraphs has a statement."""
    assert case.record is not None
    covered: set[int] = set()
    for s in case.record.statements:
        if s.document == "v06-d12" and s.paragraph:
            first, _, last = s.paragraph.partition("-")
            covered |= set(range(int(first), int(last or first) + 1))
    assert covered == set(range(1, 26))


def test_the_record_is_whole(case: Case) -> None:
    """As many issues, options, statements and ties as the research behind it holds."""
    record = case.record
    assert record is not None
    assert len(record.issues) == 37
    options = [o for q in record.issues.values() for o in q.options.values()]
    joined = [o for o in options if o.same_as]
    assert (len(options), len(joined)) == (180 + 47, 8)
    of_the_talks = [s for s in record.statements if s.id.startswith("s")]
    assert len(of_the_talks) == 476
    assert len({t for s in record.statements for t in s.same_as}) == 27
    assert sum(k.id.startswith("k") for k in record.linkages) == 37


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
