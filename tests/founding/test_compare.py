"""Compare on the founding case: the table of the letter's answer, what makes the difference, golden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import detente
from detente.model.case import Case
from detente.report.papers import paper_of
from detente.report.terminal import to_terminal

GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[Path, str], None]
MARCH_1977 = [
    "us-comprehensive-1977-03",
    "us-deferral-1977-03",
    "ussr-position-1977-04",
    "salt-ii-1979",
]


def test_two_texts(founding: Case, golden: Golden) -> None:
    """The comprehensive proposal against Vladivostok on the forces of the letter's day."""
    found = detente.compare(founding, "vladivostok-1974", MARCH_1977[0], "1977-02-25")
    golden(GOLDEN / "compare-two.txt", to_terminal(paper_of(found), 110))


def test_the_proposals_of_march_1977_side_by_side(founding: Case, golden: Golden) -> None:
    """The baseline, the two US proposals, the Soviet position and what SALT II became, in one table."""
    found = detente.compare(founding, "vladivostok-1974", MARCH_1977, "1977-02-25")
    shown = to_terminal(paper_of(found), 130)
    table = shown.split("what stands against each ban")[0]
    golden(GOLDEN / "compare-many.txt", table)
    for text in found.texts:
        assert text in table  # ids stay whole
    levels = {r["text"]: r["at_most"] for r in found.records() if r["limit"] == "aggregate"}
    assert list(levels.values()) == [2400, 2000, 2300, 2400, 2400]


@pytest.mark.parametrize("view", [None, "us", "ussr"])
def test_shifts_make_up_the_change(founding: Case, view: str | None) -> None:
    """What the lines of an inventory count more or less adds up to the change of the count."""
    for base in ("vladivostok-1974", "agreed-by-1976-02"):
        found = detente.compare(founding, base, MARCH_1977, "1978-11-01", view=view)
        moved: Counter[tuple[str, str, str]] = Counter()
        for s in found.shifts:
            moved[s.limit, s.party, s.text] += s.after - s.before
        changed = 0
        for r in found.records():
            x = founding.texts[base].provision(r["limit"])
            assert x is None or x.kind != "type-limit"
            if r["change_of_counted"] is not None and r["limit"] != "new-icbm-types":
                key = (r["limit"], r["party"], r["text"])
                assert moved[key] == r["change_of_counted"], key
                changed += bool(r["change_of_counted"])
        assert changed > 2


def test_what_makes_the_difference_in_1977(founding: Case) -> None:
    """By the type of the launcher: 36 SS-18 and 218 launchers in conversion more than in service."""
    found = detente.compare(founding, "vladivostok-1974", "us-deferral-1977-03", "1977-02-25")
    assert [(s.system, s.after - s.before) for s in found.shifts if s.limit == "mirv"] == [
        ("su_icbm_launcher_in_conversion_heavy", 114),
        ("su_icbm_launcher_in_conversion_light", 104),
        ("su_ss18_m13", 36),
    ]


@pytest.mark.parametrize(
    "text",
    sorted(
        p.stem for p in (Path(__file__).parents[2] / "cases/vladivostok-1977/texts").glob("*.yaml")
    ),
)
def test_every_text_compared_with_itself_is_empty(founding: Case, text: str) -> None:
    """And every text can be compared with the baseline, in words that name no key of the program."""
    same = detente.compare(founding, text, text)
    assert not same.changes[0]
    other = to_terminal(paper_of(detente.compare(founding, "vladivostok-1974", text)), 110)
    for key in ("at_most", "launcher history", "type history", "(other)", "heavy_bomber", " pct"):
        assert key not in other, key


def test_one_text_by_several_readings(founding: Case) -> None:
    """Columns are named by the view where the text is one; the view is no longer that of all."""
    views = ["mirv-in-service", "mirv-by-missile-type", "mirv-by-launcher-type"]
    found = detente.compare(
        founding,
        f"vladivostok-1974@{views[0]}",
        [f"vladivostok-1974@{v}" for v in views[1:]],
        "1977-02-25",
    )
    shown = to_terminal(paper_of(found), 110)
    assert found.view is None
    counted = [
        r["counted"] for r in found.records() if (r["limit"], r["party"]) == ("mirv", "USSR")
    ]
    assert counted == [120, 156, 374]
    for view in views:
        assert f"\n{view} " in shown
    assert {s.text for s in found.shifts} == set(found.texts[1:])
