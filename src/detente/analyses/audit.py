"""Audit: the claims of a document run against the case; which hold, which fail, and on what they hang.

Each test of a claim asks one question of the case, takes a figure out of its answer and holds it
against a condition. It is then asked again with each assumption changed that could be otherwise
(another basis, reading, lens, date, ledger), one at a time: what turns the outcome is found by trying.
No verdict stands in a file.

How outcomes make a verdict:

- a test *holds* or *fails* where no rival assumption turns it; it *depends* where one does, or where
  the figure itself is uncertain; what cannot be answered is *not computed*;
- a claim whose tests all hold is supported; all fail: contradicted; some hold and some fail: supported
  in part; where one depends and none of the rest decides otherwise, the claim depends on that;
- a claim without tests is not testable, for the reason that its file gives.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

import jmespath
from jmespath.exceptions import JMESPathError

from detente.analyses.questions import QUESTIONS
from detente.analyses.result import Result
from detente.model.case import Case
from detente.model.claims import Claim, ClaimTest
from detente.model.problem import Place, Problem, Refused, did_you_mean

Outcome = Literal["holds", "fails", "unsettled", "not computed"]
State = Literal["holds", "fails", "depends", "not computed"]
Verdict = Literal["supported", "supported in part", "contradicted", "depends", "not testable"]

ALL = "all"
UNSETTLED = {"depends", "unknown", "not computed"}
SHOWN = 8  # of a list of names, so many are shown


@dataclass(frozen=True)
class Answer:
    """What a test came to under one set of assumptions."""

    outcome: Outcome
    figure: Any = None
    why: str = ""

    @property
    def shown(self) -> str:
        """The figure in words."""
        return show_figure(self.figure) if self.outcome != "not computed" else self.why


@dataclass(frozen=True)
class Tried:
    """One assumption changed, and what the test then came to."""

    option: str
    value: str
    answer: Answer
    rival: bool = True

    def __str__(self) -> str:
        return f"{self.option} {self.value}"


@dataclass(frozen=True)
class Tested:
    """A test that was run: as given, and with each assumption changed."""

    test: ClaimTest
    answer: Answer
    tried: tuple[Tried, ...]

    @property
    def turns(self) -> tuple[Tried, ...]:
        """The changed assumptions that turn it."""
        return tuple(
            t
            for t in self.tried
            if t.answer.outcome in ("holds", "fails") and t.answer.outcome != self.answer.outcome
        )

    @property
    def rivals(self) -> tuple[Tried, ...]:
        """Those of them that somebody holds."""
        return tuple(t for t in self.turns if t.rival)

    @property
    def state(self) -> State:
        """What the test shows, all rival assumptions considered."""
        match self.answer.outcome:
            case "not computed":
                return "not computed"
            case "unsettled":
                return "depends"
            case settled:
                return "depends" if self.rivals else settled


@dataclass(frozen=True)
class Audited:
    """One claim with its verdict and what made it."""

    claim: Claim
    tests: tuple[Tested, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict; see the module."""
        states = {t.state for t in self.tests}
        if not states or states == {"not computed"}:
            return "not testable"
        if "holds" in states and "fails" in states:
            return "supported in part"
        if "depends" in states:
            return "depends"
        if "fails" in states:
            return "contradicted"
        whole = states == {"holds"} and not self.claim.not_testable
        return "supported" if whole else "supported in part"

    @property
    def part(self) -> tuple[str, ...]:
        """Where the claim is supported in part: the parts that hold."""
        if self.verdict != "supported in part":
            return ()
        return tuple(t.test.says for t in self.tests if t.state == "holds")

    @property
    def depends_on(self) -> tuple[str, ...]:
        """The assumptions on which some test depends, by the names of their options."""
        found: dict[str, None] = {}
        for t in self.tests:
            if t.state == "depends":
                found |= dict.fromkeys(x.option for x in t.rivals)
                if t.answer.outcome == "unsettled":
                    found["figures that are not certain"] = None
        return tuple(found)

    @property
    def turns_if(self) -> tuple[str, ...]:
        """What would turn a test's outcome, with what it would come to."""
        return tuple(
            f"{x}: {x.answer.shown} ({t.test.says}: {x.answer.outcome})"
            for t in self.tests
            for x in t.turns
        )

    @property
    def not_tested(self) -> str:
        """What was not tested of the claim, and why; empty when all was."""
        parts = [self.claim.not_testable]
        parts += [f"{t.test.says}: {t.answer.why}" for t in self.tests if t.state == "not computed"]
        return "; ".join(p for p in parts if p)


@dataclass(frozen=True, repr=False)
class Audit(Result):
    """The answer of `audit`: every claim of a document with its verdict."""

    case: Case
    letter: str
    claims: tuple[Audited, ...]

    def claim(self, name: str) -> Audited:
        """The audited claim of that id; raises KeyError."""
        return next(c for c in self.claims if c.claim.id == name)

    def records(self) -> list[dict[str, Any]]:
        """One row a claim."""
        return [
            {
                "id": a.claim.id,
                "paragraphs": ", ".join(map(str, a.claim.paragraphs)),
                "says": a.claim.says,
                "kind": a.claim.kind,
                "verdict": a.verdict,
                "part": "; ".join(a.part),
                "depends_on": "; ".join(a.depends_on),
                "turns_if": "; ".join(a.turns_if),
                "not_tested": a.not_tested,
            }
            for a in self.claims
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "letter": self.letter,
            "claims": [
                {
                    "id": a.claim.id,
                    "paragraphs": list(a.claim.paragraphs),
                    "says": a.claim.says,
                    "kind": a.claim.kind,
                    "verdict": a.verdict,
                    "part": list(a.part),
                    "depends_on": list(a.depends_on),
                    "turns_if": list(a.turns_if),
                    "not_tested": a.not_tested,
                    "evidence": {
                        "for": list(_evidence(a, "holds")),
                        "against": list(_evidence(a, "fails")),
                    },
                    "analysis": [_test_data(t) for t in a.tests],
                    "note": a.claim.note.text if a.claim.note else "",
                }
                for a in self.claims
            ],
        }


def _evidence(a: Audited, outcome: str) -> Iterator[dict[str, Any]]:
    for t in a.tests:
        if t.answer.outcome == outcome:
            yield {
                "text": f"{t.test.says}: {t.answer.shown}",
                "source": f"computed: {question_of(t.test)}",
                "confidence": "derived",
            }
    for e in a.claim.supports if outcome == "holds" else a.claim.against:
        yield {"text": e.text, "source": e.source, "confidence": e.confidence}


def _test_data(t: Tested) -> dict[str, Any]:
    return {
        "says": t.test.says,
        "run": t.test.run,
        "given": {k: str(v) for k, v in t.test.given.items()},
        "figure": t.test.figure,
        "holds_if": t.test.holds_if,
        "value": t.answer.figure,
        "outcome": t.answer.outcome,
        "why": t.answer.why,
        "state": t.state,
        "tried": [
            {
                "option": x.option,
                "value": x.value,
                "outcome": x.answer.outcome,
                "figure": x.answer.figure,
                "why": x.answer.why,
                "rival": x.rival,
            }
            for x in t.tried
        ],
    }


def question_of(test: ClaimTest, changed: Mapping[str, Any] | None = None) -> str:
    """The question that a test asks, in the words of the command line."""
    given = {**test.given, **(changed or {})}
    return " ".join([test.run, *(f"{k} {_word(v)}" for k, v in given.items())])


def _word(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )


def show_figure(value: Any) -> str:
    """A figure in words: a number, a word, or so many of a list."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, list):
        if not value:
            return "none"
        flat = [show_figure(v) for v in value[:SHOWN]]
        more = f" and {len(value) - SHOWN} more" if len(value) > SHOWN else ""
        return ", ".join(flat) + more
    return str(value)


# --- conditions ------------------------------------------------------------------------------------
_NUMBER = re.compile(r"^(<=|>=|<|>|=|!=)\s*(-?\d[\d,]*(?:\.\d+)?)$")
_WORD = re.compile(r"^(is not|is|includes|lacks)\s+(\S.*)$")
CONDITIONS = (
    "> 0, >= 2, = 3, != 3, < 1, <= 1, is WORD, is not WORD, includes X, lacks X, empty, not empty"
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def condition(text: str) -> Callable[[Any], bool | None] | None:
    """A condition on a figure; None when it cannot be read.

    The condition gives None for a figure that it cannot be held against: there is none, or it is
    uncertain itself.
    """
    said = " ".join(text.split())
    if said in ("empty", "not empty"):

        def emptiness(value: Any) -> bool | None:
            if value is not None and not isinstance(value, list):
                return None
            return (not value) is (said == "empty")

        return emptiness
    if m := _NUMBER.match(said):
        compare, bound = _COMPARE[m[1]], float(m[2].replace(",", ""))

        def number(value: Any) -> bool | None:
            if isinstance(value, list):
                value = len(value)
            if isinstance(value, bool) or not isinstance(value, int | float):
                return None
            return compare(value, bound)

        return number
    if m := _WORD.match(said):
        how, wanted = m[1], [w.strip() for w in m[2].split(" or ")]

        def word(value: Any) -> bool | None:
            if how in ("includes", "lacks"):
                if not isinstance(value, list):
                    return None
                return any(w in map(_word, value) for w in wanted) == (how == "includes")
            if value is None:
                return None
            if isinstance(value, str) and value in UNSETTLED and value not in wanted:
                return None
            return (_word(value) in wanted) == (how == "is")

        return word
    return None


# --- running ---------------------------------------------------------------------------------------
def audit(
    case: Case, *, letter: str | None = None, claim: str | Iterable[str] | None = None
) -> Audit:
    """The claims of a document, each run against the case.

    Args:
        case: the case.
        letter: the document whose claims are meant; needed only where claims of several stand in
            the case.
        claim: only these claims, by id.

    Raises:
        Refused: there are no such claims, or a claim is bound to what is not there.

    """
    letters = list(dict.fromkeys(c.letter for c in case.claims.values()))
    if not letters:
        hint = "claims stand in claims/*.yaml"
        raise Refused([Problem("E604", "the case holds no claims to audit", (), hint)])
    if letter is None:
        if len(letters) > 1:
            message = f"the case holds claims of several documents: {', '.join(letters)}"
            raise Refused([Problem("E604", message, (), "name one with --letter")])
        letter = letters[0]
    elif letter not in letters:
        hint = did_you_mean(letter, letters, "documents with claims")
        raise Refused([Problem("E317", f"no claims of a document '{letter}'", (), hint)])
    claims = [c for c in case.claims.values() if c.letter == letter]
    claims.sort(key=lambda c: (c.paragraphs or (0,), c.id))
    if claim is not None:
        wanted = [claim] if isinstance(claim, str) else list(claim)
        known = [c.id for c in claims]
        if unknown := [w for w in wanted if w not in known]:
            raise Refused(
                Problem("E604", f"no claim '{w}'", (), did_you_mean(w, known, "claims"))
                for w in unknown
            )
        claims = [c for c in claims if c.id in wanted]
    if problems := [p for c in claims for p in bindings(case, c)]:
        raise Refused(problems)
    runner = _Runner(case)
    return Audit(case, letter, tuple(runner.claim(c) for c in claims))


def bindings(case: Case, claim: Claim) -> list[Problem]:
    """What a claim binds to and is not there: analyses, their options, figures, conditions."""
    problems: list[Problem] = []

    def report(code: str, message: str, place: Place, hint: str = "") -> None:
        problems.append(Problem(code, message, (place,), hint))

    for i, test in enumerate(claim.tests):
        here = ("tests", i)
        if test.run not in QUESTIONS or test.run == "audit":
            names = [q for q in QUESTIONS if q != "audit"]
            hint = did_you_mean(test.run, names, "analyses")
            report("E318", f"unknown analysis '{test.run}'", claim.at(*here, "run"), hint)
        else:
            options = _options(test.run)
            for key in ("given", "vary", "what_if"):
                for name, value in getattr(test, key).items():
                    place = claim.at(*here, key, name)
                    if name not in options:
                        hint = did_you_mean(name, options, "options")
                        report("E318", f"'{test.run}' has no option '{name}'", place, hint)
                    elif key == "given" and not _fits(options[name], value):
                        message = f"'{name}' of '{test.run}' cannot be {_word(value)}"
                        report("E203", message, place, f"expected {options[name].annotation}")
            for name, option in options.items():
                if option.default is option.empty and name not in test.given:
                    message = f"'{test.run}' needs the option '{name}'"
                    report("E318", message, claim.at(*here, "run"))
        try:
            jmespath.compile(test.figure)
        except JMESPathError as bad:
            message = f"the figure cannot be read: {str(bad).splitlines()[0]}"
            report("E408", message, claim.at(*here, "figure"), "it is a JMESPath expression")
        if condition(test.holds_if) is None:
            message = f"the condition cannot be read: {test.holds_if}"
            report("E408", message, claim.at(*here, "holds_if"), f"one of: {CONDITIONS}")
        for key in ("vary", "what_if"):
            for name, values in getattr(test, key).items():
                place = claim.at(*here, key, name)
                if values == ALL and not _every(case, name):
                    message = f"there is nothing known to try for '{name}'"
                    report("E408", message, place, "list the values")
                elif values != ALL and not isinstance(values, list):
                    message = f"the values to try of '{name}' must be a list, or all"
                    report("E203", message, place)
    return problems


def _options(run: str) -> dict[str, inspect.Parameter]:
    """The options of a question: its function's parameters but for the case."""
    module, name = QUESTIONS[run]
    parameters = inspect.signature(getattr(import_module(module), name)).parameters
    return dict(list(parameters.items())[1:])


def _fits(option: inspect.Parameter, value: Any) -> bool:
    """Whether a value from a file is of a kind that an option takes."""
    said = str(option.annotation)
    if isinstance(value, bool):
        return "bool" in said
    if isinstance(value, int | float):
        return type(value).__name__ in said
    if isinstance(value, list):
        many = any(kind in said for kind in ("Sequence", "Iterable", "list", "tuple"))
        return many and all(isinstance(v, str) for v in value)
    return isinstance(value, str) and "str" in said


def _every(case: Case, option: str) -> list[str]:
    """All values that the case knows for an option; empty where it knows none."""
    held = {i.basis for i in case.inventories.values()}
    known: dict[str, Iterable[str]] = {
        "basis": [b for b in case.bases if b in held],
        "view": case.views,
        "ledger": ["joint", *(case.record.parties if case.record else ()), ALL],
        "lens": getattr(case, "lenses", ()),
        "text": case.texts,
    }
    return list(known.get(option, ()))


@dataclass
class _Runner:
    """Asks each question once."""

    case: Case
    answers: dict[str, Any] = field(default_factory=dict)

    def claim(self, claim: Claim) -> Audited:
        return Audited(claim, tuple(self._test(claim, i, t) for i, t in enumerate(claim.tests)))

    def _test(self, claim: Claim, i: int, test: ClaimTest) -> Tested:
        try:
            answer = self._answer(test, {})
        except Refused as refused:
            place = claim.at("tests", i, "given")
            raise Refused(
                Problem(p.code, f"claim {claim.id}: {p.message}", (place, *p.places), p.hint)
                for p in refused.problems
            ) from None
        tried = [
            Tried(option, _word(value), self._changed(test, {option: value}), changes is test.vary)
            for changes in (test.vary, test.what_if)
            for option, values in changes.items()
            for value in (_every(self.case, option) if values == ALL else values)
            if value != test.given.get(option)
        ]
        return Tested(test, answer, tuple(tried))

    def _changed(self, test: ClaimTest, change: Mapping[str, Any]) -> Answer:
        try:
            return self._answer(test, change)
        except Refused as refused:
            return Answer("not computed", None, refused.problems[0].message)

    def _answer(self, test: ClaimTest, changed: Mapping[str, Any]) -> Answer:
        data = self._data(test.run, {**test.given, **changed})
        try:
            figure = jmespath.search(test.figure, data)
        except JMESPathError as bad:
            return Answer("not computed", None, f"the figure is not to be had: {bad}")
        held = condition(test.holds_if)
        assert held is not None
        outcome = held(figure)
        if outcome is None:
            return Answer("unsettled", figure, f"{show_figure(figure)} settles nothing")
        return Answer("holds" if outcome else "fails", figure)

    def _data(self, run: str, given: Mapping[str, Any]) -> Any:
        key = repr((run, sorted((k, repr(v)) for k, v in given.items())))
        if key not in self.answers:
            module, name = QUESTIONS[run]
            function = getattr(import_module(module), name)
            try:
                self.answers[key] = function(self.case, **given).as_data()
            except Refused as refused:
                self.answers[key] = refused
        found = self.answers[key]
        if isinstance(found, Refused):
            raise found
        return found
