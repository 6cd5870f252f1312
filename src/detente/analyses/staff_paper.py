"""The staff paper that answers a letter or a proposal: every question asked of the case, in one place.

Nothing is worked out here: each section is the answer of the analysis of that name, asked with what
`letters` in case.yaml says (the document, the text it proposes, the options to lay side by side, the
forces). A section that cannot be answered is left out by name, with the reason.

The order is the one that staffs use (an options memo: background and reading of the other side, the
proposal point by point, the options with one table each, what each asks, opens and turns, the choice).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from detente.analyses.audit import Audit, Audited, audit
from detente.analyses.balance import Balance, balance
from detente.analyses.channels import Channels, channels
from detente.analyses.compare import Comparison, compare
from detente.analyses.distance import Distance, Toward, distance, toward
from detente.analyses.forces import choose_forces, find_reading, find_text, parse_date
from detente.analyses.packages import Packages, packages
from detente.analyses.reduce import Cuts, reduce
from detente.analyses.result import Result
from detente.analyses.standing import IssueStanding, Standing, standing
from detente.analyses.unravel import Keystones, Unravelled, keystones, unravel
from detente.model.case import Case, Letter
from detente.model.problem import Problem, Refused, did_you_mean
from detente.model.record import RecordDocument, Statement
from detente.model.texts import Text

T = TypeVar("T")


@dataclass(frozen=True)
class Point:
    """One paragraph of the letter: what it says, and what the case says to it."""

    paragraph: str
    statements: tuple[Statement, ...]
    issues: tuple[IssueStanding, ...]
    claims: tuple[Audited, ...]


@dataclass(frozen=True)
class Gap:
    """A section that could not be answered, and why."""

    section: str
    why: str


@dataclass(frozen=True, repr=False)
class StaffPaper(Result):
    """The answer of `brief --letter` and `brief --for`: the answers that make the paper."""

    case: Case
    letter: Letter
    document: RecordDocument | None
    at: date
    points: tuple[Point, ...]
    standing: Standing | None
    comparison: Comparison
    cuts: tuple[tuple[str, Cuts], ...]
    channels: tuple[tuple[str, Channels], ...]
    keystones: Keystones | None
    taken_out: tuple[Unravelled, ...]
    balance: Balance | None
    gains: tuple[tuple[str, Balance], ...]
    sweep: Balance | None
    audit: Audit | None
    packages: Packages | None
    distance: Distance | None
    toward: tuple[Toward, ...]
    gaps: tuple[Gap, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts laid side by side, the baseline first."""
        return self.comparison.texts

    def records(self) -> list[dict[str, Any]]:
        """One row a paragraph of the letter; for a proposal, one a measure."""
        if not self.points:
            return self.comparison.records()
        return [
            {
                "paragraph": p.paragraph,
                "statements": ", ".join(s.id for s in p.statements),
                "issues": ", ".join(f"{i.issue.id} ({i.status})" for i in p.issues),
                "claims": ", ".join(f"{a.claim.id} ({a.verdict})" for a in p.claims),
            }
            for p in self.points
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON: each section as its own command gives it."""

        def of(result: Result | None) -> Any:
            return result.as_data() if result else None

        def each(results: Iterable[tuple[str, Result]]) -> dict[str, Any]:
            return {name: r.as_data() for name, r in results}

        return {
            "case": self.case.id,
            "letter": self.letter.id or None,
            "document": self.letter.document or None,
            "proposes": self.letter.text or None,
            "at": self.at.isoformat(),
            "points": [
                {
                    "paragraph": p.paragraph,
                    "statements": [s.id for s in p.statements],
                    "issues": [{"issue": i.issue.id, "status": i.status} for i in p.issues],
                    "claims": [{"claim": a.claim.id, "verdict": a.verdict} for a in p.claims],
                }
                for p in self.points
            ],
            "standing": of(self.standing),
            "compare": of(self.comparison),
            "reduce": each(self.cuts),
            "channels": each(self.channels),
            "keystones": of(self.keystones),
            "unravel": [u.as_data() for u in self.taken_out],
            "balance": of(self.balance),
            "gains": each(self.gains),
            "sweep": of(self.sweep),
            "audit": of(self.audit),
            "packages": of(self.packages),
            "distance": of(self.distance),
            "toward": [x.as_data() for x in self.toward],
            "not_answered": [{"section": g.section, "why": g.why} for g in self.gaps],
        }


def find_letter(case: Case, name: str) -> Letter:
    """The letter of that name in case.yaml. Raises `Refused`."""
    if name not in case.letters:
        hint = did_you_mean(name, case.letters, "letters of case.yaml")
        raise Refused([Problem("E317", f"unknown letter '{name}'", (), hint)])
    return case.letters[name]


def letter_for(case: Case, name: str) -> Letter:
    """What a paper on a proposal lays side by side: the proposal against the text it changes.

    Raises `Refused` for an unknown text, and where no text to hold it against, or no forces, are known.
    """
    text = find_text(case, name)
    plan = case.brief
    base = text.based_on or (plan.baseline if plan and plan.baseline != text.id else "")
    forces = _forces_then(case, text) or (plan.forces if plan else "")
    if not base or not forces:
        what = "no text to hold it against" if not base else "no forces to count"
        message = f"'{name}' changes no other text, and the case's brief names {what}"
        raise Refused([Problem("E604", message, (text.place,), "add `brief:` to case.yaml")])
    more = (plan.option,) if plan and plan.option not in (text.id, base) else ()
    return Letter(
        document="",
        title=text.title,
        text=text.id,
        baseline=base,
        options=(text.id, *more),
        forces=forces,
    )


def _forces_then(case: Case, text: Text) -> str:
    """The day of a proposal, where there are forces to count as of that day; else nothing."""
    day = text.date.last.isoformat()
    try:
        choose_forces(case, text, day)
    except Refused:
        return ""
    return day


def staff_paper(
    case: Case, *, letter: str | None = None, proposal: str | None = None
) -> StaffPaper:
    """The staff paper on a letter named in case.yaml, or on any proposal of the case.

    Raises:
        Refused: there is no such letter or text, or it does not say what to lay side by side.

    """
    if (letter is None) == (proposal is None):
        raise Refused([Problem("E604", "name a letter, or a proposal")])
    plan = find_letter(case, letter) if letter is not None else letter_for(case, proposal or "")
    missing = [k for k in ("baseline", "options", "forces") if not getattr(plan, k)]
    if missing:
        message = f"the letter '{plan.id}' does not say what its brief lays side by side"
        hint = f"add {', '.join(missing)} to it in case.yaml"
        raise Refused([Problem("E604", message, (), hint)])
    return _Writer(case, plan).paper()


class _Writer:
    def __init__(self, case: Case, letter: Letter) -> None:
        self.case, self.letter = case, letter
        self.gaps: list[Gap] = []
        self.document = case.record.documents.get(letter.document) if case.record else None
        self.at = self._day()
        self.texts = (letter.baseline, *letter.options)

    def _day(self) -> date:
        if self.document:
            return self.document.date.last
        if self.letter.at:
            return parse_date(self.letter.at, "at")
        text = find_text(self.case, self.letter.text or self.letter.baseline)
        return text.date.last

    def _asked(
        self, section: str, question: Callable[..., T], *args: Any, **given: Any
    ) -> T | None:
        """The answer, or none: why not goes into the paper."""
        try:
            return question(self.case, *args, **given)
        except Refused as refused:
            self.gaps.append(Gap(section, "; ".join(p.message for p in refused.problems)))
            return None

    def _each(
        self, section: str, question: Callable[..., T], texts: Iterable[str], **given: Any
    ) -> tuple[tuple[str, T], ...]:
        """The answer for each text in its view; the texts that give none are named."""
        found = []
        for name in texts:
            text, view = find_reading(self.case, name)
            seen = view.id if view else None
            answer = self._asked(f"{section}, {name}", question, text.id, view=seen, **given)
            if answer is not None:
                found.append((name, answer))
        return tuple(found)

    def paper(self) -> StaffPaper:
        case, plan, base = self.case, self.letter, self.letter.baseline
        given: dict[str, Any] = {"at": plan.at or None}
        counted = {"forces": plan.forces, **given}
        comparison = compare(case, base, plan.options, plan.forces, **given)
        audited = None
        if any(c.letter == plan.id for c in case.claims.values()):
            audited = audit(case, letter=plan.id)  # claims bound to nothing are mistakes, not gaps
        elif plan.document:
            self.gaps.append(Gap("audit", "the case binds no claims of this letter"))
        stood = keyed = packed = curve = None
        if case.record:
            stood = self._asked("standing", standing, self.at)
            keyed = self._asked("unravel", keystones, self.at)
            packed = self._asked("packages", packages, self.at)
            until = plan.toward if plan.toward[:1].isdigit() else None
            curve = self._asked("distance", distance, since=plan.since or None, until=until)
        else:
            self.gaps.append(Gap("standing, unravel, packages", "the case has no record"))
        weighed = swept = None
        gains: tuple[tuple[str, Balance], ...] = ()
        if case.lenses:
            weighed = self._asked("balance", balance, base, **counted)
            gains = self._each("balance", balance, plan.options, against=base, **counted)
            swept = self._sweep(counted)
        else:
            self.gaps.append(Gap("balance", "the case has no lenses"))
        return StaffPaper(
            case=case,
            letter=plan,
            document=self.document,
            at=self.at,
            points=self._points(stood, audited),
            standing=stood,
            comparison=comparison,
            cuts=self._each("reduce", reduce, self.texts, **counted),
            channels=self._each("channels", channels, plan.options, against=base, **given),
            keystones=keyed,
            taken_out=self._taken_out(),
            balance=weighed,
            gains=gains,
            sweep=swept,
            audit=audited,
            packages=packed,
            distance=curve,
            toward=self._toward(),
            gaps=tuple(self.gaps),
        )

    # --- the letter -----------------------------------------------------------------------------
    def _points(self, stood: Standing | None, audited: Audit | None) -> tuple[Point, ...]:
        """Its paragraphs in order, each with the statements, issues and claims that stand in it."""
        record = self.case.record
        if record is None or not self.letter.document:
            return ()
        by_issue: Mapping[str, IssueStanding] = (
            {i.issue.id: i for i in stood.issues} if stood else {}
        )
        said = [s for s in record.statements if s.document == self.letter.document]
        places = sorted({s.paragraph for s in said}, key=_in_order)
        return tuple(
            Point(
                place,
                here := tuple(s for s in said if s.paragraph == place),
                tuple(by_issue[i] for i in dict.fromkeys(s.issue for s in here) if i in by_issue),
                tuple(
                    a
                    for a in (audited.claims if audited else ())
                    if paragraphs(place) & set(a.claim.paragraphs)
                ),
            )
            for place in places
        )

    def _taken_out(self) -> tuple[Unravelled, ...]:
        """What falls when the issues go that an option, refused by the letter, puts outside."""
        record = self.case.record
        if record is None:
            return ()
        names: dict[str, None] = {}
        for s in record.statements:
            position = record.position(s.key)
            if s.document == self.letter.document and s.act == "rejects" and position:
                names |= dict.fromkeys(position.leaves_out)
        found = [self._asked(f"unravel {n}", unravel, n, at=self.at) for n in names]
        return tuple(u for u in found if u is not None)

    def _toward(self) -> tuple[Toward, ...]:
        """How far off the target lay, on the day of the letter and the days named."""
        aim = self.letter.toward
        if not aim:
            return ()
        days = [self.at, *(parse_date(d, "look_back") for d in self.letter.look_back)]
        found = [self._asked(f"way from {d} to {aim}", toward, d, aim) for d in dict.fromkeys(days)]
        return tuple(t for t in found if t is not None)

    def _sweep(self, counted: dict[str, Any]) -> Balance | None:
        """The fall of the equal limit that counts the most kinds; none where no limit is equal."""
        text = self.letter.baseline
        refused: Refused | None = None
        for limit in self._equal_limits(text):
            try:
                return balance(self.case, text, sweep=limit, **counted)
            except Refused as why:
                refused = refused or why
        if refused:
            self.gaps.append(Gap("sweep", "; ".join(p.message for p in refused.problems)))
        return None

    def _equal_limits(self, name: str) -> list[str]:
        """Limits that bind every party at the same figure, in the order of the text."""
        from detente.compile.compiler import compile_text

        text, view = find_reading(self.case, name)
        figures: dict[str, dict[str, Any]] = {}
        for row in compile_text(self.case, text, view).rows:
            if row.provision.kind == "ceiling" and row.relation == "at most" and not row.each:
                figures.setdefault(row.limit, {})[row.party] = row.bound_at(self.at).bound.value
        return [
            limit
            for limit, by_party in figures.items()
            if len(by_party) > 1 and len(set(by_party.values())) == 1
        ]


def paragraphs(place: str) -> set[int]:
    """The paragraphs that a place names: `5`, `23-24`, `1, 3`."""
    found: set[int] = set()
    for part in place.replace(";", ",").split(","):
        first, _, last = part.strip().partition("-")
        if first.isdigit():
            found |= set(range(int(first), int(last if last.isdigit() else first) + 1))
    return found


def _in_order(place: str) -> tuple[int, str]:
    numbers = paragraphs(place)
    return (min(numbers) if numbers else 10**6, place)
