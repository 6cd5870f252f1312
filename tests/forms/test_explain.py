"""Why a system counts where it does: as what, with which weight, and by which facts."""

from __future__ import annotations

import json
from typing import Any

import pytest

import detente
from detente.report.papers import paper_of
from detente.report.terminal import to_terminal

SYSTEMS = """
  m: {name: M, party: north, class: {kind: ICBM, range_km: 9000, mirved: true}}
  m1: {name: M1, party: north, variant_of: m, class: {kind: ICBM, range_km: 9000, mirved: false}}
  b:
    name: B
    party: north
    class: {kind: heavy-bomber}
    facts: [{warheads: 3, source: made-up 1}, {warheads: 5, source: made-up 2}]
  s: {name: S, party: north, class: {kind: SLBM, warheads: 8, mirved: true}}
"""
PROVISIONS = """
- {category: icbm, where: kind = ICBM and (range > 5500 km and warheads > 0), source: made-up}
- {category: mirv, where: any of type (mirved), source: made-up}
- {category: bomber, where: kind = heavy-bomber, source: made-up}
- {counting-rule: all, adds: {icbm: 1, mirv: 2, bomber: {low: 1, high: 3}}, source: made-up}
- {ceiling: vehicles, on: all, at_most: 100, source: made-up}
- {ceiling: loads, on: {mirv: warheads, bomber: warheads}, at_most: 100, source: made-up}
- {ceiling: spared, on: mirv, at_most: 10, source: made-up}
- {exception: these, of: spared, where: type = s, source: made-up}
"""


@pytest.fixture
def why(small: Any) -> Any:
    """(limit, category) -> whether it counts and its weight, for a system."""
    case = small(systems=SYSTEMS, provisions=PROVISIONS).case

    def found(system: str) -> dict[tuple[str, str], tuple[Any, ...]]:
        data = json.loads(detente.explain(case, system, "treaty").to_json())
        return {
            (x["limit"], x["category"]): (x["counts"], x["weight_low"], x["weight_high"])
            for x in data["limits"]
        }

    found.case = case  # type: ignore[attr-defined]
    return found


def test_as_what_and_how_much(why: Any) -> None:
    """A system may count as several things; a weight may be open, disputed or not known."""
    assert why("m") == {
        ("vehicles", "icbm"): ("unknown", 1, 1),
        ("vehicles", "mirv"): ("yes", 2, 2),
        ("loads", "mirv"): ("yes", None, None),
        ("spared", "mirv"): ("yes", 1, 1),
    }
    assert why("b") == {
        ("vehicles", "mirv"): ("unknown", 2, 2),
        ("vehicles", "bomber"): ("yes", 1, 3),
        ("loads", "mirv"): ("unknown", 3, 5),
        ("loads", "bomber"): ("yes", 3, 5),
        ("spared", "mirv"): ("unknown", 1, 1),
    }


def test_what_an_exception_lets_off(why: Any) -> None:
    """It does not count there, though its category would."""
    assert why("s")["spared", ""] == ("no", 0, 0)
    assert why("s")["loads", "mirv"] == ("yes", 8, 8)


def test_which_clause_decided(why: Any) -> None:
    """What decides is shown, with the facts and whose they are; what does not is left out."""
    shown = to_terminal(paper_of(detente.explain(why.case, "m1", "treaty")), 100)
    assert "mirved of m = yes" in shown  # its type's history
    undecided = shown[shown.index("icbm: not known") : shown.index("mirv: yes")]
    assert "warheads is more than 0\n        no source gives it" in undecided
    assert "range_km" not in undecided


def test_a_type_is_no_system(small: Any) -> None:
    """A type that only its variants hold is answered with them."""
    systems = "  v1: {name: V1, party: north, variant_of: v, class: {kind: ICBM}}\n"
    case = small(systems=systems, provisions=PROVISIONS.replace("type = s", "type = v1")).case
    with pytest.raises(detente.Refused) as refused:
        detente.explain(case, "v", "treaty")
    assert refused.value.problems[0].hint == "its variants: v1"
