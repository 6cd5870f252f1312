"""A predicate written down is read back as the same predicate."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.model.case import Case
from detente.model.predicate import And, AnyOfType, Not, Or, Tree
from detente.model.predicate_text import written
from detente.reading.predicates import Resolver, parse

FOUNDING = Path(__file__).parents[2] / "cases" / "vladivostok-1977"
ATOMS = (
    "kind = ICBM", "kind in {ICBM, SLBM}", "kind not in {ASM, ALCM}", "carrier != surface-ship",
    "cruise_missile", "not mirved", "range > 600 km", "range <= 5500.5 km", "first_year >= 1965",
    "launch_weight > launch_weight of su_ss19_m1", "type = su_tu22m", "party = US",
    "count_date >= 1982-01-01", "throw_weight < 0.5 * launch_weight", "any of type (mirved)",
)  # fmt: skip


@cache
def shipped() -> Case:
    """The case as shipped."""
    return detente.load(FOUNDING)


def flat(tree: Tree) -> Tree:
    """The same with `a and (b and c)` as `a and b and c`."""
    match tree:
        case And(items) | Or(items):
            parts = (flat(t) for t in items)
            joined = [p.items if type(p) is type(tree) else (p,) for p in parts]
            return type(tree)(tuple(x for part in joined for x in part))
        case Not(inner):
            return Not(flat(inner))
        case AnyOfType(inner, whose):
            return AnyOfType(flat(inner), whose)
        case _:
            return tree


def read(text: str) -> Tree:
    """A predicate as the case reads it."""
    case = shipped()
    types = {t for s in case.systems.values() for t in s.types}
    resolver = Resolver(case.attributes, case.systems, types, case.parties, case.zones)
    tree, flaws = parse(text)
    assert tree is not None, (text, flaws)
    found = resolver.resolve(tree)
    assert not resolver.flaws, (text, resolver.flaws)
    return found


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Predicates of predicates."""
    some = st.lists(inner, min_size=2, max_size=3)
    return (
        some.map(lambda x: "(" + " and ".join(x) + ")")
        | some.map(lambda x: "(" + " or ".join(x) + ")")
        | inner.map(lambda x: f"not ({x})")
        | inner.map(lambda x: f"any of type ({x})")
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.recursive(st.sampled_from(ATOMS), joined, max_leaves=6))
def test_there_and_back(text: str) -> None:
    """Whatever the language can say."""
    tree = read(text)
    assert flat(read(written(tree, shipped().attributes))) == flat(tree)


def test_channels_are_written_as_clauses() -> None:
    """The predicate of each channel, and each clause proposed to close it, can be pasted into a text."""
    for text in ("vladivostok-1974", "salt-ii-1979", "us-comprehensive-1977-03"):
        result = detente.channels(shipped(), text)
        for c in result.channels:
            assert c.area.text
            read(c.area.text)
            for x in c.closings:
                if x.clause:
                    read(x.clause)
