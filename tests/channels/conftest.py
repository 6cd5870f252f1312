"""Small made-up texts over weapons that differ in four attributes, for brute force."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import detente
from detente.compile.counts import Counter
from detente.model.case import Case

FILES = {
    "case.yaml": "case: c\ntitle: Made up\nparties: {north: {title: N}, south: {title: S}}\n",
    "sources/s.yaml": "sources: {made-up: {title: Made up}}",
    "bases/b.yaml": "bases: {declared: {counts: what is declared}}",
    "attributes/a.yaml": """
attributes:
  kind: {type: choice, choices: [missile, bomber]}
  range_km: {type: number}
  warheads: {type: number, quality: true}
  mobile: {type: yes-no}
""",
}
VIEWS = "views: {tight: {readings: {doubt: tight}}, loose: {readings: {doubt: loose}}}\n"
RANGES = (1, 600, 601, 5500, 5501)
WARHEADS = (1, 3)
WEAPONS = list(product(("missile", "bomber"), RANGES, WARHEADS, (True, False)))


def systems() -> str:
    """One system for each combination, of the first party; one of the second."""
    found = "systems:\n"
    for i, (kind, reach, warheads, mobile) in enumerate(WEAPONS):
        found += (
            f"  w{i}: {{name: W{i}, party: north, class: {{kind: {kind}, range_km: {reach}, "
            f"warheads: {warheads}, mobile: {str(mobile).lower()}}}}}\n"
        )
    return found + "  other: {name: Other, party: south, class: {kind: missile}}\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def text_of(provisions: Iterable[str], name: str = "t") -> str:
    """A text of these provisions."""
    lines = "".join(f"  - {p}\n" for p in provisions)
    return (
        f"text: {name}\ntitle: {name}\ndate: 1990-01-01\nparties: [north, south]\n"
        f"counts: declared\nprovisions:\n{lines}"
    )


def holdings(numbers: dict[str, int]) -> str:
    """An inventory of the first party, and an empty one of the second."""
    lines = ", ".join(f"{{system: {s}, number: {n}, source: made-up}}" for s, n in numbers.items())
    head = "date: 2000-01-01, basis: declared"
    return (
        f"inventories:\n  n: {{party: north, {head}, title: n, holdings: [{lines}]}}\n"
        f"  s: {{party: south, {head}, title: s, holdings: []}}\n"
    )


class World:
    """Makes cases of texts over all weapons, and knows what their limits weigh."""

    weapons = WEAPONS
    write = staticmethod(write)

    def __init__(self, folder: Callable[[str], Path]) -> None:
        self.folder = folder

    def case(self, *texts: str, numbers: dict[str, int] | None = None, **more: str) -> Case:
        """A case of these texts, one of each weapon held unless numbers are given."""
        held = numbers if numbers is not None else {f"w{i}": 1 for i in range(len(WEAPONS))}
        files = {
            **FILES,
            "systems/s.yaml": systems(),
            "inventories/i.yaml": holdings(held),
            "texts/t.yaml": "---\n".join(texts),
            **{k.replace("__", "/") + ".yaml": v for k, v in more.items()},
        }
        if "doubt" in files["texts/t.yaml"]:
            files["case.yaml"] += VIEWS
        return detente.load(write(self.folder("world"), files))

    def weights(self, case: Case, text: str = "t", view: str | None = None) -> list[Any]:
        """What each limit on deployment weighs one of each weapon, by the counting machinery."""
        found = detente.count(case, text, "2000-01-01", party="north", view=view)
        counter = Counter(found.compiled, found.chosen.forces)
        order = {e.holding.system: k for k, e in enumerate(found.chosen.forces.elements)}
        rows = []
        for row in found.compiled.rows:
            if row.party != "north" or row.relation == "at least" or row.counting == "types":
                continue
            if "deployed" not in row.activities:
                continue
            factor = 1.0
            if type(row.provision).__name__ in ("Average", "Ratio"):
                factor = float(row.bounds[0].bound.value or 0)
            line = []
            for i in range(len(WEAPONS)):
                k = order[f"w{i}"]
                count = sum(counter.weights(t).best[k] for t in row.terms)
                room = sum(counter.weights(t).best[k] for t in row.allowance)
                line.append(float(count - factor * room))
            rows.append(line)
        return rows


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Cases in folders of the session."""
    return World(tmp_path_factory.mktemp)
