"""The claims of the founding letter: every outcome comes out of its inputs, and turns when they do.

For each test of each claim one input of the case is changed (a statement, an inventory, a system, a
provision), and the outcome must change with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from detente.analyses.audit import Audited, _Runner, audit
from detente.model.amounts import Amount
from detente.model.case import Case
from detente.model.cites import Cite, Cites
from detente.model.record import Statement
from detente.model.systems import Fact
from detente.reading.case_reader import load

Change = Callable[[Case], Case]
LETTER = "brezhnev-1977-02-25"


@pytest.fixture(scope="module")
def founding() -> Case:
    loaded = load("cases/vladivostok-1977")
    assert loaded.case
    return loaded.case


def of(case: Case, claim: str) -> Audited:
    return _Runner(case).claim(case.claims[claim])


# --- changes ---------------------------------------------------------------------------------------
def _record(case: Case, statements: list[Statement]) -> Case:
    assert case.record
    ordered = sorted(statements, key=lambda s: s.date.last)
    return replace(case, record=replace(case.record, statements=tuple(ordered)))


def without(*names: str) -> Change:
    """Statements gone from the record."""

    def change(case: Case) -> Case:
        assert case.record
        known = {s.id for s in case.record.statements}
        assert set(names) <= known, set(names) - known
        return _record(case, [s for s in case.record.statements if s.id not in names])

    return change


def changed(name: str, **values: Any) -> Change:
    """One statement said otherwise."""

    def change(case: Case) -> Case:
        assert case.record
        return _record(
            case, [_said(s, **values) if s.id == name else s for s in case.record.statements]
        )

    return change


def added(name: str, **values: Any) -> Change:
    """A statement like another, said otherwise."""

    def change(case: Case) -> Case:
        assert case.record
        like = case.record.statement(name)
        assert like
        return _record(case, [*case.record.statements, _said(like, id="added", **values)])

    return change


def _said(s: Statement, **values: Any) -> Statement:
    place = s.place
    found = replace(s, **values)
    object.__setattr__(found, "place", place)
    return found


def party_silent(party: str, issue: str) -> Change:
    """A side that never spoke on an issue; of joint statements the other side alone is left."""

    def change(case: Case) -> Case:
        assert case.record
        other = next(p for p in case.record.parties if p != party)
        kept = []
        for s in case.record.statements:
            if s.issue != issue or s.party not in (party, "both"):
                kept.append(s)
            elif s.party == "both":
                kept.append(_said(s, party=other, joint=False))
        return _record(case, kept)

    return change


def each(*changes: Change) -> Change:
    """Several changes together."""

    def change(case: Case) -> Case:
        for one in changes:
            case = one(case)
        return case

    return change


def held(factor: float, party: str) -> Change:
    """A side's holdings, all of them, times so much; its printed totals go."""

    def scaled(a: Amount | None) -> Amount | None:
        return a and Amount(*(int(x * factor) for x in (a.low, a.best, a.high)))

    def change(case: Case) -> Case:
        found = {}
        for name, i in case.inventories.items():
            if i.party == party:
                lines = tuple(
                    replace(h, number=scaled(h.number) or Amount(0, 0, 0), closes_on="", claims=())
                    for h in i.holdings
                )
                i = replace(i, holdings=lines, published=())
            found[name] = i
        return replace(case, inventories=MappingProxyType(found))

    return change


def is_of(system: str, **facts: Any) -> Change:
    """A system whose attributes are others."""

    def change(case: Case) -> Case:
        old = case.systems[system]
        source = Cites((Cite("assumed"),))
        kept = [(k, f) for k, f in old.facts if k not in facts]
        new = [(k, (Fact(v, source, "assumed"),)) for k, v in facts.items()]
        systems = {**case.systems, system: replace(old, facts=(*kept, *new))}
        return replace(case, systems=MappingProxyType(systems))

    return change


def as_another(system: str, model: str) -> Change:
    """A system that is a type that the texts name."""

    def change(case: Case) -> Case:
        old, like = case.systems[system], case.systems[model]
        new = replace(old, variant_of=like.types, facts=like.facts)
        return replace(case, systems=MappingProxyType({**case.systems, system: new}))

    return change


def text_without(text: str, *provisions: str) -> Change:
    """A text whose provisions of these ids are gone."""

    def change(case: Case) -> Case:
        old = case.texts[text]
        kept = tuple(p for p in old.provisions if p.id not in provisions)
        assert len(kept) == len(old.provisions) - len(provisions)
        texts = {**case.texts, text: replace(old, provisions=kept)}
        return replace(case, texts=MappingProxyType(texts))

    return change


def stands_as(text: str, other: str) -> Change:
    """A text that says what another says."""

    def change(case: Case) -> Case:
        new = replace(case.texts[other], id=text)
        return replace(case, texts=MappingProxyType({**case.texts, text: new}))

    return change


# --- what turns each test --------------------------------------------------------------------------
TURNS: list[tuple[str, int, Change]] = [
    ("c01", 0, without("s014", "s374", "s011", "s016")),
    ("c03", 0, changed("s040", conditional_on=())),
    ("c03", 1, each(without("s079", "s112"), changed("s082", conditional_on=()))),
    ("c03", 2, added("s041", conditional_on=("glcm/glcm-ban-600",))),
    ("c04", 0, without("s077")),
    ("c04", 1, added("s106", conditional_on=("cruise-complex/cm-inside",))),
    ("c05", 0, party_silent("USSR", "alcm")),
    ("c05", 1, without("s091")),
    ("c06", 0, without("s074", "s086", "s412")),
    ("c06", 2, added("s094", option="glcm-ban-600", act="accepts")),
    ("c07", 0, without("s104")),
    ("c07", 1, without("s114")),
    ("c08", 0, without("s142")),
    ("c08", 2, without("s064", "s090")),
    ("c11", 0, as_another("su_tu22m", "su_tu95a")),
    ("c11", 1, as_another("su_tu22m", "su_tu95a")),
    ("c12", 0, added("s048", option="bf-count", act="accepts")),
    ("c12", 1, changed("s089", joint=True)),
    ("c14", 0, held(0.9, "USSR")),
    ("c14", 2, held(1.2, "US")),
    ("c15", 1, held(0, "US")),
    ("c16", 0, held(1.5, "US")),
    ("c16", 1, stands_as("us-comprehensive-1977-03", "vladivostok-1974")),
    ("c17", 0, without("s144")),
    ("c17", 1, is_of("su_ss16", kind="ICBM", basing="fixed_silo", range_km=9000)),
    ("c17", 2, is_of("us_peacekeeper", kind="ICBM", basing="mobile", range_km=11000)),
    ("c17", 3, without("s047")),
    ("c18", 1, text_without("salt-ii-1979", "no-conversion-to-icbm")),
    ("c18", 0, is_of("su_ss20", kind="ICBM", basing="mobile", range_km=6000)),
    ("c19", 0, held(3, "US")),
    ("c19", 2, without("s097")),
    ("c21", 0, without("s036", "s046", "s470")),
    ("c22", 0, each(*(party_silent("US", i) for i in ("alcm", "slcm", "glcm", "cruise-complex")))),
    ("c23", 0, without("s152")),
    ("c23", 1, changed("s152", reported_by="")),
    ("c24", 0, without("t065", "t070")),
    ("c24", 1, without("t075")),
    ("c24", 2, without("t077")),
    ("c26", 1, without("s154")),
]


@pytest.mark.parametrize(("claim", "n", "change"), TURNS, ids=[f"{c}-{n}" for c, n, _ in TURNS])
def test_a_changed_input_turns_the_outcome(
    founding: Case, claim: str, n: int, change: Change
) -> None:
    """The outcome of a test is not the same once what it rests on is otherwise."""
    before = of(founding, claim).tests[n]
    after = of(change(founding), claim).tests[n]
    assert before.answer.outcome in ("holds", "fails")
    assert after.answer.outcome != before.answer.outcome, after.answer.shown


def test_the_unilateral_reduction_turns_on_the_basis(founding: Case) -> None:
    """104 over by launchers, none by missiles in service (semantics of verdicts)."""
    found = of(founding, "c14")
    assert found.verdict == "depends"
    assert "basis" in found.depends_on
    by_launchers = found.tests[0]
    assert by_launchers.answer.figure == 104
    in_service = next(t for t in by_launchers.tried if t.value == "operational")
    assert in_service.answer.figure == 0


def test_the_argument_of_1975_by_its_own_numbers(founding: Case) -> None:
    """Said to be about 11,000: 240 with 32 each and 400 with 12 make 12,480."""
    assert of(founding, "c09").tests[1].answer.figure == 240 * 32 + 400 * 12


def test_every_claim_has_its_verdict(founding: Case) -> None:
    """All 26 claims are there; what cannot be tested says why; evidence keeps its confidence."""
    result = audit(founding, letter=LETTER)
    assert [a.claim.id for a in sorted(result.claims, key=lambda a: a.claim.id)] == [
        f"c{n:02}" for n in range(1, 27)
    ]
    for a in result.claims:
        if a.verdict == "not testable":
            assert a.not_tested
        else:
            assert any(t.answer.outcome != "not computed" for t in a.tests)
    kept = {e.confidence for a in result.claims for e in (*a.claim.supports, *a.claim.against)}
    assert {"verified", "recalled"} <= kept


def test_the_letter_is_covered(founding: Case) -> None:
    """Every claim stands in a paragraph of the letter."""
    assert founding.record
    document = founding.letters[LETTER].document
    told = {
        int(n)
        for s in founding.record.statements
        if s.document == document
        for n in s.paragraph.replace("-", " ").split()
    }
    assert {p for c in founding.claims.values() for p in c.paragraphs} <= told
