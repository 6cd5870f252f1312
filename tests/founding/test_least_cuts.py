"""The least that each side must dismantle in the founding case, against figures of the record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

import detente
from detente.cli.group import cli
from detente.model.case import Case

FORCES = "1978-11-01"


def least(case: Case, text: str, **asked: Any) -> dict[str, tuple[Any, ...]]:
    """Party: the least at the best, low and high figures, and at the lower end of the text's ranges."""
    found = detente.reduce(case, text, FORCES, **asked)
    return {
        s.party: (s.least.best, s.least.low, s.least.high, s.least.lower_end) for s in found.sides
    }


@pytest.mark.parametrize(
    ("text", "asked", "us", "ussr"),
    [
        # 2,504 and 2,284 declared, less 2,400: the reduction that the letter calls unilateral
        ("vladivostok-1974", {}, (0, 0, 0, None), (104, 104, 104, None)),
        # by missiles and aircraft in service: none
        ("vladivostok-1974", {"basis": "operational"}, (0, 0, 0, None), (0, 0, 0, None)),
        # less 2,250 from 1981; at the high figures 51 missiles on diesel boats, outside the aggregate,
        # may be heavy, which are banned
        ("salt-ii-1979", {"at": "1981-01-01"}, (34, 34, 34, None), (254, 254, 305, None)),
        # less 2,000, less 1,800
        ("us-comprehensive-1977-03", {}, (284, 284, 284, 484), (504, 504, 504, 704)),
    ],
)  # fmt: skip
def test_the_least(
    founding: Case, text: str, asked: dict[str, str], us: tuple[Any, ...], ussr: tuple[Any, ...]
) -> None:
    """By launchers of the data base of 1 November 1978, and by what was in service."""
    assert least(founding, text, **asked) == {"US": us, "USSR": ussr}


def test_side_by_side(founding: Case) -> None:
    """Percent, share of the whole cut, and ratios; no index."""
    found = detente.reduce(founding, "salt-ii-1979", FORCES, at="1981-01-01")
    us, ussr = found.side("US"), found.side("USSR")
    assert (us.held.value.best, us.left) == (2284, 2250)
    assert (ussr.held.value.best, ussr.left) == (2504, 2250)
    assert us.percent == pytest.approx(100 * 34 / 2284)
    assert ussr.percent == pytest.approx(100 * 254 / 2504)
    assert found.share(us) == pytest.approx(100 * 34 / 288)
    assert (found.ratios[0].before, found.ratios[0].after) == (2284 / 2504, 1.0)


def test_what_is_forced(founding: Case) -> None:
    """Orbital missiles go under SALT II by its ban alone, inside the 254; all else is free to choose."""
    found = detente.reduce(founding, "salt-ii-1979", FORCES, at="1981-01-01").side("USSR")
    assert [(f.system, f.number, [r.name for r in f.limits], f.least) for f in found.forced] == [
        ("su_ss9_m3_fobs", 20, ["orbital"], False)
    ]
    assert [(o.least, o.most) for o in found.open] == [(234, 234)]
    assert "su_ssn4" not in {c.system for c in found.open[0].choices}  # on diesel boats: uncounted


def test_the_heavy_missiles_of_the_comprehensive_proposal(founding: Case) -> None:
    """308 heavy launchers to 150: 158 at least, inside the 504; of SS-18s 26 in any case."""
    found = detente.reduce(founding, "us-comprehensive-1977-03", FORCES).side("USSR")
    cuts = {d.limit.name: (d.before, d.cut, d.worth) for d in found.demands}
    assert cuts["heavy-icbm"] == (308, (158, 308), 0)
    assert cuts["aggregate"] == (2504, (504, 504), 1)
    assert cuts["mirv-icbm"][:2] == (576, (26, 504))
    ss18 = next(o for o in found.open if "su_ss18_m2" in {c.system for c in o.choices})
    assert (ss18.least, ss18.most) == (26, 176)
    assert found.forced == ()


def test_on_the_day_of_the_letter(founding: Case) -> None:
    """In February 1977 the Soviet figure was a range: between nothing and 332 over, 107 by the best."""
    found = detente.reduce(founding, "vladivostok-1974", "1977-02-25")
    assert found.side("USSR").least.best == 107
    assert (found.side("USSR").least.low, found.side("USSR").least.high) == (0, 332)
    assert str(found.side("USSR").stages[-1].due) == "1977-10-03"


def test_steps_and_rates(founding: Case) -> None:
    """2,400 at once and 2,250 by the end of 1981; a hundred a year is enough, fifty is not."""

    def stages(rate: float) -> list[tuple[Any, ...]]:
        found = detente.reduce(founding, "salt-ii-1979", FORCES, at="1981-01-01", rate=rate)
        return [(str(g.at), g.least.best, g.in_time) for g in found.side("USSR").stages if g.due]

    assert stages(100)[-1] == ("1981-01-01", 254, True)
    assert stages(50)[-1] == ("1981-01-01", 254, False)
    assert ("1978-11-01", 104) in {s[:2] for s in stages(100)}


def test_by_throw_weight_and_warheads(founding: Case) -> None:
    """Least of a measure lost: the US gives up aircraft alone, and no throw weight at all."""
    found = detente.reduce(founding, "us-comprehensive-1977-03", FORCES, by="throw-weight")
    us, ussr = found.side("US"), found.side("USSR")
    assert (us.least.best, us.elements) == (0, 284)
    assert ussr.elements == 504
    assert {f.system for f in ussr.forced} >= {"su_tu95a", "su_tu95bc", "su_bison"}
    heavy = next(d for d in ussr.demands if d.limit.name == "heavy-icbm")
    assert heavy.cut == (158, 158)  # no more of the heaviest than must be
    by_warheads = detente.reduce(founding, "salt-ii-1979", FORCES, at="1981-01-01", by="warheads")
    assert by_warheads.measure.id == "warheads-loaded"
    assert by_warheads.side("US").least.best == 34  # one each: no missile with several goes


def test_a_ceiling_that_is_raised_asks_for_less(founding: Case) -> None:
    """From text to text with a higher aggregate the least never grows."""
    for party in ("US", "USSR"):
        at = [
            least(founding, t, at="1981-01-01")[party][0]
            for t in ("us-comprehensive-1977-03", "salt-ii-1979", "vladivostok-1974")
        ]
        assert at == sorted(at, reverse=True)


def test_every_text_that_can_be_counted(founding: Case) -> None:
    """Each text of the case that binds the two sides on this basis has an answer and a paper."""
    asked = 0
    for text in founding.texts.values():
        if text.counts != "salt_launchers":
            continue
        found = detente.reduce(founding, text, FORCES)
        assert found.render("text")
        assert json.loads(found.to_json())["text"] == text.id
        for side in found.sides:
            assert side.least.best is not None
            assert all(f.limits or f.least for f in side.forced)
        asked += 1
    assert asked > 30


def test_the_command(founding: Case, tmp_path: Any) -> None:
    """Table, JSON, picture; the basis is named, and a wrong rate is refused."""
    folder = str(founding.folder)
    base = ["reduce", folder, "--text", "salt-ii-1979", "--forces", FORCES, "--at", "1981-01-01"]

    def run(*more: str) -> Any:
        return CliRunner().invoke(cli, [*base, *more])

    table = run("--rate", "USSR=40", "--rate", "us_titan2=10")
    assert table.exit_code == 0
    assert "basis salt_launchers" in " ".join(table.output.split())
    assert "too late" in table.output
    data = json.loads(run("--format", "json").output)
    assert data["parties"]["USSR"]["least"] == 254
    assert data["parties"]["USSR"]["forced"] == {"su_ss9_m3_fobs": 20}
    picture = tmp_path / "cuts.svg"
    assert run("--picture", str(picture)).exit_code == 0
    assert picture.read_text().startswith("<svg")
    assert "2,504 → 2,250 of 2,250" in picture.read_text()
    for wrong in (["--rate", "many"], ["--rate", "SU=3"], ["--by", "beauty"]):
        refused = run(*wrong)
        assert refused.exit_code == 2
        assert "E604" in refused.output
    none = CliRunner().invoke(
        cli, ["reduce", folder, "--text", "vladivostok-1974", "--forces", FORCES, "--party", "US",
              "--picture", str(picture)],
    )  # fmt: skip
    assert none.exit_code == 2
    other = CliRunner().invoke(
        cli, ["reduce", folder, "--text", "vladivostok-1974", "--forces", FORCES,
              "--basis", "operational", "--format", "md"],
    )  # fmt: skip
    assert "The figures are not those of the text's own basis" in other.output
