"""Small cases for one form of provision each: the YAML stands in the test, the rest stands here.

Everything is made up unless a docstring names a fact. Two parties, `north` and `south`; one basis,
`declared`; a treaty of 1990 and forces of 2000-01-01 unless a test says otherwise. A test gives whole
files (`systems`, `inventories`, `texts`), or only what matters: the treaty's `provisions` and what
`north` and `south` hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

import detente
from detente.analyses.check import Checked
from detente.analyses.count import Count, LimitCount
from detente.model.case import Case

PARTIES = """
parties:
  north: {title: Northland}
  south: {title: Southland}
"""
ATTRIBUTES = """
attributes:
  kind: {type: choice, choices: [ICBM, SLBM, heavy-bomber, ALCM, GLCM, GLBM, other-aircraft, tank]}
  range_km: {type: number}
  launch_weight_kg: {type: number}
  throw_weight_kg: {type: number}
  warheads: {type: number}
  tested_warheads: {type: number}
  yield_kt: {type: number}
  taken_off: {type: number}
  alcm: {type: number}
  mirved: {type: yes-no}
  mobile: {type: yes-no}
  heavy: {type: yes-no}
  first_flight: {type: date}
  produced_on: {type: date}
  rolled_out: {type: date}
  dismantled: {type: date}
"""


TREATY = """
text: treaty
title: Treaty
date: 1990-01-01
parties: [north, south]
counts: declared
"""
INVENTORY = """
  {party}:
    party: {party}
    date: 2000-01-01
    basis: declared
    title: What {party} holds
    holdings:
"""


def small_case(
    folder: Path,
    *,
    systems: str = "",
    inventories: str = "",
    texts: str = "",
    provisions: str = "",
    north: str = "",
    south: str = "",
    case: str = "",
    attributes: str = ATTRIBUTES,
) -> Path:
    """Write the files of a case; `case` is added to case.yaml, or replaces it with its own parties."""
    header = "case: small\ntitle: A small case, made up\n" + case
    header += "" if "parties:" in case else PARTIES
    if provisions:
        whole = f"{TREATY}provisions:\n{indent(dedent(provisions), '  ')}"
        texts = f"{whole}---\n{texts}" if texts else whole
    for party, held in (("north", north), ("south", south)):
        if held:
            inventories += INVENTORY.format(party=party) + indent(dedent(held), "      ")
    files = {
        "case.yaml": header,
        "sources/sources.yaml": "sources: {made-up: {title: Made up for the test}}",
        "bases/bases.yaml": "bases: {declared: {counts: whatever is declared}}",
        "attributes/attributes.yaml": attributes,
        "systems/systems.yaml": f"systems:\n{systems}" if systems else "",
        "inventories/inventories.yaml": f"inventories:\n{inventories}" if inventories else "",
        "texts/texts.yaml": texts,
    }
    for name, text in files.items():
        if text:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Small:
    """A small case, with what tests ask of it."""

    case: Case

    def count(self, text: str = "treaty", forces: str = "2000-01-01", **asked: Any) -> Count:
        """The forces of 2000 counted under the treaty."""
        return detente.count(self.case, text, forces, **asked)

    def limit(self, limit: str, party: str = "north", **asked: Any) -> LimitCount:
        """One limit of one party."""
        return self.count(**asked).limit(limit, party)

    def says(self, limit: str, party: str = "north", **asked: Any) -> str:
        """One limit in words: `3 of 2, over`; a spread is `best (low–high)`."""
        return in_words(self.limit(limit, party, **asked))

    def sites(self, limit: str, party: str = "north", **asked: Any) -> dict[str, str]:
        """A limit for each site, in words, by site."""
        found = self.count(**asked).limits
        return {x.site: in_words(x) for x in found if (x.limit, x.party) == (limit, party)}


def in_words(x: LimitCount) -> str:
    """The count, the bound and the verdict."""
    bound = "none" if x.at_most is None else f"{x.at_most:,}"
    return f"{x.counted} of {bound}, {x.verdict}"


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Small]:
    """A function that writes a small case and reads it; the case must have no errors."""

    def made(**parts: str) -> Small:
        return Small(detente.load(small_case(tmp_path, **parts)))

    return made


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., Checked]:
    """A function that writes a small case and checks it."""

    def made(**parts: str) -> Checked:
        return detente.check(small_case(tmp_path, **parts))

    return made
