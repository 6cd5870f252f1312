"""Compare: baseline, option, change, by measure and side, for the same forces under several texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from detente.analyses.count import Count, LimitCount, count
from detente.analyses.result import Result
from detente.model.case import Case


@dataclass(frozen=True)
class Measure:
    """One limit of one party under each text; None where a text has no such limit."""

    limit: str
    title: str
    party: str
    under: tuple[LimitCount | None, ...]


@dataclass(frozen=True, repr=False)
class Comparison(Result):
    """The answer of `compare`: the first text is the baseline."""

    case: Case
    counts: tuple[Count, ...]
    measures: tuple[Measure, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The ids of the texts, the baseline first."""
        return tuple(c.text.id for c in self.counts)

    def records(self) -> list[dict[str, Any]]:
        """One row a measure, party and text."""
        found = []
        for m in self.measures:
            base = m.under[0]
            for text, x in zip(self.texts, m.under, strict=True):
                found.append(
                    {
                        "limit": m.limit,
                        "party": m.party,
                        "text": text,
                        "counted": x.counted.best if x else None,
                        "low": x.counted.low if x else None,
                        "high": x.counted.high if x else None,
                        "at_most": x.at_most if x else None,
                        "excess": x.excess if x else None,
                        "headroom": x.headroom if x else None,
                        "verdict": x.verdict if x else "no such limit",
                        "change_of_counted": (x.counted.best - base.counted.best)
                        if x and base
                        else None,
                        "change_of_at_most": (x.at_most - base.at_most)
                        if x and base and x.at_most is not None and base.at_most is not None
                        else None,
                    }
                )
        return found

    def as_data(self) -> dict[str, Any]:
        """The measures with all texts side by side."""
        return {
            "case": self.case.id,
            "baseline": self.texts[0],
            "options": list(self.texts[1:]),
            "forces": {p: i.id for p, i in self.counts[0].chosen.by_party.items()},
            "at": self.counts[0].at.isoformat(),
            "measures": self.records(),
        }


def compare(
    case: Case,
    baseline: str,
    options: str | Sequence[str],
    forces: str | date,
    *,
    at: str | date | None = None,
    basis: str | None = None,
    view: str | None = None,
) -> Comparison:
    """Count the same forces under a baseline and one or more options.

    Raises:
        Refused: as `count`.

    """
    names = [baseline, *([options] if isinstance(options, str) else options)]
    counts = tuple(count(case, n, forces, at=at, basis=basis, view=view) for n in names)
    keys = dict.fromkeys((x.limit, x.party) for c in counts for x in c.limits if not x.site)
    measures = []
    for limit, party in keys:
        under = tuple(
            next((x for x in c.limits if (x.limit, x.party, x.site) == (limit, party, "")), None)
            for c in counts
        )
        title = next(x.title for x in under if x is not None)
        measures.append(Measure(limit, title, party, under))
    order = {limit: i for i, limit in enumerate(dict.fromkeys(m.limit for m in measures))}
    measures.sort(key=lambda m: order[m.limit])
    return Comparison(case, counts, tuple(measures))
