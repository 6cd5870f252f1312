"""Read what each side could add: candidates, and the programmes of an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from detente.model.amounts import Amount
from detente.model.candidates import Candidate, Figure, Programme
from detente.model.cites import Cites
from detente.model.predicate import Clause
from detente.model.problem import did_you_mean
from detente.reading import shapes

if TYPE_CHECKING:
    from detente.reading.case_reader import _Assembly

Steps = tuple[str | int, ...]


def carried_by(assembly: _Assembly) -> None:
    """Resolve which weapons an attribute says the load of."""
    for name, defined in assembly.reader.raw.get("attributes", {}).items():
        shape: shapes.AttributeShape | None = defined.value
        if shape is None:
            continue
        attribute = assembly.attributes[name]
        for key, value in (("carries", shape.carries), ("quality", shape.quality)):
            if value and shape.type != "number":
                place = defined.document.at((*defined.path, key))
                assembly.report("E406", f"only a number can have '{key}'; {name} is none", place)
        if shape.carries:
            clause = assembly.clause(
                Clause(shape.carries), defined.document, (*defined.path, "carries")
            )
            assembly.attributes[name] = replace(attribute, carries=clause)


def programmes_of(assembly: _Assembly) -> dict[str, Programme]:
    """The programmes by id."""
    found: dict[str, Programme] = {}
    for name, defined in assembly.reader.raw.get("programmes", {}).items():
        shape: shapes.ProgrammeShape | None = defined.value
        if shape is None:
            continue
        doc, path = defined.document, defined.path
        if shape.source is None and shape.confidence != "assumed":
            assembly.report("E202", _bare(f"the programme '{name}'"), defined.place)
        if shape.measure:
            known = {*assembly.reader.raw.get("measures", {}), *_kinds(assembly)}
            if shape.measure not in known:
                hint = did_you_mean(shape.measure, known)
                place = doc.at((*path, "measure"))
                assembly.report("E321", f"unknown measure '{shape.measure}'", place, hint=hint)
        found[name] = Programme(
            id=name,
            title=shape.title,
            source=assembly.cites(shape.source, doc.at((*path, "source"))),
            confidence=shape.confidence,
            keeps=_clause(assembly, shape.keeps, defined, "keeps"),
            measure=shape.measure,
            said=_figure(assembly, shape.said, defined, "said"),
            note=shape.note,
            place=defined.place,
        )
    return found


def candidates_of(assembly: _Assembly, programmes: Mapping[str, Programme]) -> dict[str, Candidate]:
    """The candidates by id, every reference checked."""
    table = assembly.reader.raw.get("candidates", {})
    found: dict[str, Candidate] = {}
    for name, defined in table.items():
        shape: shapes.CandidateShape | None = defined.value
        if shape is None:
            continue
        doc, path = defined.document, defined.path
        assembly.party(shape.party, doc.at((*path, "party")))
        if shape.source is None and shape.confidence != "assumed":
            assembly.report("E202", _bare(f"the candidate '{name}'"), defined.place)
        if shape.programme and shape.programme not in assembly.reader.raw.get("programmes", {}):
            hint = did_you_mean(shape.programme, programmes, "programmes")
            place = doc.at((*path, "programme"))
            assembly.report("E321", f"unknown programme '{shape.programme}'", place, hint=hint)
        if shape.rate is not None and shape.starts is None:
            message = "a rate a year needs the date it starts from"
            assembly.report("E202", message, doc.at((*path, "rate")))
        if shape.starts is not None and not shape.starts.fixed:
            message = f"a candidate needs a calendar date, not {shape.starts}"
            assembly.report("E210", message, doc.at((*path, "starts")))
        if bool(shape.carries) != (shape.capacity is not None):
            missing = "capacity" if shape.carries else "carries"
            assembly.report("E202", f"the key '{missing}' is missing", doc.at(path))
        for i, load in enumerate(shape.carries or ()):
            where = doc.at((*path, "carries", i))
            if load not in table:
                hint = did_you_mean(load, table, "candidates")
                assembly.report("E321", f"unknown candidate '{load}'", where, hint=hint)
                continue
            other = table[load].value
            if other is None:
                continue
            if other.carries:
                message = f"'{load}' carries something itself; only what carries nothing is a load"
                assembly.report("E406", message, where)
            if other.party != shape.party:
                message = f"'{load}' is of {other.party}, its carrier of {shape.party}"
                assembly.report("E406", message, where)
        line = shapes.HoldingShape(
            system=shape.system,
            source=shape.source or Cites(),
            number=Amount(0, 0, 0),
            confidence=shape.confidence,
            state=shape.state,
            zone=shape.zone,
            place=shape.place,
            carrier=shape.carrier,
            launcher=shape.launcher,
            attributes=shape.attributes,
            note=shape.note,
        )
        holding = assembly._holding(line, doc, path, [])
        found[name] = Candidate(
            id=name,
            title=shape.title,
            party=shape.party,
            holding=holding,
            source=holding.source,
            confidence=shape.confidence,
            programme=shape.programme,
            starts=shape.starts,
            rate=_figure(assembly, shape.rate, defined, "rate"),
            most=_figure(assembly, shape.most, defined, "most"),
            converts=_clause(assembly, shape.converts, defined, "converts"),
            carries=tuple(shape.carries or ()),
            capacity=_figure(assembly, shape.capacity, defined, "capacity"),
            load_carrier=shape.load_carrier,
            note=shape.note,
            place=defined.place,
        )
    return found


def _bare(what: str) -> str:
    return f"{what} has no source; give one, or say confidence: assumed"


def _kinds(assembly: _Assembly) -> tuple[str, ...]:
    """The values of the attribute that says what kind of weapon one is."""
    kind = assembly.attributes.get("kind")
    return kind.choices if kind else ()


def _clause(assembly: _Assembly, text: str, defined: Any, key: str) -> Clause | None:
    if not text:
        return None
    return assembly.clause(Clause(text), defined.document, (*defined.path, key))


def _figure(assembly: _Assembly, figure: Figure | None, defined: Any, key: str) -> Figure | None:
    if figure is not None:
        place = defined.document.at((*defined.path, key))
        assembly.cites(figure.source if figure.source else None, place)
    return figure
