"""Inventories from spreadsheets: whatever a spreadsheet writes is read, or refused at its cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente
from detente.model.case import Case
from detente.reading.inventory_csv import read_holdings

FILES = {
    "case.yaml": "case: c\ntitle: C\nparties: {north: {title: N}}\nzones: {hills: {}}\n",
    "sources/s.yaml": "sources: {made-up: {title: Made up}}\n",
    "bases/b.yaml": "bases: {declared: {counts: what is declared}}\n",
    "attributes/a.yaml": """
attributes:
  kind: {type: choice, choices: [ICBM, SLBM]}
  range_km: {type: number}
  mirved: {type: yes-no}
  flown: {type: date}
""",
    "systems/s.yaml": """
systems:
  m: {name: M, party: north, class: {kind: ICBM}}
  n: {name: N, party: north, class: {kind: SLBM}}
""",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("case")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return detente.load(folder)


def read(case: Case, tmp_path: Path, data: bytes | str) -> tuple[list[dict[str, Any]], list[Any]]:
    path = tmp_path / "sheet.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    holdings, problems = read_holdings(path, case, "made-up")
    return holdings, [(p.code, p.place.line, p.place.column, p.hint) for p in problems]


@pytest.mark.parametrize(
    "data",
    [
        "system,number\nm,1200\n",
        "\ufeffsystem;number\r\nm;1200\r\n",
        "system\tnumber\nm\t1200\n",
        'System, Number ,\nm,"1,200",\n\n',
        "system,number,zone\nm,1200,\n",
    ],
    ids=["commas", "semicolons and a mark", "tabs", "capitals and an empty column", "empty cell"],
)
def test_forms_of_a_table(case: Case, tmp_path: Path, data: str) -> None:
    """Whichever way the cells are parted, they say the same."""
    holdings, problems = read(case, tmp_path, data)
    assert problems == []
    assert holdings == [{"system": "m", "number": 1200, "source": "made-up"}]


def test_attributes(case: Case, tmp_path: Path) -> None:
    """Columns of attributes: words, numbers and spans, yes and no, dates."""
    data = 'system,low,best,high,range_km,mirved,flown\nm,1,2,3,"5,500",Yes,1975-06\nn,0,0,1,5000-5800,false,\n'
    holdings, problems = read(case, tmp_path, data)
    assert problems == []
    assert holdings[0]["number"] == {"low": 1, "best": 2, "high": 3}
    assert holdings[0]["attributes"] == {"range_km": 5500, "mirved": True, "flown": "1975-06"}
    assert holdings[1]["attributes"] == {"range_km": {"low": 5000, "high": 5800}, "mirved": False}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", [("E112", 0, 0)]),
        ("\n\n", [("E112", 0, 0)]),
        ("system,number\n", [("E112", 0, 0)]),
        ("number\n1\n", [("E202", 1, 1)]),
        ("system,number,,\nm,1,2,\n", [("E202", 1, 15)]),
        ("system,number,number\nm,1,2\n", [("E109", 1, 15)]),
        ("system,number,reach\nm,1,2\n", [("E201", 1, 15)]),
        ("system,number\nm,1,2\n", [("E203", 2, 5)]),
        ("system,number,low\nm,1,2\n", [("E203", 2, 5)]),
        ("system,number\nm,-1\nn,1.5\nq,1\nm,few\nm,\n",
         [("E211", 2, 3), ("E212", 3, 3), ("E302", 4, 1), ("E203", 5, 3), ("E202", 6, 3)]),
        ('system;number\nm;"10,5"\n', [("E203", 2, 1)]),
        ("system,number\nm,1.200\n", [("E212", 2, 3)]),
        ("system,number,zone,source\nm,1,hils,mad-up\n", [("E307", 2, 5), ("E304", 2, 10)]),
        ("system,number,range_km,kind,mirved\nm,1,far,ICBN,maybe\n",
         [("E203", 2, 5), ("E405", 2, 9), ("E203", 2, 14)]),
        ('system,number\n"m,1\n', [("E105", 2, 1)]),
        (b"system,number\nm,\xff\n", [("E104", 0, 0)]),
    ],
)  # fmt: skip
def test_mistakes(
    case: Case, tmp_path: Path, data: bytes | str, expected: list[tuple[str, int, int]]
) -> None:
    """Each at its line and column; what the header leaves open is not reported row by row."""
    _, problems = read(case, tmp_path, data)
    assert [p[:3] for p in problems] == expected


def test_a_workbook(case: Case, tmp_path: Path) -> None:
    """A workbook is called that."""
    ((code, _, _, hint),) = read(case, tmp_path, b"PK\x03\x04\x14\x00\xff\xfe")[1]
    assert code == "E104"
    assert "workbook" in hint


cells = st.text(st.sampled_from('mn12,;\t" -.–\nxyé\x00'), max_size=6)


@given(st.lists(st.lists(cells, max_size=4), max_size=5), st.sampled_from(",;\t"), st.booleans())
def test_any_table(
    case: Case,
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    comma: str,
    head: bool,
) -> None:
    """No table raises, and what is read without problems is a holding."""
    lines = [comma.join(r) for r in rows]
    text = "\n".join([comma.join(["system", "number", "range_km"]), *lines] if head else lines)
    holdings, problems = read(case, tmp_path_factory.mktemp("table"), text)
    for h in holdings:
        assert h["system"] in case.systems
    assert all(code in ("E112", "E105") or line for code, line, _, _ in problems)
