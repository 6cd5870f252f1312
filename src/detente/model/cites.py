"""Where a fact stands: keys of sources with the place in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from detente.model.written import Miswritten, Written, plain

Confidence = Literal["verified", "recalled", "derived", "assumed"]
CONFIDENCES: tuple[Confidence, ...] = ("verified", "recalled", "derived", "assumed")


@dataclass(frozen=True)
class Cite:
    """A source's key and the place in it (document, article, paragraph, table)."""

    source: str
    at: str = ""

    def __str__(self) -> str:
        return f"{self.source} {self.at}".strip()


@dataclass(frozen=True)
class Cites(Written):
    """One or more cites; written `frus33 d91 2a; frus16 d97`: key, place, semicolon, next."""

    items: tuple[Cite, ...] = ()

    written_schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "description": "source key and place in it; several are parted by ';' — frus33 d91 2a; frus16 d97",
    }

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """`key place; key place`; raises `Miswritten`."""
        if not isinstance(raw, str) or not raw.strip():
            raise Miswritten(f"expected a source key and the place in it, not {plain(raw)}", "E203")
        items = []
        for part in raw.split(";"):
            key, _, at = part.strip().partition(" ")
            if not key:
                raise Miswritten(f"a source key is missing in {plain(raw)}", "E203")
            items.append(Cite(key.rstrip(","), at.strip()))
        return cls(tuple(items))

    def __iter__(self) -> Iterator[Cite]:
        return iter(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)

    def __str__(self) -> str:
        return "; ".join(str(c) for c in self.items)


NO_CITES = Cites()


@dataclass(frozen=True, kw_only=True)
class Source:
    """A document, data set or page that facts are taken from."""

    id: str
    title: str
    grade: str = ""
    url: str = ""
    note: str = ""
