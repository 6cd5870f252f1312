"""The worked totals of the researched facts, each from a rule of a text and its own inputs.

Forces that no inventory holds (a seventh Trident boat, 131 cruise-missile bombers) are written as
inventories of their own beside the founding case; their numbers are the inputs of the fact.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import detente
from detente.model.case import Case

FOUNDING = Path(__file__).parents[2] / "cases" / "vladivostok-1977"


def holding(system: str, number: int, **more: str) -> str:
    """A line of an inventory."""
    extra = "".join(f", {k}: {v}" for k, v in more.items())
    return f"      - {{system: {system}, number: {number}, source: general, confidence: assumed{extra}}}\n"


def inventory(name: str, party: str, year: int, *lines: str) -> str:
    """An inventory on the basis of launchers."""
    head = (
        f"  {name}:\n    party: {party}\n    date: {year}-01-01\n"
        f"    basis: salt_launchers\n    title: worked total\n    holdings:\n"
    )
    return head + "".join(lines)


ALCM_BOMBER = {"attributes": "{equipped_cm_over_600_km: true}"}
PLAIN_BOMBER = {"attributes": "{equipped_cm_over_600_km: false}"}
CARRIERS = (  # 100 bombers of today with 12 missiles each, 50 carriers of a new type with 60
    holding("us_b52_all", 100, attributes="{equipped_cm_over_600_km: true, alcm_max: 12}"),
    holding("us_cruise_missile_carrier", 50, attributes="{equipped_cm_over_600_km: true, alcm_max: 60}"),
)  # fmt: skip
POSEIDON_AND_MINUTEMAN = (holding("us_minuteman3", 550), holding("us_poseidon_c3", 496))

INVENTORIES = [
    # w1, w2: after full replacement under the Interim Agreement
    inventory(
        "w1-after", "US", 1977,
        holding("us_minuteman2", 450), holding("us_minuteman3", 550),
        holding("us_poseidon_c3", 710, carrier="nuclear-submarine"),
    ),
    inventory(
        "w2-after", "USSR", 1977,
        holding("su_ss9_all", 313), holding("su_ss11_all", 1035), holding("su_ss13", 60),
        holding("su_ssn8", 950, carrier="nuclear-submarine"),
    ),
    # w1: the replacement without giving up the older launchers for it
    inventory(
        "w1-kept", "US", 1977,
        holding("us_titan2", 54), holding("us_minuteman2", 450), holding("us_minuteman3", 550),
        holding("us_poseidon_c3", 710, carrier="nuclear-submarine"),
    ),
    # w13: 308 heavy launchers deployed and 18 at the test range
    inventory(
        "w13", "USSR", 1977,
        holding("su_ss9_m2", 158), holding("su_ss18_m2", 150), holding("su_ss9_m2", 18, state="test"),
    ),
    # w25: tubes that stand empty, and tubes released
    inventory(
        "w25-empty", "US", 1986,
        holding("us_minuteman3", 550), holding("us_poseidon_c3", 480),
        holding("us_poseidon_c3", 16, state="empty"), holding("us_trident_c4", 168),
    ),
    # w7, w10: Trident boats of 24 launchers
    inventory("w7-six", "US", 1980, *POSEIDON_AND_MINUTEMAN, holding("us_trident_c4", 144)),
    inventory("w7-seven", "US", 1980, *POSEIDON_AND_MINUTEMAN, holding("us_trident_c4", 168)),
    inventory(
        "w7-offset", "US", 1980,
        holding("us_minuteman3", 550), holding("us_poseidon_c3", 480), holding("us_trident_c4", 168),
    ),
    # w8, w11: 1,190 missile launchers and 130 or 131 bombers with 12 missiles each
    inventory(
        "w8-130", "US", 1986,
        holding("us_minuteman3", 550), holding("us_poseidon_c3", 448), holding("us_trident_c4", 192),
        holding("us_b52_all", 130, **ALCM_BOMBER), holding("us_alcm_86b", 1560),
    ),
    inventory(
        "w8-131", "US", 1986,
        holding("us_minuteman3", 550), holding("us_poseidon_c3", 448), holding("us_trident_c4", 192),
        holding("us_b52_all", 131, **ALCM_BOMBER),
    ),
    inventory(
        "w10-nine", "US", 1988,
        holding("us_minuteman3", 550), holding("us_poseidon_c3", 448), holding("us_trident_c4", 216),
    ),
    # w12: 100 aircraft with 12 and 50 with 60 missiles
    inventory("w12", "US", 1985, *CARRIERS, holding("us_alcm_86b", 100 * 12 + 50 * 60)),
    inventory("w12-more", "US", 1985, *CARRIERS, holding("us_alcm_86b", 4201)),
    inventory(
        "w12-b52", "US", 1985,
        holding("us_b52_all", 150, attributes="{equipped_cm_over_600_km: true, alcm_max: 60}"),
    ),
    # w14: planned Soviet new ICBMs
    inventory(
        "w14", "USSR", 1985,
        holding("su_ss17_m13", 200), holding("su_ss19_m1", 400), holding("su_ss18_m2", 308),
    ),
    # w17: 120 Backfires before October 1977 and 115 variants left out; and one produced later
    inventory(
        "w17-free", "USSR", 1978,
        holding("su_tu22m", 120, attributes="{production_date: 1976}", state="in-service"),
        holding("su_bison_tanker", 50), holding("su_tu142", 65),
    ),
    inventory("w17-later", "USSR", 1979, holding("su_tu22m", 1, attributes="{production_date: 1978}")),
    inventory("w18", "USSR", 1981, holding("su_ss11_all", 2300), holding("su_tu22m", 400)),
    inventory("w19", "USSR", 1981, holding("su_ss11_all", 2400), holding("su_tu22m", 300)),
    # w20: one B-1 with 20 cruise missiles
    inventory("w20-b1", "US", 1977, holding("us_b1a", 1, **ALCM_BOMBER), holding("us_alcm_86b", 20)),
]  # fmt: skip


# Texts that say a rule otherwise, to see what it makes
TEXTS = """\
text: comprehensive-with-test-launchers
title: The comprehensive proposal, test launchers counted
by: US
date: 1977-03-28
based_on: us-comprehensive-1977-03
drops: [test-and-training-launchers]
---
text: by-missile
title: The treaty by the type of the missile alone
date: 1979-06-18
based_on: salt-ii-1979
changes:
  - {provision: mirv-icbm-launcher, where: icbm-launcher and any of type (mirved)}
---
text: by-missile-or-place
title: The treaty by the type of the missile, or by place
date: 1979-06-18
based_on: by-missile
changes:
  - provision: mirv-icbm-launcher
    where: icbm-launcher and (any of type (mirved) or derazhnya-pervomaysk-launcher)
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The founding case with the forces of the worked totals beside its own."""
    folder = tmp_path_factory.mktemp("worked") / "vladivostok-1977"
    shutil.copytree(FOUNDING, folder)
    text = "inventories:\n" + "\n".join(INVENTORIES)
    (folder / "inventories/worked.yaml").write_text(text, encoding="utf-8")
    (folder / "texts/worked.yaml").write_text(TEXTS, encoding="utf-8")
    return detente.load(folder)


def counted(
    case: Case, text: str, forces: str, limit: str, party: str, **more: str
) -> tuple[float, float, str]:
    """Counted, at most, verdict."""
    x = detente.count(case, text=text, forces=forces, **more).limit(limit, party)
    assert x.at_most is not None
    return x.counted.best, x.at_most, x.verdict


def test_w1_the_offset_conserves_the_total(case: Case) -> None:
    """1,054 + 656 at signature; 1,000 + 710 after full replacement."""
    signed = detente.count(case, text="interim-agreement-1972", forces="1972-05-26")
    before = [signed.limit(limit, "US").counted.best for limit in ("fixed-icbm", "slbm")]
    assert before == [1054, 656]
    after = detente.count(case, text="interim-agreement-1972", forces="w1-after")
    slbm = after.limit("slbm-offset", "US")
    assert (slbm.counted.best, slbm.at_most, slbm.verdict) == (710, 710, "exactly at")
    assert after.limit("fixed-icbm", "US").counted.best == 1000
    for c in (signed, after):
        whole = c.limit("missile-launchers", "US")
        assert (whole.counted.best, whole.verdict) == (1710, "exactly at")
    kept = detente.count(case, text="interim-agreement-1972", forces="w1-kept")
    assert kept.limit("slbm-offset", "US").excess == 54  # nothing given up, nothing gained
    assert kept.limit("missile-launchers", "US").excess == 54


def test_w2_three_published_totals(case: Case) -> None:
    """1,618 + 740 = 2,358; the printed 2,328 is a discrepancy; 1,607 + 740 = 2,347 a rival bound."""
    c = detente.count(case, text="interim-agreement-1972", forces="1972-05-26")
    whole = c.limit("missile-launchers", "USSR")
    assert (whole.counted.best, whole.verdict) == (2358, "depends")
    assert [value for _, value in whole.rivals] == [2358, 2347]
    assert c.limit("fixed-icbm", "USSR").verdict == "depends"  # 1,618 or 1,607
    parted = {d.published.id: (d.declared.best, d.computed.best) for d in c.discrepancies}
    assert parted["missiles"] == (2328, 2358)
    assert "2,328" in str(c)
    assert "2,358" in str(c)
    after = detente.count(case, text="interim-agreement-1972", forces="w2-after")
    slbm = after.limit("slbm-offset", "USSR")
    assert (slbm.counted.best, slbm.verdict) == (950, "exactly at")
    assert after.limit("fixed-icbm", "USSR").counted.best == 1408


@pytest.mark.parametrize(
    ("limit", "party", "total", "verdict"),
    [
        ("aggregate", "US", 2284, "within"),  # w3
        ("aggregate", "USSR", 2504, "over"),  # w4
        ("mirv-missiles", "US", 1046, "within"),  # w5
        ("mirv-missiles", "USSR", 704, "within"),  # w6
    ],
)
def test_w3_to_w6_the_data_base(
    case: Case, limit: str, party: str, total: int, verdict: str
) -> None:
    """The data base of 1 November 1978."""
    n, _, found = counted(case, "salt-ii-1979", "us-1978-salt,ussr-1978-salt", limit, party)
    assert (n, found) == (total, verdict)


def test_w7_the_seventh_trident_boat(case: Case) -> None:
    """Six boats 1,190; the seventh 1,214, 14 over 1,200; a Poseidon boat less, 1,198."""
    for forces, total, over in (
        ("w7-six", 1190, 0),
        ("w7-seven", 1214, 14),
        ("w7-offset", 1198, 0),
    ):
        x = detente.count(case, text="salt-ii-1979", forces=forces).limit("mirv-missiles", "US")
        assert (x.counted.best, x.excess) == (total, over)


def test_w8_the_131st_bomber(case: Case) -> None:
    """130 are exactly at 1,320; the 131st is one over, while 1,200 holds."""
    assert counted(case, "salt-ii-1979", "w8-130", "mirv", "US") == (1320, 1320, "exactly at")
    assert counted(case, "salt-ii-1979", "w8-131", "mirv", "US") == (1321, 1320, "over")
    assert counted(case, "salt-ii-1979", "w8-131", "mirv-missiles", "US")[2] == "within"


def test_w10_the_ninth_trident_boat(case: Case) -> None:
    """1,190 + 24 = 1,214, 14 over."""
    x = detente.count(case, text="salt-ii-1979", forces="w10-nine").limit("mirv-missiles", "US")
    assert (x.counted.best, x.excess) == (1214, 14)


def test_w11_the_average_of_1986(case: Case) -> None:
    """1,560 missiles on 130 bombers against 28 each."""
    assert counted(case, "salt-ii-1979", "w8-130", "alcm-average", "US") == (1560, 3640, "within")


def test_w12_exactly_at_the_average(case: Case) -> None:
    """4,200 missiles on 150 aircraft are exactly at the average though some carry 60."""
    assert counted(case, "salt-ii-1979", "w12", "alcm-average", "US") == (4200, 4200, "exactly at")
    assert counted(case, "salt-ii-1979", "w12-more", "alcm-average", "US")[2] == "over"
    # carriers of 60 must be of a new type: no bomber of today may have more than twenty
    for forces, against in (("w12", 0), ("w12-b52", 150)):
        assert counted(case, "salt-ii-1979", forces, "alcm-per-bomber", "US")[0] == against


def test_w13_heavy_missiles_against_150(case: Case) -> None:
    """308 deployed, 158 over 150; 326 and 176 by a text that does not except the 18 test launchers."""
    for text, total, excess in (
        ("us-comprehensive-1977-03", 308, 158),
        ("comprehensive-with-test-launchers", 326, 176),
    ):
        x = detente.count(case, text=text, forces="w13").limit("heavy-icbm", "USSR")
        assert (x.counted.best, x.at_most, x.excess) == (total, 150, excess)


def test_w14_planned_missiles_against_550(case: Case) -> None:
    """600 SS-17 and SS-19 and 308 SS-18: 908, 358 over."""
    x = detente.count(case, text="us-comprehensive-1977-03", forces="w14").limit(
        "mirv-icbm", "USSR"
    )
    assert (x.counted.best, x.at_most, x.excess) == (908, 550, 358)


def test_w16_the_cut_to_2200(case: Case) -> None:
    """About 300 vehicles at once: 304 on the data base of 1978, 307 in February 1977."""
    for forces, cut in (("1978-11-01", 304), ("1977-02-25", 307)):
        x = detente.count(case, text="us-new-concept-1977-04", forces=forces).limit(
            "aggregate", "USSR"
        )
        assert (x.at_most, x.excess) == (2200, cut)


def test_w17_free_backfires(case: Case) -> None:
    """120 produced before October 1977 and 115 variants left out: 235 aircraft that count nothing."""
    c = detente.count(case, text="us-note-1976-01-14", forces="w17-free")
    held = sum(e.number.best for e in c.chosen.forces.elements)
    assert (held, c.limit("aggregate", "USSR").counted.best) == (235, 0)
    later = detente.count(case, text="us-note-1976-01-14", forces="w17-later")
    assert later.limit("aggregate", "USSR").counted.best == 1


def test_w19_backfire_outside(case: Case) -> None:
    """2,400 with 300 Backfires outside are 2,700 vehicles, and exactly at the ceiling."""
    c = detente.count(case, text="vladivostok-1974", forces="w19")
    held = sum(e.number.best for e in c.chosen.forces.elements)
    x = c.limit("aggregate", "USSR")
    assert (held, x.counted.best, x.verdict) == (2700, 2400, "exactly at")


def test_w18_a_separate_limit_against_a_lower_aggregate(case: Case) -> None:
    """400 Backfires beside 2,300 are 300 more vehicles than 2,400 would hold."""
    c = detente.count(case, text="us-package-1976-01-21", forces="w18")
    held = sum(e.number.best for e in c.chosen.forces.elements)
    x = c.limit("aggregate", "USSR")
    assert (x.counted.best, x.at_most, x.verdict) == (2300, 2300, "exactly at")
    assert held - 2400 == 300
    backfire = c.limit("backfire", "USSR")  # the package itself would allow 275
    assert (backfire.counted.best, backfire.at_most, backfire.excess) == (400, 275, 125)


def test_w20_one_bomber_many_readings(case: Case) -> None:
    """A B-1 with 20 cruise missiles: 20, 21 or 1 in 2,400 by reading; 1 or 3 in 1,320 in January 1976."""

    def units(text: str, limit: str, view: str) -> float:
        c = detente.count(case, text=text, forces="w20-b1", view=view)
        return c.limit(limit, "US").counted.best

    assert units("vladivostok-1974", "aggregate", "ussr") == 21
    assert units("vladivostok-1974", "aggregate", "ussr-missiles-alone") == 20
    assert units("vladivostok-1974", "aggregate", "us") == 1
    assert units("agreed-by-1976-02", "mirv", "us") == 1
    assert units("agreed-by-1976-02", "mirv", "ussr") == 3
    # and nothing in 1,320 by the comprehensive proposal, which left such bombers out
    assert units("us-comprehensive-1977-03", "mirv", "neutral") == 0


def test_w22_abm_launchers(case: Case) -> None:
    """200 in two areas, 100 in one from the protocol."""
    sums = {}
    for text in ("abm-treaty-1972", "abm-protocol-1974"):
        c = detente.count(case, text=text, forces="1972-05-26", basis="salt_launchers")
        sums[text] = max(
            int(x.at_most) for x in c.limits if x.limit == "abm-launchers" and x.at_most is not None
        )
    assert sums == {"abm-treaty-1972": 200, "abm-protocol-1974": 100}


def test_w23_derazhnya_and_pervomaysk(case: Case) -> None:
    """120 disputed launchers count whatever they hold: by the missile 456 and 584, by place 576 and 704.

    The treaty's own rule, by the type of the launcher, takes them in as well.
    """
    for text, icbm, missiles in (
        ("by-missile", 456, 584),
        ("by-missile-or-place", 576, 704),
        ("salt-ii-1979", 576, 704),
    ):
        c = detente.count(case, text=text, forces="1978-11-01")
        counted = [c.limit(limit, "USSR").counted.best for limit in ("mirv-icbm", "mirv-missiles")]
        assert counted == [icbm, missiles], text
    x = detente.count(case, text="salt-ii-1979", forces="1978-11-01").limit("mirv-icbm", "USSR")
    fields = [c for c in x.count.contributions if c.element.holding.place == "derazhnya-pervomaysk"]
    assert [(c.counted.best, c.element.holding.system) for c in fields] == [(120, "su_ss11_m23")]


def test_w25_a_tube_counts_until_it_is_dismantled(case: Case) -> None:
    """A Poseidon boat whose missiles are gone still counts: 1,214; cut up, 1,198."""
    for forces, total in (("w25-empty", 1214), ("w7-offset", 1198)):
        x = detente.count(case, text="salt-ii-1979", forces=forces).limit("mirv-missiles", "US")
        assert x.counted.best == total
