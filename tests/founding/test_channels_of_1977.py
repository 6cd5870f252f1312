"""What the texts of the founding case leave open, against the quarrels of the record and its sums."""

from __future__ import annotations

import pytest

import detente
from detente.analyses.channels import Channel, Channels
from detente.analyses.growth import Gain
from detente.model.case import Case


def found(case: Case, text: str, **asked: str) -> Channels:
    """What a text leaves open."""
    return detente.channels(case, text, **asked)


def predicates(chosen: tuple[Channel, ...], *kinds: str) -> set[str]:
    """The weapons of channels of these kinds, as predicates."""
    return {c.area.text for c in chosen if not kinds or c.kind in kinds}


# --- the quarrels -----------------------------------------------------------------------------------
def test_cruise_missiles_left_out(founding: Case) -> None:
    """Carter's letter leaves cruise missiles to later; against the answer that opens them (claim c09)."""
    result = found(founding, "us-letter-1977-02-14", against="ussr-letter-1977-02-25")
    opened = result.of("opened")
    assert {c.area.kind for c in opened if c.kind != "open activity"} == {"ALCM", "GLCM", "SLCM"}
    assert predicates(opened, "open load") == {"kind = ALCM and range > 2500 km"}
    assert "kind = ALCM and range > 600 km and carrier = other-aircraft" in predicates(opened)
    # what it closes: the ban on mobile missiles, which the answer has for ICBMs alone
    closed = result.of("closed")
    assert {c.area.kind for c in closed} == {"ICBM", "IRBM", "MRBM", "SRBM"}
    assert all("mobile" in dict(c.area.box.values)["basing"] for c in closed)
    (mrbm,) = [c for c in closed if c.area.kind == "MRBM"]
    assert mrbm.systems == (("US", ("us_pershing2",)),)


def test_backfire_left_out(founding: Case) -> None:
    """The aircraft counts at nothing; who asked for it to count, and who refused, stands in the record."""
    result = found(founding, "us-letter-1977-02-14")
    (channel,) = [c for c in result.channels if c.area.text.endswith("type = su_tu22m")]
    assert channel.kind == "open kind"
    assert channel.parties == ("USSR",)
    assert channel.stops_short is not None
    assert channel.stops_short.attributes == ("weight",)
    assert channel.closings[0].how == "count"
    assert channel.closings[0].catches == (("USSR", ("su_tu22m",)),)
    (count,) = [r for r in channel.record if r.option == "backfire/bf-count"]
    assert (count.fit, {s.party for s in count.refused}) == ("same", {"USSR"})
    assert "US" in {s.party for s in count.offered}


def test_a_rate_is_no_number(founding: Case) -> None:
    """The statement of June 1979 sets how many are built a year, not how many there are."""
    result = found(founding, "backfire-statement-1979")
    (channel,) = [c for c in result.channels if c.area.text.endswith("type = su_tu22m")]
    assert "sets a rate" in channel.why
    assert channel.stops_short is not None
    assert channel.stops_short.attributes == ("rate",)


def test_of_what_is_no_weapon_held_nothing_is_said(founding: Case) -> None:
    """The ABM Treaty limits components and radars; offensive arms are all open under it."""
    result = found(founding, "abm-treaty-1972")
    assert result.other_quantities == ("abm-components", "radars")
    assert {c.kind for c in result.channels} == {"open kind"}
    assert found(founding, "salt-ii-1979").other_quantities == ()


def test_the_comprehensive_proposal(founding: Case) -> None:
    """Against what was agreed by early 1976 it frees cruise missiles of 600 to 2,500 km at sea and on land."""
    result = found(founding, "us-comprehensive-1977-03", against="agreed-by-1976-02")
    short = [c for c in result.of("opened") if c.area.kind in ("SLCM", "GLCM")]
    assert len(short) == 3
    assert all("range > 600 km and range <= 2500 km" in c.area.text for c in short)
    assert all(c.stops_short and c.stops_short.attributes == ("range_km",) for c in short)
    # against Vladivostok alone it closes whatever flies further
    result = found(founding, "us-comprehensive-1977-03", against="vladivostok-1974")
    further = {f"kind = {k} and range > 2500 km" for k in ("GLCM", "SLCM", "ALCM")}
    assert further <= predicates(result.of("closed"))


def test_the_protocol_runs_out(founding: Case) -> None:
    """The day after the last of 1981, long-range missiles at sea and on land are free."""
    result = found(
        founding,
        "salt-ii-package-1979",
        at="1982-01-01",
        against="salt-ii-package-1979",
        against_at="1981-12-31",
    )
    assert result.of("closed") == ()
    assert predicates(result.of("opened")) == {
        f"kind = {k} and range > 600 km" for k in ("SLCM", "GLCM")
    }
    for c in result.of("opened"):
        assert c.stops_short is not None
        assert c.stops_short.attributes == ("term",)
        assert "keep" in [x.how for x in c.closings]
    same = found(
        founding,
        "salt-ii-package-1979",
        at="1981-12-31",
        against="salt-ii-package-1979",
    )
    assert same.of("opened") == same.of("closed") == ()


def test_what_was_offered_and_refused(founding: Case) -> None:
    """The options of the record that would take a channel in, with who proposed and who refused them."""
    result = found(founding, "vladivostok-1974")
    record = {r.option: r for r in result.channel("glcm").record}
    ban = record["glcm/glcm-test-ban"]
    assert ban.fit == "part"
    assert [(s.party, str(s.date)) for s in ban.offered] == [("USSR", "1977-09-27")]
    assert [s.party for s in ban.refused] == ["US"]


def test_rival_readings_of_missiles_on_bombers(founding: Case) -> None:
    """What the aide-memoire of 1974 counts was read differently by each side; a view settles it."""
    both = found(founding, "vladivostok-1974").channel("alcm-above-600-km-range-km")
    assert (both.kind, both.disputed) == ("open load", True)
    assert "read differently by US and USSR" in both.why
    american = found(founding, "vladivostok-1974@us").channel("alcm")
    assert (american.kind, american.disputed) == ("open load", False)
    soviet = found(founding, "vladivostok-1974@ussr").channels
    assert not [c for c in soviet if c.area.kind == "ALCM" and "range > 600" in c.area.text]


@pytest.mark.parametrize("text", ["vladivostok-1974@us", "salt-ii-1979"])
def test_real_systems_are_those_that_count_nowhere(founding: Case, text: str) -> None:
    """The systems that channels name are those of which `explain` says that no limit counts them."""
    result = found(founding, text)
    name, _, view = text.partition("@")
    number = [c for c in result.channels if c.kind in ("open kind", "open load")]
    sure = {s for c in number for _, systems in c.systems for s in systems}
    perhaps = {s for c in number for _, systems in c.perhaps for s in systems}
    for s in founding.systems.values():
        if s.party not in result.parties:
            continue
        limits = detente.explain(founding, s.id, name, view=view or None).as_data()["limits"]
        if all(x["counts"] == "no" or not x["weight_high"] for x in limits):
            assert s.id in sure
        elif any(x["counts"] == "yes" and x["weight_low"] for x in limits):
            assert s.id not in sure | perhaps
        else:
            assert s.id in perhaps


def test_a_channel_has_the_same_name_elsewhere(founding: Case) -> None:
    """Ids say what a channel is of, so that texts can be set beside each other."""
    a = {c.id for c in found(founding, "vladivostok-1974").channels}
    b = {c.id for c in found(founding, "vladivostok-1974@us").channels}
    assert len(a & b) > 20
    for text in ("vladivostok-1974", "salt-ii-1979"):
        ids = [c.id for c in found(founding, text).channels]
        assert len(ids) == len(set(ids))


# --- sums -------------------------------------------------------------------------------------------
def gain(case: Case, text: str, programme: str) -> Gain:
    """How many air-launched missiles the US could have more under a text."""
    (growth,) = found(case, text, programme=programme, party="US").growth
    return growth.gain("ALCM")


@pytest.mark.parametrize(
    ("text", "programme", "most"),
    [
        # 690 aircraft beside 1,710 missiles under 2,400, twenty each (frus33 d114: 12 to 20 a B-52)
        ("vladivostok-1974@us", "twenty-each", 13800),
        ("us-letter-1977-02-14", "twenty-each", 13800),
        # each missile counts one: what is left under 2,400 beside 1,710 missiles
        ("vladivostok-1974@ussr", "twenty-each-unnamed", 690),
        # and with the aircraft, which counts too: 690 / 21 whole aircraft and what is left
        ("vladivostok-1974@ussr", "twenty-each", 657),
        # 1,320 less the 1,046 MIRVed missiles: 274 aircraft
        ("agreed-by-1976-02@us", "twenty-each", 5480),
        ("ussr-letter-1977-02-25", "twenty-each", 5480),
        ("salt-ii-1979", "twenty-each", 5480),
        # a B-1 counts three under the Soviet reading of the formula: 91 whole aircraft
        ("agreed-by-1976-02@ussr", "twenty-each-b1", 1820),
        # SALT II lets carriers of 50 average out at 28: 274 aircraft
        ("salt-ii-1979", "carriers", 7672),
        # the comprehensive proposal: 574 aircraft under 2,000 once 284 older weapons have gone
        ("us-comprehensive-1977-03", "twenty-each", 11480),
    ],
)
def test_free_missiles(founding: Case, text: str, programme: str, most: int) -> None:
    """The argument of the letters over free missiles, text by text."""
    found_here = gain(founding, text, programme)
    assert (found_here.now, found_here.most) == (0, most)


def test_a_third_of_an_aircraft(founding: Case) -> None:
    """If aircraft could be split, counting three each leaves 274 / 3 of them with twenty: 1,827."""
    split = gain(founding, "agreed-by-1976-02@ussr", "twenty-each-b1").unrounded
    assert split == pytest.approx(274 / 3 * 20)
    assert split is not None
    assert round(split) == 1827


def test_uncounted_aircraft_without_end(founding: Case) -> None:
    """Neither aircraft nor missile counts by the American reading: nothing stops them."""
    assert gain(founding, "vladivostok-1974@us", "twenty-each-unnamed").most is None


def test_the_argument_of_1975(founding: Case) -> None:
    """240 x 32 + 400 x 12 was said to be about 11,000; by its own numbers it is 12,480 (claim c09)."""
    result = found(founding, "vladivostok-1974@us", programme="argument-1975", party="US")
    (growth,) = result.growth
    assert growth.gain("ALCM").most == 240 * 32 + 400 * 12 == 12480
    assert growth.programme is not None
    assert growth.programme.said is not None
    assert growth.programme.said.value == 11000


def test_what_one_more_is_worth(founding: Case) -> None:
    """Prices of the ceilings: twenty missiles an aircraft; 28 under the average of SALT II."""
    worth = {b.name: b.worth for b in gain(founding, "vladivostok-1974@us", "twenty-each").binds}
    assert worth == {"aggregate": pytest.approx(20)}
    worth = {b.name: b.worth for b in gain(founding, "salt-ii-1979", "carriers").binds}
    assert worth == {"mirv": pytest.approx(28), "alcm-average": pytest.approx(1)}


def test_growth_by_a_date(founding: Case) -> None:
    """By the rates of the case a side gains what it can build until then, within the text."""
    result = found(founding, "salt-ii-1979", horizon="1985", party="US")
    (growth,) = result.growth
    alcm = growth.gain("ALCM")
    assert alcm.most == alcm.gain == 1076
    assert [(b.what, b.worth) for b in alcm.binds] == [("rate", pytest.approx(1))]
    later = found(founding, "salt-ii-1979", horizon="1990", party="US").growth[0].gain("ALCM")
    assert later.most is not None
    assert later.most > 1076
    assert growth.must_go == 34  # 2,284 on hand, 2,250 in the end
