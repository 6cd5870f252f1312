"""Lenses: what is added, from which inventories, never twice; and what the answer says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

import detente
from detente.analyses.balance import Balance, LensBalance
from detente.analyses.check import Checked
from detente.cli.group import cli
from detente.model.case import Case
from detente.model.problem import Refused
from detente.reading.schemas import schemas
from detente.report.papers import paper_of
from detente.report.terminal import to_terminal

FOUNDING = Path(__file__).parents[2] / "cases" / "vladivostok-1977"
SYSTEMS = """
m: {name: Missile, party: north, class: {kind: missile, mirved: true}, facts: [{source: made-up, warheads: 3}]}
x: {name: Disputed, party: north, class: {kind: bomber}, facts: [{source: made-up, warheads: 2}]}
p: {name: Plane, party: north, class: {kind: plane}}
f: {name: Friend's, party: ally, class: {kind: missile}, facts: [{source: made-up, warheads: 1}]}
s: {name: Southern, party: south, class: {kind: missile}, facts: [{source: made-up, warheads: 4}]}
"""
TREATY = """
text: treaty
title: Treaty
date: 1990-01-01
parties: [north, south]
counts: declared
source: made-up
provisions:
  - category: counted
    readings:
      north: {where: kind = missile}
      south: {where: 'kind in {missile, bomber}'}
    source: made-up
  - {ceiling: aggregate, on: counted, at_most: 100, source: made-up}
  - {sublimit: mirv, on: mirved-missile, at_most: 50, within: aggregate, source: made-up}
  - {category: mirved-missile, where: kind = missile and mirved, source: made-up}
"""


PLAIN = TREATY[: TREATY.index("  - {sublimit")]


def through(
    case: Case, lens: str, **asked: object
) -> tuple[LensBalance, dict[str, tuple[object, ...]]]:
    """One lens, and the vehicles it counts of each side: low, best and high."""
    found = detente.balance(case, "treaty", "2000-01-01", lens=lens, measure="vehicles", **asked)  # type: ignore[arg-type]
    sides = found.lenses[0].measures[0].sides
    return found.lenses[0], {
        x.side: (x.now.value.low, x.now.value.best, x.now.value.high) for x in sides
    }


@pytest.fixture
def case(made: Callable[..., Case], held: Callable[..., str]) -> Callable[[str], Case]:
    """A case with one set of lenses; planes and friends stand in inventories of their own."""

    def load(lenses: str) -> Case:
        inventories = (
            held("n", "north", {"m": 10, "x": 5})
            + held("so", "south", {"s": 20})
            + held("old", "north", {"p": 1, "x": 9}, "guess", "1998-01-01")
            + held("new", "north", {"p": "1 2 4"}, "guess", "1999-06-01")
            + held("later", "north", {"p": 99}, "guess", "2001-01-01")
            + held("bare", "north", {"m": 77}, "guess", "1999-12-01")
            + held("friend", "ally", {"f": 3}, "declared", "1999-01-01")
        )
        return made(systems=SYSTEMS, texts=TREATY, inventories=inventories, lenses=lenses)

    return load


def test_the_newest_with_such_weapons(case: Callable[[str], Case]) -> None:
    """Not later than the forces, and not one that has none of the weapons; its range is kept."""
    lens, sides = through(
        case(
            "a: {title: A, adds: [{title: Planes, to: north, where: kind = plane, basis: guess}]}"
        ),
        "a",
    )
    assert [i.id for i in lens.parts[0].inventories] == ["new"]
    assert sides == {"north": (11, 12, 19), "south": (20, 20, 20)}


def test_nothing_is_counted_twice(case: Callable[[str], Case]) -> None:
    """What the text counts, and what an earlier addition took, is not added again, and said."""
    lens, sides = through(
        case(
            """
            base: {title: Base, adds: [{title: Planes, to: north, where: kind = plane, basis: guess}]}
            a:
              title: A
              includes: base
              adds:
                - {title: All again, to: north, where: 'kind in {plane, missile}', basis: [guess, declared]}
            """
        ),
        "a",
    )
    assert [p.addition.title for p in lens.parts] == ["Planes", "All again"]
    assert [i.id for i in lens.parts[1].inventories] == ["n"]  # the newest that has any
    assert lens.parts[1].lines == ()
    assert lens.parts[1].already == ("m",)
    assert sides["north"][1] == 12


def test_a_lens_settles_what_the_text_leaves_open(case: Callable[[str], Case]) -> None:
    """A weapon whose membership is open widens the count; a lens that adds it counts it once."""
    cases = case(
        """
        plain: {title: Plain}
        with: {title: With, adds: [{title: Disputed, to: north, where: type = x, basis: guess}]}
        without: {title: Without, leaves_out: type = x}
        """
    )
    assert through(cases, "plain")[1]["north"] == (10, 10, 15)
    assert through(cases, "with")[1]["north"] == (19, 19, 19)
    assert through(cases, "without")[1]["north"] == (10, 10, 10)


def test_allies_and_weights(case: Callable[[str], Case]) -> None:
    """An ally's weapons are reckoned to a side, each by the weight that is argued for."""
    lens, sides = through(
        case(
            """
            a:
              title: A
              adds:
                - {title: Friends, to: north, of: ally, where: kind = missile, basis: declared, weight: 0.5}
                - {title: None, to: south, of: [ally, south], where: kind = plane, basis: declared}
            """
        ),
        "a",
    )
    assert sides["north"][1] == 11.5
    assert lens.parts[1].missing == ("ally", "south")
    assert sides["south"][1] == 20


def test_it_starts_from_a_limit(case: Callable[[str], Case]) -> None:
    """The limit that the lens names, or the one of a lens it includes; else all limits on numbers."""
    cases = case(
        """
        mirv: {title: MIRVs, limit: mirv}
        more: {title: More, includes: mirv}
        all: {title: All}
        """
    )
    assert through(cases, "mirv")[1] == {"north": (10, 10, 10), "south": (0, 0, 20)}
    assert through(cases, "more")[0].limit == "mirv"
    assert through(cases, "all")[1]["south"] == (20, 20, 20)


def test_claimants(made: Callable[..., Case], held: Callable[..., str]) -> None:
    """A lens may take one claimant's figures, of what the text counts and of what it adds."""
    inventories = """
  n:
    party: north
    date: 2000-01-01
    basis: declared
    title: n
    holdings:
      - {system: m, number: 10, source: made-up, claims: [{by: south, number: 14, source: other}]}
      - {system: p, number: 3, source: made-up, claims: [{by: south, number: 9, source: other}]}
"""
    found = made(
        systems=SYSTEMS,
        texts=TREATY,
        inventories=inventories + held("so", "south", {"s": 20}),
        lenses="""
        own: {title: Own, adds: [{title: P, to: north, where: kind = plane, basis: declared}]}
        theirs: {title: Theirs, includes: own, claims: [south]}
        """,
    )
    assert through(found, "own")[1]["north"][1] == 13
    assert through(found, "theirs")[1]["north"][1] == 23


def test_sides_in_order(case: Callable[[str], Case]) -> None:
    """Sides come as asked for; the ratio is of the first for one of the second."""
    found = detente.balance(
        case("a: {title: A}"), "treaty", "2000-01-01", measure="vehicles", party=["south", "north"]
    )
    ratio = found.lenses[0].measures[0].ratio("now")
    assert found.sides == ("south", "north")
    assert ratio is not None
    assert ratio.best == 2
    with pytest.raises(Refused, match="no limit of the text 'treaty' binds nowhere"):
        detente.balance(case("a: {title: A}"), "treaty", "2000-01-01", party="nowhere")


# --- who gains ------------------------------------------------------------------------------------
def test_who_gains(made: Callable[..., Case], held: Callable[..., str]) -> None:
    """Equal cuts change no difference of filled ceilings, but the ratio moves for who has more outside."""
    found = made(
        systems=SYSTEMS,
        texts=PLAIN
        + """---
text: deeper
title: Deeper
based_on: treaty
by: north
date: 1991-01-01
source: made-up
changes: [{provision: aggregate, at_most: 15}]
""",
        inventories=held("n", "north", {"m": 40})
        + held("so", "south", {"s": 60})
        + held("g", "north", {"p": 30}, "guess"),
        lenses="a: {title: A, adds: [{title: P, to: north, where: kind = plane, basis: guess}]}",
    )
    asked = {"measure": "vehicles", "against": "treaty"}
    gains = {g.when: g for g in detente.balance(found, "deeper", "2000-01-01", **asked).gains}  # type: ignore[arg-type]
    down = gains["ceilings"]
    assert [x.ceilings and x.ceilings.value.best for x in down.before.sides] == [70, 60]
    assert [x.ceilings and x.ceilings.value.best for x in down.after.sides] == [45, 15]
    assert (down.by_difference, down.by_ratio) == ("north", "north")
    best = gains["best"]
    assert (best.by_difference, best.by_ratio) == ("", "north")


# --- mistakes -------------------------------------------------------------------------------------
def adding(more: str) -> str:
    """A lens with one addition."""
    return f"a: {{title: A, adds: [{{title: P, to: north, {more}}}]}}"


def weighing(piece: str) -> str:
    """A measure of one piece."""
    return f"m: {{title: M, unit: u, each: [{piece}]}}"


MISTAKES = [
    ("a: {title: A, by: noth}", "", "E301 unknown party 'noth' | did you mean 'north'?"),
    ("a: {title: A, limit: agregate}", "", "E310 no text of the case has a limit 'agregate'"),
    (
        "a: {title: A, includes: b}\nb1: {title: B}",
        "",
        "E319 unknown lens 'b' | did you mean 'b1'?",
    ),
    ("a: {title: A, includes: b}\nb: {title: B, includes: [a]}", "", "E312 lenses use each other"),
    ("a: {title: A, trusts: [othr]}", "", "E304 unknown source 'othr' | did you mean 'other'?"),
    ("a: {title: A, claims: [soth]}", "", "E314 no figure is claimed by 'soth'"),
    ("a: {title: A, adss: []}", "", "E201 unknown key 'adss'"),
    (adding("where: kind = plan, basis: guess"), "", "E405 'plan' is not a value"),
    (adding("where: kind = plane, basis: gues"), "", "E305 unknown basis 'gues'"),
    (adding("of: allly, where: mirved, basis: guess"), "", "E301 unknown party 'allly'"),
    (adding("where: mirved, basis: guess, weight: -1"), "", "E211 a weight cannot be negative"),
    ("", weighing("{powers: {warhead: 1}}"), "E306 unknown attribute or measure 'warhead'"),
    ("", weighing("{powers: {kind: 1}}"), "E406 'kind' is a choice"),
    ("", weighing("{powers: {warheads: two}}"), "E203 an exponent must be"),
    ("", weighing("{powers: {warheads: 1/0}}"), "E203 an exponent must be"),
    ("", weighing("{needs: [yeild]}"), "E306 unknown attribute 'yeild'"),
    ("", weighing("{factor: -2}"), "E211 a factor cannot be negative"),
    ("", weighing(""), "E202 the measure 'm' weighs nothing"),
    (
        "",
        weighing("{powers: {n: 1}}") + "\n  n: {title: N, unit: u, each: [{powers: {m: 1}}]}",
        "E312 measures use each other",
    ),
]


@pytest.mark.parametrize(("lenses", "measures", "said"), MISTAKES)
def test_mistakes_are_located(
    checked: Callable[..., Checked], held: Callable[..., str], lenses: str, measures: str, said: str
) -> None:
    """Each mistake has its code, its place and the nearest name; nothing is raised."""
    found = checked(
        systems=SYSTEMS,
        texts=TREATY,
        inventories=held("n", "north", {"m": 10}) + held("so", "south", {"s": 20}),
        lenses=lenses,
        measures=f"measures:\n  {measures}\n" if measures else "",
    )
    problems = [p for p in found.problems if p.severity == "error"]
    shown = [f"{p.code} {p.message} | {p.hint}" for p in problems]
    assert any(s.startswith(said) for s in shown), shown
    assert all(p.place.line and "lenses" in p.place.file for p in problems)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"lens": "centrl"}, "unknown lens 'centrl'"),
        ({"measure": "warhead-loaded"}, "unknown measure 'warhead-loaded'"),
        ({"text": "vladivostok"}, "unknown text 'vladivostok'"),
        ({"against": "vladivostok"}, "unknown text 'vladivostok'"),
        ({"cut": "half"}, "unknown cut 'half'"),
    ],
)
def test_requests_refused(founding: Case, asked: dict[str, str], said: str) -> None:
    """A name that is not there is refused, with the nearest one."""
    text = asked.pop("text", "vladivostok-1974")
    with pytest.raises(Refused, match=said) as refused:
        detente.balance(founding, text, "1977-02-25", **asked)  # type: ignore[arg-type]
    assert refused.value.problems[0].hint


def test_no_measures(made: Callable[..., Case], held: Callable[..., str]) -> None:
    """Without measures nothing can be weighed."""
    case = made(
        systems=SYSTEMS,
        texts=TREATY,
        measures="",
        inventories=held("n", "north", {"m": 10}) + held("so", "south", {"s": 20}),
    )
    with pytest.raises(Refused, match="the case has no measures"):
        detente.balance(case, "treaty", "2000-01-01")


# --- the founding case ----------------------------------------------------------------------------
@pytest.fixture(scope="module")
def letter_day(founding: Case) -> Balance:
    """Vladivostok on the data of the letter's day, through every lens."""
    return detente.balance(founding, "vladivostok-1974", "1977-02-25")


@pytest.mark.parametrize(
    ("text", "forces", "at"),
    [
        ("vladivostok-1974", "1977-02-25", None),
        ("vladivostok-1974", "1978-11-01", None),
        ("salt-ii-1979", "1978-11-01", "1981-01-01"),
        ("us-comprehensive-1977-03", "1977-02-25", None),
    ],
)
def test_central_systems_are_what_the_text_counts(
    founding: Case, text: str, forces: str, at: str | None
) -> None:
    """Delivery vehicles through the lens of central systems are the count of the aggregate."""
    found = detente.balance(
        founding, text, forces, at=at, lens="central", measure="delivery-vehicles"
    )
    count = detente.count(founding, text, forces, at=at)
    for x in found.lenses[0].measures[0].sides:
        limit = count.limit("aggregate", x.side)
        counted, ceiling = limit.counted, limit.at_most
        assert x.now.value == counted
        assert x.ceilings is not None
        assert x.best is not None
        assert x.ceilings.value.best == min(counted.best, ceiling or 0)
        assert x.best.value.best == ceiling


def test_lenses_of_the_founding_case(letter_day: Balance) -> None:
    """Delivery vehicles by lens: the US 2,284 and the USSR 2,507, and what each lens adds."""
    added = {
        x.lens.id: tuple(s.added.value.best for s in x.measures[0].sides) for x in letter_day.lenses
    }
    assert added == {
        "central": (0, 0),
        "forward-based": (476, 0),
        "carriers": (68, 0),
        "british-and-french-submarines": (96, 0),
        "british-and-french": (194, 0),
        "chinese": (198, 0),
        "intermediate-missiles": (0, 561),
        "backfire": (0, 95),
        "letter": (738, 0),
        "letter-and-china": (936, 0),
        "vance": (544, 561),
        "everything": (1002, 1576),
    }


def test_bases_are_named_and_never_mixed(letter_day: Balance) -> None:
    """Every addition names inventories on its own bases; the text's own forces stand on one."""
    assert {i.basis for i in letter_day.chosen.by_party.values()} == {"salt_launchers"}
    for lens in letter_day.lenses:
        for part in lens.parts:
            assert part.inventories
            assert {i.basis for i in part.inventories} <= set(part.addition.bases)
    shown = to_terminal(paper_of(letter_day), 110)
    assert "us-1977-forward-based, basis estimate" in shown.replace("\n", " ").replace("  ", " ")


def test_flags_reach_the_report(letter_day: Balance) -> None:
    """What rests on recalled or derived figures says so."""
    vehicles = letter_day.of("letter", "delivery-vehicles")
    assert "recalled" in vehicles.sides[0].added.flags
    weight = letter_day.as_data()["lenses"]["central"]["measures"]["throw-weight"]
    assert weight["sides"]["US"]["now"]["rests_on"] == ["recalled"]
    assert weight["sides"]["US"]["now"]["measured"] == 2076
    assert weight["sides"]["US"]["not_measured"]["us_polaris_a3"] == 160


def test_an_inventory_that_does_not_tell_all(founding: Case) -> None:
    """The US inventory of 1974 leaves bombers out: said, and the ceilings are not applied to it."""
    found = detente.balance(founding, "vladivostok-1974", "1974-12-31", lens="central")
    assert found.incomplete == {"US": "us-1974-salt leaves out weapons that this limit counts"}
    assert ("ceilings", "aggregate") in {(when, x.row.limit) for when, x in found.left_out}
    assert "Its figures are of what it tells of" in to_terminal(paper_of(found), 110)


def test_what_an_addition_cannot_measure(founding: Case) -> None:
    """No source gives the throw weight of British and French missiles: they are named, not nothing."""
    found = detente.balance(
        founding, "vladivostok-1974", "1977-02-25", lens="letter", measure="throw-weight"
    )
    lost = dict(found.of("letter", "throw-weight").sides[0].not_measured)
    assert (lost["uk_polaris_a3"], lost["fr_m2"], lost["fr_s2"]) == (64, 32, 18)
    assert "us_f111" not in lost  # an aircraft: the measure does not speak of it


def test_later_forces_take_later_inventories(founding: Case) -> None:
    """By 1978 the Soviet theatre missiles stand in a newer inventory, which is taken."""
    found = detente.balance(founding, "salt-ii-1979", "1978-11-01", lens="intermediate-missiles")
    assert [i.id for i in found.lenses[0].parts[0].inventories] == ["ussr-1978"]


# --- command, schema, JSON ------------------------------------------------------------------------
def run(*arguments: str) -> str:
    """What the command prints; it must end well."""
    found = CliRunner().invoke(cli, ["balance", str(FOUNDING), *arguments])
    assert found.exit_code == 0, found.output
    return found.output


def test_command(tmp_path: Path) -> None:
    """Every form, the sweep, the baseline and the picture."""
    base = ("--text", "us-comprehensive-1977-03", "--forces", "1977-02-25")
    few = ("--lens", "central", "--lens", "letter", "--measure", "delivery-vehicles")
    data = json.loads(
        run(
            *base, *few, "--sweep", "aggregate", "--against", "vladivostok-1974", "--format", "json"
        )
    )
    assert data["sweep"]["lenses"]["letter"]["measures"]["delivery-vehicles"]["even"] == []
    assert {g["lens"] for g in data["gains"]} == {"central", "letter"}
    swept = run(
        *base, *few, "--sweep", "aggregate", "--against", "vladivostok-1974", "--format", "md"
    )
    assert swept.startswith("# Balance under ")
    assert "never crosses equality" in swept
    assert "Who gains against Vladivostok" in swept
    csv = run(*base, *few, "--format", "csv").splitlines()
    assert csv[0].startswith("lens,measure,unit,when,side,low,best,high")
    assert len(csv) == 1 + 2 * 3 * 2
    picture = tmp_path / "sweep.svg"
    run(*base, *few, "--sweep", "aggregate", "--picture", str(picture))
    svg = picture.read_text(encoding="utf-8")
    assert svg.startswith("<svg ")
    assert "falling →" in svg


def test_forces_of_the_brief() -> None:
    """Without --forces the brief's are taken."""
    data = json.loads(run("--text", "salt-ii-1979", "--lens", "central", "--format", "json"))
    assert data["forces"] == {"US": "us-1978-salt", "USSR": "ussr-1978-salt"}


def test_schema_accepts_what_is_shipped() -> None:
    """The lenses and measures shipped fit the schema that editors use."""
    schema = schemas()["lenses"]
    library = Path(detente.__file__).parent / "library" / "strategic-forces" / "lenses"
    for file in (*library.glob("*.yaml"), *(FOUNDING / "lenses").glob("*.yaml")):
        jsonschema.validate(yaml.safe_load(file.read_text(encoding="utf-8")), schema)
    wrong = {"measures": {"m": {"title": "M", "unit": "u", "each": [{"power": {}}]}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)
