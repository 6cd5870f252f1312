"""A document's claims: what it says, the tests that try it, and the evidence that others gave.

A claim holds no verdict: it binds to analyses of the case, and the verdict comes out of running them
(`detente.analyses.audit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from detente.model.cites import Confidence
from detente.model.problem import NOWHERE, Place

ClaimKind = Literal["record", "arithmetic", "strategic", "motive", "counterfactual"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a document says for or against a claim, in our own words."""

    text: str
    source: str
    confidence: Confidence = "verified"


@dataclass(frozen=True, kw_only=True)
class ClaimTest:
    """One thing that must be so if the claim is right: a figure of an analysis and a condition on it.

    Attributes:
        says: the part of the claim that it tries, in words.
        run: the analysis, by the name of its command.
        given: what the analysis is asked, by the names of its options.
        figure: which figure of the answer's JSON, as a JMESPath expression.
        holds_if: the condition: `> 0`, `= 3`, `is over`, `includes x`, `empty`, `not empty` …
        vary: rival assumptions: an option and its other values, or `all`. Where one turns the
            outcome, the claim depends on it.
        what_if: changes tried to see what would turn the outcome, though nobody holds them (another
            date, another text); they do not make a claim depend on them.

    """

    says: str
    run: str
    figure: str
    holds_if: str
    given: Mapping[str, Any] = field(default_factory=dict)
    vary: Mapping[str, Any] = field(default_factory=dict)
    what_if: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Note:
    """A historian's remark that stands beside a verdict and does not make it."""

    by: str
    text: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim of a document.

    `tests` try its parts; `not_testable` says why a part, or all of it, cannot be tried by counting
    or by the record (a motive, what would have been). A claim has one or the other, or both.
    `letter` is its name under `letters` in case.yaml.
    """

    letter: str
    says: str
    id: str = ""
    title: str = ""
    paragraphs: tuple[int, ...] = ()
    kind: ClaimKind = "record"
    tests: tuple[ClaimTest, ...] = ()
    not_testable: str = ""
    supports: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()
    note: Note | None = None
    place: Place = field(default=NOWHERE, init=False, compare=False, repr=False)
    places: Mapping[tuple[str | int, ...], Place] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def at(self, *path: str | int) -> Place:
        """Where a key of the claim stands in its file."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        return self.places.get(known, self.place)
