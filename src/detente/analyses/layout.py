"""Layout: the compiled system of a text, laid open: categories, rows, classes of weapons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detente.analyses.forces import find_text, find_view
from detente.analyses.result import Result
from detente.compile.cells import Classes, classes_of
from detente.compile.compiler import Compiled, compile_text
from detente.model.case import Case
from detente.model.texts import Text


@dataclass(frozen=True, repr=False)
class Layout(Result):
    """The answer of `compile`."""

    compiled: Compiled
    classes: Classes

    @property
    def uncounted(self) -> list[Any]:
        """Classes that no row counts."""
        counted = {
            t.category
            for r in self.compiled.rows
            for t in r.terms
            if t.weight.number != 0 and t.factor > 0
        }
        return [c for c in self.classes.classes if not (c.inside | c.unsure) & counted]

    def records(self) -> list[dict[str, Any]]:
        """One row a limit and party."""
        return [
            {
                "limit": r.limit,
                "party": r.party,
                "relation": r.relation,
                "terms": "; ".join(f"{t.weight} × {t.category}" for t in r.terms),
                "bounds": "; ".join(f"{b.bound}" for b in r.bounds),
                "article": r.provision.article,
                "sources": str(r.provision.source),
            }
            for r in self.compiled.rows
        ]

    def as_data(self) -> dict[str, Any]:
        """Rows, classes and what is not computed."""
        return {
            "case": self.compiled.case.id,
            "text": self.compiled.text.id,
            "rows": self.records(),
            "cells": self.classes.cells,
            "cells_capped": list(self.classes.capped),
            "classes": [
                {
                    "kind": c.kind,
                    "inside": sorted(c.inside),
                    "unsure": sorted(c.unsure),
                    "cells": c.cells,
                    "witness": dict(c.witness),
                    "systems": list(c.systems),
                }
                for c in self.classes.classes
            ],
            "not_computed": [
                {"provision": n.provision.id, "why": n.why} for n in self.compiled.not_computed
            ],
        }


def layout(case: Case, text: str | Text, *, view: str | None = None) -> Layout:
    """Compile a text and cut its classes. Raises `Refused` for an unknown text or view."""
    wanted = find_text(case, text) if isinstance(text, str) else text
    compiled = compile_text(case, wanted, find_view(case, view))
    return Layout(compiled, classes_of(compiled))
