"""Measures and lenses from the files of a case: names checked, predicates parsed, circles refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from detente.model.cites import Cites
from detente.model.lenses import Addition, Lens, Measure, Piece, Power
from detente.model.predicate import Clause
from detente.model.problem import did_you_mean
from detente.model.provisions import Limit
from detente.reading import shapes
from detente.reading.predicates import Resolver

if TYPE_CHECKING:
    from detente.model.case import Case
    from detente.reading.case_reader import _Assembly, _Defined

Path = tuple[str | int, ...]


class LensReader:
    """Builds the measures and lenses of a case; what is wrong in them is reported, never raised."""

    def __init__(self, assembly: _Assembly) -> None:
        self.assembly = assembly
        self.raw: dict[str, dict[str, _Defined]] = {
            key: assembly.reader.raw.get(key, {}) for key in ("measures", "lenses")
        }

    def _known(self, key: str) -> dict[str, Any]:
        return {name: d for name, d in self.raw[key].items() if d.value is not None}

    # --- measures -------------------------------------------------------------------------------
    def measures(self) -> dict[str, Measure]:
        """The measures by id; none where some use each other in a circle."""
        found: dict[str, Measure] = {}
        uses: dict[str, list[str]] = {}
        for name, d in self._known("measures").items():
            shape: shapes.MeasureShape = d.value
            if not shape.each:
                self.assembly.report("E202", f"the measure '{name}' weighs nothing", d.place)
            pieces = tuple(
                self._piece(p, d, (*d.path, "each", i)) for i, p in enumerate(shape.each)
            )
            uses[name] = [
                k for p in pieces for k, _ in p.powers if k not in self.assembly.attributes
            ]
            found[name] = Measure(
                id=name,
                title=shape.title,
                unit=shape.unit,
                each=pieces,
                formula=shape.formula,
                about=shape.about,
                source=self._cites(shape.source, d, d.path),
                confidence=shape.confidence,
                note=shape.note,
                place=d.place,
            )
        for name in self._in_circles("measures", uses):
            del found[name]
        return found

    def _piece(self, shape: shapes.PieceShape, d: _Defined, path: Path) -> Piece:
        powers: list[tuple[str, Power]] = []
        needs: list[str] = []
        for key, power in (shape.powers or {}).items():
            if (name := self._weighed(key, d, (*path, "powers", key), measures=True)) is not None:
                powers.append((name, power))
        for i, key in enumerate(shape.needs or []):
            if (name := self._weighed(key, d, (*path, "needs", i), measures=False)) is not None:
                needs.append(name)
        if shape.factor < 0:
            place = d.document.at((*path, "factor"))
            self.assembly.report("E211", f"a factor cannot be negative ({shape.factor})", place)
        where = self._clause(shape.where, d, (*path, "where"))
        return Piece(
            where=where,
            factor=shape.factor,
            powers=tuple(powers),
            needs=tuple(needs),
            note=shape.note,
        )

    def _weighed(self, key: str, d: _Defined, path: Path, *, measures: bool) -> str | None:
        """The attribute (or measure) that a piece weighs by; None, with a problem, where there is none."""
        attributes = self.assembly.attributes
        others = self.raw["measures"] if measures else {}
        name = Resolver(attributes).key(key) or key
        place = d.document.key(path) if measures else d.document.at(path)
        if name in attributes:
            attribute = attributes[name]
            if measures and attribute.usable and attribute.type != "number":
                message = f"'{key}' is a {attribute.type}; a measure multiplies numbers"
                self.assembly.report("E406", message, place)
                return None
            return name
        if key in others:
            return key
        hint = did_you_mean(key, [*attributes, *others])
        what = "attribute or measure" if measures else "attribute"
        self.assembly.report("E306", f"unknown {what} '{key}'", place, hint=hint)
        return None

    # --- lenses ---------------------------------------------------------------------------------
    def lenses(self) -> dict[str, Lens]:
        """The lenses by id; none where some include each other in a circle."""
        found: dict[str, Lens] = {}
        includes: dict[str, list[str]] = {}
        for name, d in self._known("lenses").items():
            shape: shapes.LensShape = d.value
            if shape.by:
                self.assembly.party(shape.by, d.document.at((*d.path, "by")), groups=True)
            includes[name] = self._included(shape, d)
            for i, key in enumerate(shape.trusts or []):
                if key not in self.assembly.sources:
                    hint = did_you_mean(key, self.assembly.sources)
                    place = d.document.at((*d.path, "trusts", i))
                    self.assembly.report("E304", f"unknown source '{key}'", place, hint=hint)
            found[name] = Lens(
                id=name,
                title=shape.title,
                by=shape.by,
                limit=shape.limit,
                includes=tuple(includes[name]),
                adds=tuple(
                    self._addition(a, d, (*d.path, "adds", i))
                    for i, a in enumerate(shape.adds or [])
                ),
                leaves_out=self._clause(shape.leaves_out, d, (*d.path, "leaves_out")),
                claims=tuple(shape.claims or ()),
                trusts=tuple(shape.trusts or ()),
                not_computed=tuple(shape.not_computed or ()),
                source=self._cites(shape.source, d, d.path),
                confidence=shape.confidence,
                note=shape.note,
                place=d.place,
            )
        for name in self._in_circles("lenses", includes):
            del found[name]
        return found

    def _included(self, shape: shapes.LensShape, d: _Defined) -> list[str]:
        names = _list(shape.includes)
        for i, name in enumerate(names):
            if name not in self.raw["lenses"]:
                inner: Path = ("includes", i) if isinstance(shape.includes, list) else ("includes",)
                hint = did_you_mean(name, self.raw["lenses"], "lenses")
                place = d.document.at((*d.path, *inner))
                self.assembly.report("E319", f"unknown lens '{name}'", place, hint=hint)
        return [n for n in names if n in self._known("lenses")]

    def _addition(self, shape: shapes.AdditionShape, d: _Defined, path: Path) -> Addition:
        report, at = self.assembly.report, d.document.at
        self.assembly.party(shape.to, at((*path, "to")))
        owners = _list(shape.of) or [shape.to]
        for i, owner in enumerate(_list(shape.of)):
            inner: Path = ("of", i) if isinstance(shape.of, list) else ("of",)
            self.assembly.party(owner, at((*path, *inner)))
        bases = self.assembly.reader.raw.get("bases", {})
        for i, basis in enumerate(_list(shape.basis)):
            if basis not in bases:
                inner = ("basis", i) if isinstance(shape.basis, list) else ("basis",)
                hint = did_you_mean(basis, bases, "bases")
                report("E305", f"unknown basis '{basis}'", at((*path, *inner)), hint=hint)
        if shape.weight < 0:
            message = f"a weight cannot be negative ({shape.weight})"
            report("E211", message, at((*path, "weight")))
        where = self._clause(shape.where, d, (*path, "where"))
        return Addition(
            title=shape.title,
            to=shape.to,
            of=tuple(owners),
            where=where or Clause(shape.where),
            bases=tuple(_list(shape.basis)),
            weight=shape.weight,
            source=self._cites(shape.source, d, path),
            confidence=shape.confidence,
            note=shape.note,
            place=at(path),
        )

    def check_limits(self, case: Case) -> None:
        """A lens starts from a limit that some text of the case has, and takes figures that somebody claims."""
        from detente.reading.text_reader import claimants_of

        claimants = claimants_of(case)
        limits = {
            p.limit or p.id
            for text in case.texts.values()
            for p in text.provisions
            if isinstance(p, Limit)
        }
        for name, lens in case.lenses.items():
            for i, by in enumerate(lens.claims):
                if by not in claimants:
                    place = self.raw["lenses"][name].document.at(("lenses", name, "claims", i))
                    hint = did_you_mean(by, claimants, "claimants")
                    self.assembly.report(
                        "E314", f"no figure is claimed by '{by}'", place, hint=hint
                    )
            if lens.limit and limits and lens.limit not in limits:
                place = self.raw["lenses"][name].document.at(("lenses", name, "limit"))
                hint = did_you_mean(lens.limit, limits, "limits")
                message = f"no text of the case has a limit '{lens.limit}'"
                self.assembly.report("E310", message, place, hint=hint)

    # --- both -----------------------------------------------------------------------------------
    def _cites(self, cites: Cites | None, d: _Defined, path: Path) -> Cites:
        return self.assembly.cites(cites, d.document.at((*path, "source")))

    def _clause(self, text: str, d: _Defined, path: Path) -> Clause | None:
        if not text:
            return None
        return self.assembly.clause(Clause(text), d.document, path)

    def _in_circles(self, key: str, edges: Mapping[str, list[str]]) -> list[str]:
        """All names where some of them use each other in a circle, which is reported; else none."""
        from detente.reading.text_reader import find_circle

        known = {name: [n for n in inner if n in edges] for name, inner in edges.items()}
        depth: dict[str, int] = {}
        for name in known:
            if circle := find_circle(known, name, depth):
                shown = " → ".join([*circle, circle[0]])
                message = f"{key} use each other in a circle: {shown}"
                self.assembly.report("E312", message, *(self.raw[key][n].place for n in circle))
                return list(known)
        return []


def _list(words: str | list[str]) -> list[str]:
    if isinstance(words, str):
        return [words] if words else []
    return list(words)
