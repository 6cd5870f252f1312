"""Inventories as spreadsheets: one line a holding, read with mistakes located at row and column.

The columns are the keys of a holding (system, number, or low, best and high, state, zone, place,
carrier, launcher, activity, quantity, closes_on, source, confidence, note); any other column must
be an attribute of the case. An empty cell says nothing.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente.model.amounts import Span
from detente.model.case import Case
from detente.model.inventory import Holding, Inventory
from detente.model.problem import Place, Problem, did_you_mean, sort_problems
from detente.model.systems import Attribute, show_value
from detente.model.written import Miswritten
from detente.reading.checking import check, hints
from detente.reading.shapes import HoldingShape
from detente.reading.values import attribute_value
from detente.reading.yaml_file import MAX_BYTES, scalar

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_SEPARATED = re.compile(r"\d{1,3}(\.\d{3})+")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*[-–]\s*(\d+(?:\.\d+)?)")
WORDS = ("system", "state", "zone", "place", "carrier", "launcher", "activity", "quantity")
LAST = ("closes_on", "source", "confidence", "note")
NUMBERS = ("number", "low", "best", "high")


@dataclass
class _Sheet:
    """A file's rows, with where each cell stands."""

    shown: str
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def place(self, line: int, column: int) -> Place:
        """Where a cell stands: its line, and its column in characters where that can be told."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        if '"' in text:
            return Place(self.shown, line, 1, max(1, len(text)), f"column {column + 1}")
        cells = text.split(self.comma)
        start = sum(len(c) + 1 for c in cells[:column])
        width = len(cells[column]) if column < len(cells) else 1
        return Place(self.shown, line, start + 1, max(1, width))

    @property
    def comma(self) -> str:
        """What parts the cells: a comma, or the semicolon or tab of many spreadsheets."""
        first = self.lines[0] if self.lines else ""
        return max(",;\t", key=first.count)


def read_holdings(
    path: Path, case: Case, default_source: str = ""
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The holdings of a CSV file as plain data, ready to be written into a case, and all problems."""
    shown = str(path)
    try:
        if not path.is_file():
            return [], [Problem("E103", "cannot be read: it is no plain file", (Place(shown),))]
        if path.stat().st_size > MAX_BYTES:
            message = f"the file is too large: at most {MAX_BYTES:,} bytes are read"
            return [], [Problem("E106", message, (Place(shown),))]
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        message = f"not UTF-8: byte 0x{bad.object[bad.start]:02x}"
        workbook = bad.object[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
        hint = (
            "this is a workbook; save its sheet as CSV" if workbook else "save it as CSV in UTF-8"
        )
        return [], [Problem("E104", message, (Place(shown),), hint)]
    except OSError as bad:
        return [], [Problem("E103", f"cannot be read: {bad.strerror or bad}", (Place(shown),))]
    sheet = _Sheet(shown, lines=text.splitlines())
    try:
        reader = csv.reader(io.StringIO(text), delimiter=sheet.comma, strict=True)
        for row in reader:
            if not sheet.header:
                sheet.header = [c.strip() for c in row]
            elif any(c.strip() for c in row):
                sheet.rows.append((reader.line_num, [c.strip() for c in row]))
    except csv.Error as bad:
        place = Place(shown, reader.line_num, 1, 1)
        return [], [Problem("E105", f"not a valid table: {bad}", (place,))]
    if not sheet.header:
        hint = "the first line names the columns: system,number,source"
        return [], [Problem("E112", "the table is empty", (Place(shown),), hint)]
    problems = _header(sheet, case)
    if problems:
        return [], sort_problems(problems)  # what the cells mean is not known
    if not sheet.rows:
        hint = "each further line is a holding"
        return [], [
            Problem("E112", "the table names its columns and holds nothing", (Place(shown),), hint)
        ]
    holdings = []
    for line, cells in sheet.rows:
        holding, found = _row(sheet, line, cells, case, default_source)
        problems += found
        if not found:
            holdings.append(holding)
    return holdings, sort_problems(problems)


def _header(sheet: _Sheet, case: Case) -> list[Problem]:
    problems = []
    known = {*WORDS, *LAST, *NUMBERS, *case.attributes}
    for i, name in enumerate(sheet.header):
        if name not in known and name.lower() in known:
            name = sheet.header[i] = name.lower()
        if not name:
            if any(i < len(cells) and cells[i] for _, cells in sheet.rows):
                problems.append(Problem("E202", "a column has no name", (sheet.place(1, i),)))
        elif name not in known:
            hint = did_you_mean(name, known)
            problems.append(Problem("E201", f"unknown column '{name}'", (sheet.place(1, i),), hint))
        elif name in sheet.header[:i]:
            problems.append(
                Problem("E109", f"the column '{name}' stands twice", (sheet.place(1, i),))
            )
    if "system" not in sheet.header:
        problems.append(Problem("E202", "the column 'system' is missing", (sheet.place(1, 0),)))
    if not {"number", "best", "closes_on"} & set(sheet.header):
        message = "a column 'number' is missing (or low, best and high)"
        problems.append(Problem("E202", message, (sheet.place(1, 0),)))
    return problems


def _row(
    sheet: _Sheet, line: int, cells: list[str], case: Case, default_source: str
) -> tuple[dict[str, Any], list[Problem]]:
    at = {name: i for i, name in enumerate(sheet.header) if name}
    problems: list[Problem] = []
    if len(cells) > len(sheet.header):
        place = sheet.place(line, len(sheet.header))
        message = f"{len(cells)} cells, but {len(sheet.header)} columns"
        problems.append(Problem("E203", message, (place,), "put text that holds commas in quotes"))
    value = {n: cells[i] for n, i in at.items() if i < len(cells) and cells[i]}
    raw: dict[str, Any] = {k: value[k] for k in (*WORDS, *LAST) if k in value}
    ranged = {k: scalar(value[k]) for k in ("low", "best", "high") if k in value}
    if "number" in value and ranged:
        where = sheet.place(line, at[next(iter(ranged))])
        problems.append(Problem("E203", "either a number, or low, best and high", (where,)))
    if "number" in value:
        number = value["number"]
        raw["number"] = scalar(number.replace(",", "") if _GROUPED.fullmatch(number) else number)
    elif ranged:
        raw["number"] = ranged
    if default_source and "source" not in raw:
        raw["source"] = default_source
    extra = {k: v for k, v in value.items() if k in case.attributes and k not in raw}
    extra = {k: v for k, v in extra.items() if k not in hints(HoldingShape)}
    if extra:
        raw["attributes"] = {k: _attribute(case.attributes[k], v) for k, v in extra.items()}
    for key, given in raw.get("attributes", {}).items():
        try:
            if case.attributes[key].usable:
                attribute_value(case.attributes[key], given)
        except Miswritten as bad:
            problems.append(Problem(bad.code, str(bad), (sheet.place(line, at[key]),), bad.hint))
    if "number" not in raw and "closes_on" not in raw:
        place = sheet.place(line, at.get("number", at.get("best", 0)))
        hint = "write 0 where there are none, or leave the row out"
        problems.append(Problem("E202", "the row has no number", (place,), hint))
    elif _SEPARATED.fullmatch(value.get("number", "")):
        shown = value["number"].replace(".", "")
        place = sheet.place(line, at["number"])
        message = f"{value['number']} may be {shown} or a fraction"
        return raw, [*problems, Problem("E212", message, (place,), f"write {shown}")]

    def locate(path: tuple[str | int, ...], key: bool) -> Place:
        names = [str(p) for p in path if str(p) in at]
        return sheet.place(line, at[names[-1]] if names else 0)

    _, found = check(HoldingShape, raw, locate)
    problems += found
    system = raw.get("system", "")
    if system and system not in case.systems:
        place = sheet.place(line, at["system"])
        hint = did_you_mean(system, case.systems)
        problems.append(Problem("E302", f"unknown system '{system}'", (place,), hint))
    if (zone := raw.get("zone")) and zone not in case.zones:
        hint = did_you_mean(zone, case.zones)
        problems.append(
            Problem("E307", f"unknown zone '{zone}'", (sheet.place(line, at["zone"]),), hint)
        )
    for part in str(raw.get("source", "")).split(";"):
        key = part.strip().split(" ")[0]
        if key and key not in case.sources:
            place = sheet.place(line, at.get("source", 0))
            hint = did_you_mean(key, case.sources)
            problems.append(Problem("E304", f"unknown source '{key}'", (place,), hint))
    return raw, problems


def _attribute(attribute: Attribute, text: str) -> Any:
    """A cell of an attribute's column as plain data; a span of numbers is written `5000-5800`."""
    if attribute.type == "number" and (span := _SPAN.fullmatch(text.replace(",", ""))):
        return {"low": scalar(span[1]), "high": scalar(span[2])}
    if attribute.type == "yes-no":
        return {"yes": True, "no": False}.get(text.lower(), scalar(text))
    if attribute.type == "number" and _GROUPED.fullmatch(text):
        return scalar(text.replace(",", ""))
    return scalar(text) if attribute.type in ("number", "date") else text


def holdings_csv(inventory: Inventory) -> str:
    """The holdings of an inventory as CSV, the columns that any of them uses."""
    rows = [_cells(h) for h in inventory.holdings]
    attributes = sorted({k for h in inventory.holdings for k, _ in h.attributes})
    order = ["system", "number", "low", "best", "high", *WORDS[1:], *attributes, *LAST]
    columns = [c for c in order if any(c in r for r in rows)]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _cells(h: Holding) -> dict[str, str]:
    found: dict[str, str] = {"system": h.system}
    if h.number is not None and h.number.exact:
        found["number"] = str(h.number.best)
    elif h.number is not None:
        found |= {k: str(getattr(h.number, k)) for k in ("low", "best", "high")}
    for key in (*WORDS[1:], "closes_on", "note"):
        value = str(getattr(h, key)).strip()
        if value and (key, value) not in (("activity", "deployed"), ("quantity", "held")):
            found[key] = value
    found["source"] = str(h.source)
    if h.confidence != "verified":
        found["confidence"] = h.confidence
    for key, attribute in h.attributes:
        text = show_value(attribute)
        if isinstance(attribute, Span):
            text = text.replace(",", "").replace("–", "-")
        elif isinstance(attribute, bool):
            text = str(attribute).lower()
        found[key] = text
    return found
