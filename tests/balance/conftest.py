"""Small cases for balances: a few systems, two sides, measures and lenses written in the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent, indent

import pytest

import detente
from detente.analyses.check import Checked
from detente.model.amounts import Amount
from detente.model.case import Case

FOUNDING = Path(__file__).parents[2] / "cases" / "vladivostok-1977"
ATTRIBUTES = """
attributes:
  kind: {type: choice, choices: [missile, bomber, plane]}
  warheads: {type: number}
  yield_mt: {type: number}
  throw_weight_kg: {type: number}
  mirved: {type: yes-no}
"""
MEASURES = """
measures:
  vehicles: {title: Vehicles, unit: vehicles, each: [{factor: 1}], source: made-up}
  warheads: {title: Warheads, unit: warheads, each: [{powers: {warheads: 1}}], source: made-up}
"""
CEILING = """
text: treaty
title: Treaty
date: 1990-01-01
parties: [north, south]
counts: declared
source: made-up
provisions:
  - {category: counted, where: 'kind in {missile, bomber}', source: made-up}
  - {ceiling: aggregate, on: counted, at_most: 100, source: made-up}
"""
Lines = Mapping[str, "int | str"]


def inventory(
    name: str, party: str, lines: Lines, basis: str = "declared", day: str = "2000-01-01"
) -> str:
    """An inventory as YAML: `{system: number}`; a number may be `low best high`."""
    found = []
    for system, n in lines.items():
        number: object = n
        if isinstance(n, str):
            low, best, high = n.split()
            number = f"{{low: {low}, best: {best}, high: {high}}}"
        found.append(f"      - {{system: {system}, number: {number}, source: made-up}}")
    body = "\n".join(found)
    holdings = f"    holdings:\n{body}\n" if found else ""
    head = (
        f"  {name}:\n    party: {party}\n    date: {day}\n    basis: {basis}\n    title: {name}\n"
    )
    return head + holdings


def write(
    folder: Path,
    *,
    systems: str,
    inventories: str,
    lenses: str = "",
    measures: str = MEASURES,
    texts: str = CEILING,
    attributes: str = ATTRIBUTES,
    parties: str = "{north: {title: Northland}, south: {title: Southland}, ally: {title: Ally}}",
    header: str = "",
) -> Path:
    """Write the files of a case."""
    files = {
        "case.yaml": f"case: small\ntitle: Made up\nparties: {parties}\n{header}",
        "sources/s.yaml": "sources:\n  made-up: {title: Made up}\n  other: {title: Also made up}\n",
        "bases/b.yaml": "bases:\n  declared: {counts: declared}\n  guess: {counts: guessed}\n",
        "attributes/a.yaml": attributes,
        "systems/s.yaml": f"systems:\n{indent(dedent(systems), '  ')}",
        "inventories/i.yaml": f"inventories:\n{inventories}",
        "texts/t.yaml": texts,
        "lenses/m.yaml": measures,
        "lenses/l.yaml": lenses and f"lenses:\n{indent(dedent(lenses), '  ')}",
    }
    for name, text in files.items():
        if text:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Case]:
    """A function that writes a case and loads it; it must have no errors."""

    def load(**parts: str) -> Case:
        return detente.load(write(tmp_path, **parts))

    return load


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., Checked]:
    """A function that writes a case and checks it."""

    def check(**parts: str) -> Checked:
        return detente.check(write(tmp_path, **parts))

    return check


def with_numbers(case: Case, numbers: Mapping[str, Amount | int]) -> Case:
    """The same case with other numbers of systems, in whatever inventory they stand."""
    amounts = {s: Amount(n, n, n) if isinstance(n, int) else n for s, n in numbers.items()}
    inventories = {
        name: replace(
            i,
            holdings=tuple(replace(h, number=amounts.get(h.system, h.number)) for h in i.holdings),
        )
        for name, i in case.inventories.items()
    }
    return replace(case, inventories=inventories)


@pytest.fixture(scope="session")
def renumbered() -> Callable[..., Case]:
    """The function `with_numbers`."""
    return with_numbers


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Case]:
    """As `made`, for cases that many examples of one test share."""

    def load(**parts: str) -> Case:
        return detente.load(write(tmp_path_factory.mktemp("case"), **parts))

    return load


@pytest.fixture(scope="session")
def held() -> Callable[..., str]:
    """The function `inventory`."""
    return inventory


@pytest.fixture(scope="session")
def founding() -> Case:
    """The founding case."""
    return detente.load(FOUNDING)
