"""Show: one text, provision by provision, with what it changes of the text it is based on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from detente.analyses.forces import find_text, find_view
from detente.analyses.result import Result
from detente.compile.compiler import Compiled, compile_text
from detente.model.case import Case
from detente.model.provisions import Provision
from detente.model.texts import Text

Mark = Literal["", "new", "changed"]


@dataclass(frozen=True, repr=False)
class Shown(Result):
    """The answer of `show`: the compiled text and, where there is one, the text it is based on."""

    case: Case
    compiled: Compiled
    base: Text | None

    @property
    def text(self) -> Text:
        """The text shown."""
        return self.compiled.text

    def mark(self, p: Provision) -> Mark:
        """Whether a provision is new or changed against the base."""
        if self.base is None:
            return ""
        if self.base.provision(p.id) is None:
            return "new"
        return "changed" if p.changed and self.base.provision(p.id) != p else ""

    @property
    def dropped(self) -> tuple[Provision, ...]:
        """What stands in the base and no longer here."""
        if self.base is None:
            return ()
        here = {p.id for p in self.text.provisions}
        return tuple(p for p in self.base.provisions if p.id not in here)

    def records(self) -> list[dict[str, Any]]:
        """One row a provision."""
        why = {id(n.provision): n.why for n in self.compiled.not_computed}
        return [
            {
                "provision": p.id,
                "kind": p.kind,
                "title": p.title,
                "article": p.article,
                "rule": p.rule,
                "binds": ", ".join(p.to or self.text.parties),
                "against_base": self.mark(p),
                "confidence": p.confidence,
                "disputed": p.disputed,
                "not_computed": why.get(id(p), ""),
                "sources": str(p.source),
                "line": str(p.place),
            }
            for p in self.compiled.provisions
        ]

    def as_data(self) -> dict[str, Any]:
        """The text's own lines and its provisions."""
        t = self.text
        return {
            "case": self.case.id,
            "text": t.id,
            "title": t.title,
            "date": str(t.date),
            "by": t.by,
            "status": t.status,
            "binding": t.binding,
            "counts": t.counts,
            "based_on": t.based_on,
            "dropped": [p.id for p in self.dropped],
            "provisions": self.records(),
        }


def show(case: Case, text: str | Text, *, view: str | None = None) -> Shown:
    """A text laid out provision by provision. Raises `Refused` for an unknown text or view."""
    wanted = find_text(case, text) if isinstance(text, str) else text
    base = case.texts.get(wanted.based_on)
    return Shown(case, compile_text(case, wanted, find_view(case, view)), base)
