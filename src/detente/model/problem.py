"""A problem found in a user's files or request, and the places it points at.

A problem is a product, not an accident: it has a stable code, a severity, one or more places, a
message that names the offending thing, and a hint that helps. The catalogue of codes stands in
`detente.model.problem_codes`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nlargest
from itertools import islice
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, order=True)
class Place:
    """A stretch of one line of one file; lines and columns count from 1, 0 means the whole file."""

    file: str = ""
    line: int = 0
    column: int = 0
    length: int = 0
    note: str = field(default="", compare=False)

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place()
MANY = 50  # more known names than this are sifted before they are compared letter by letter
FEW = 10  # how many of them are


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or doubtful, with the places where it is."""

    code: str
    message: str
    places: tuple[Place, ...] = ()
    hint: str = ""
    severity: Severity = "error"

    @property
    def place(self) -> Place:
        """The first place, or nowhere."""
        return self.places[0] if self.places else NOWHERE


class Refused(Exception):
    """A request that cannot be answered; carries the problems to show. Never a traceback."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.code} {p.message}" for p in self.problems))


@lru_cache(maxsize=16)
def _index(known: frozenset[str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Known names by their lower-case form, and those forms by how they begin and end."""
    lower = {k.lower(): k for k in sorted(known)}
    ends: dict[str, list[str]] = {}
    for k in lower:
        for end in {k[:2], "…" + k[-2:]}:
            ends.setdefault(end, []).append(k)
    return lower, ends


@lru_cache(maxsize=4096)
def _pairs(name: str) -> frozenset[str]:
    """The pairs of letters that stand side by side in a name."""
    return frozenset(name[i : i + 2] for i in range(len(name) - 1))


def nearest(name: str, known: Iterable[str], n: int = 1) -> list[str]:
    """The known names nearest to a mistyped one, best first; empty when nothing is near."""
    lower, ends = _index(frozenset(map(str, known)))
    wanted = name.lower()
    if wanted in lower:
        return [lower[wanted]]
    among: Iterable[str] = lower
    if len(lower) > MANY:  # only names about as long that begin or end alike and share most pairs
        alike = (*ends.get(wanted[:2], ()), *ends.get("…" + wanted[-2:], ()))
        near = (k for k in dict.fromkeys(alike) if abs(len(k) - len(wanted)) <= 3)
        pairs = _pairs(wanted)
        among = nlargest(FEW, islice(near, 2 * MANY), key=lambda k: len(pairs & _pairs(k)))
    return [lower[f] for f in difflib.get_close_matches(wanted, among, n=n, cutoff=0.55)]


def did_you_mean(name: str, known: Iterable[str], what: str = "") -> str:
    """A hint: the nearest valid name, or the valid names themselves when they are few."""
    names = frozenset(map(str, known))
    near = nearest(name, names)
    if near:
        return f"did you mean '{near[0]}'?"
    if 0 < len(names) <= 12:
        return f"{what or 'known'}: {', '.join(sorted(names))}"
    return ""


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Problems without repeats, by file, line and column, then by code."""
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda p: (p.place, p.code, p.message))
