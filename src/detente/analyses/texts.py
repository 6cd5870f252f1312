"""Texts: what texts a case holds, by whom, of what date, and how much of each is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detente.analyses.result import Result
from detente.compile.compiler import Compiled, compile_text
from detente.model.case import Case


@dataclass(frozen=True, repr=False)
class TextList(Result):
    """The answer of `texts`, in order of date."""

    case: Case
    compiled: tuple[Compiled, ...]

    def records(self) -> list[dict[str, Any]]:
        """One row a text."""
        return [
            {
                "id": c.text.id,
                "title": c.text.title,
                "date": str(c.text.date),
                "by": c.text.by,
                "parties": ", ".join(c.text.parties),
                "status": c.text.status,
                "binding": c.text.binding,
                "based_on": c.text.based_on,
                "provisions": len(c.provisions),
                "computed": c.computed,
            }
            for c in self.compiled
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "case": self.case.id,
            "texts": [
                {
                    **record,
                    "not_computed": [
                        {"provision": n.provision.id, "why": n.why} for n in c.not_computed
                    ],
                }
                for record, c in zip(self.records(), self.compiled, strict=True)
            ],
        }


def list_texts(case: Case) -> TextList:
    """All texts of a case, compiled, in order of date."""
    texts = sorted(case.texts.values(), key=lambda t: (t.date.first, t.id))
    return TextList(case, tuple(compile_text(case, t) for t in texts))
