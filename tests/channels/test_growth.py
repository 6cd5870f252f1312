"""How far a side could go: the largest sum against brute force over whole weapons, and worths by solving anew."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.model.problem import Refused

few = settings(max_examples=60, deadline=None, derandomize=True)
FILES = {
    "case.yaml": "case: c\ntitle: Made up\nparties: {north: {title: N}}\n",
    "sources/s.yaml": "sources: {made-up: {title: Made up}}",
    "bases/b.yaml": "bases: {declared: {counts: what is declared}}",
    "attributes/a.yaml": """
attributes:
  kind: {type: choice, choices: [silo, bomber, missile]}
  load: {type: number, carries: kind = missile}
  armed: {type: yes-no}
""",
    "systems/s.yaml": """
systems:
  silo: {name: Silo, party: north, class: {kind: silo}}
  old: {name: Old bomber, party: north, class: {kind: bomber, armed: false}}
  new: {name: New bomber, party: north, class: {kind: bomber, armed: true}}
  cruise: {name: Cruise missile, party: north, class: {kind: missile}}
""",
}
ASKED = {"horizon": "1990-12-31", "forces": "1980-01-01"}


def case_of(world: Any, v: dict[str, Any]) -> Any:
    """Silos and old bombers now; new bombers that carry missiles could be added."""
    limits = [
        "{category: silos, where: kind = silo, source: made-up}",
        "{category: bombers, where: kind = bomber, source: made-up}",
        "{category: armed-bombers, where: kind = bomber and armed, source: made-up}",
        "{category: missiles, where: kind = missile, source: made-up}",
        f"{{ceiling: vehicles, on: {{silos: 1, bombers: {v['weight']}}}, at_most: {v['vehicles']}, source: made-up}}",
        f"{{ceiling: armed, on: armed-bombers, at_most: {v['armed']}, source: made-up}}",
    ]
    if v["average"] is not None:
        limits.append(
            "{average: load, of: missiles, per_each: armed-bombers, at_most: "
            f"{v['average']}, source: made-up}}"
        )
    if v["each"] is not None:
        limits.append(
            f"{{qualitative-limit: each, on: bombers, must: load <= {v['each']}, source: made-up}}"
        )
    lines = "".join(f"  - {p}\n" for p in limits)
    converts = "    converts: type = old\n" if v["converts"] else ""
    most = f"    most: {v['most']}\n" if v["most"] is not None else ""
    candidates = (
        "candidates:\n  bomber:\n    title: New bomber\n    party: north\n    system: new\n"
        "    confidence: assumed\n    starts: 1990-01-01\n"
        f"    rate: {v['rate']}\n{converts}    carries: [missile]\n    capacity: {v['capacity']}\n"
        "  missile:\n    title: Missile\n    party: north\n    system: cruise\n"
        f"    source: made-up 1\n{most}"
    )
    return detente.load(
        world.write(
            world.folder("growth"),
            {
                **FILES,
                "inventories/i.yaml": "inventories:\n  n: {party: north, date: 1980-01-01, basis: declared,"
                f" title: n, holdings: [{{system: silo, number: {v['silos']}, source: made-up}},"
                f" {{system: old, number: {v['old']}, source: made-up}}]}}\n",
                "texts/t.yaml": "text: t\ntitle: T\ndate: 1980-01-01\nparties: [north]\n"
                f"counts: declared\nprovisions:\n{lines}",
                "candidates/c.yaml": candidates,
            },
        )
    )


worlds = st.fixed_dictionaries(
    {
        "silos": st.integers(0, 3),
        "old": st.integers(0, 4),
        "vehicles": st.integers(3, 14),
        "weight": st.sampled_from([1, 1, 2, 3]),
        "armed": st.integers(1, 6),
        "rate": st.integers(1, 5),
        "capacity": st.integers(1, 4),
        "converts": st.booleans(),
        "average": st.sampled_from([None, None, 1, 2, 3]),
        "each": st.sampled_from([None, 2, 4]),
        "most": st.sampled_from([None, None, 3, 8]),
    }
)


def brute(v: dict[str, Any]) -> int | None:
    """The most missiles in whole weapons: every number of each tried."""

    def lawful(silos: int, old: int, new: int, missiles: int) -> bool:
        if silos + v["weight"] * (old + new) > v["vehicles"] or new > v["armed"]:
            return False
        if v["average"] is not None and missiles > v["average"] * new:
            return False
        return not (new and v["each"] is not None and v["capacity"] > v["each"])

    kept = [
        s + o for s, o in product(range(v["silos"] + 1), range(v["old"] + 1)) if lawful(s, o, 0, 0)
    ]
    if not kept:
        return None
    must_go = v["silos"] + v["old"] - max(kept)
    best = 0
    for s, o, new in product(range(v["silos"] + 1), range(v["old"] + 1), range(v["rate"] + 1)):
        if v["converts"] and o + new > v["old"]:
            continue
        left = s + o + (new if v["converts"] else 0)
        if left < v["silos"] + v["old"] - must_go:
            continue
        if not must_go and s < v["silos"]:
            continue
        if not must_go and not v["converts"] and o < v["old"]:
            continue
        top = new * v["capacity"] if v["most"] is None else min(new * v["capacity"], v["most"])
        best = max([best, *(m for m in range(top + 1) if lawful(s, o, new, m))])
    return best


@few
@given(worlds)
def test_the_largest_sum(world: Any, v: dict[str, Any]) -> None:
    """The most of what is carried is what trying every number of whole weapons gives."""
    case = case_of(world, v)
    (growth,) = detente.channels(case, "t", **ASKED).growth
    expected = brute(v)
    if expected is None:
        assert growth.must_go is None
        return
    gain = growth.gain("missile")
    assert (gain.now, gain.most, gain.gain) == (0, expected, expected)
    assert gain.unrounded is not None
    assert gain.unrounded >= expected - 1e-6
    made = {p.candidate: p.change for p in gain.parts if p.candidate}
    assert made.get("missile", 0) == expected


@few
@given(worlds)
def test_worths_agree_with_solving_again(world: Any, v: dict[str, Any]) -> None:
    """What one more unit of a ceiling is worth is by how much the sum grows when the text has it."""
    case = case_of(world, v)
    (growth,) = detente.channels(case, "t", **ASKED).growth
    if growth.must_go != 0:
        return  # one more unit also changes what must go
    gain = growth.gain("missile")
    worth = {b.name: b.worth for b in gain.binds if b.what == "limit"}
    for limit in ("vehicles", "armed"):
        (more,) = detente.channels(case_of(world, {**v, limit: v[limit] + 1}), "t", **ASKED).growth
        grown = more.gain("missile").unrounded
        assert grown is not None
        assert gain.unrounded is not None
        assert grown - gain.unrounded == pytest.approx(worth.get(limit, 0), abs=1e-5)


def test_without_end(world: Any) -> None:
    """What nothing but the text limits, and the text does not, grows without end."""
    v = {"silos": 1, "old": 1, "vehicles": 9, "weight": 1, "armed": 5, "rate": 2, "capacity": 3,
         "converts": False, "average": None, "each": None, "most": None}  # fmt: skip
    case = case_of(world, v)
    gain = detente.channels(case, "t", **ASKED).growth[0].gain("missile")
    assert (gain.most, gain.endless) == (6, ())
    free = case.folder / "candidates/c.yaml"
    text = free.read_text("utf-8").replace("    carries: [missile]\n    capacity: 3\n", "")
    free.write_text(text, encoding="utf-8")
    gain = detente.channels(detente.load(case.folder), "t", **ASKED).growth[0].gain("missile")
    assert (gain.most, gain.gain, gain.endless) == (None, None, ("Missile",))


def test_a_load_is_counted_once(world: Any) -> None:
    """A carrier whose source counts its load is worth what it is given to carry, and no more."""
    v = {"silos": 1, "old": 1, "vehicles": 9, "weight": 1, "armed": 5, "rate": 2, "capacity": 3,
         "converts": False, "average": None, "each": None, "most": None}  # fmt: skip
    case = case_of(world, v)
    world.write(
        case.folder,
        {
            "attributes/w.yaml": "attributes:\n  warheads: {type: number}\n",
            "systems/s.yaml": FILES["systems/s.yaml"]
            .replace("{kind: bomber, armed: true}", "{kind: bomber, armed: true, warheads: 3}")
            .replace("{kind: missile}", "{kind: missile, warheads: 1}"),
            "lenses/l.yaml": "measures:\n  warheads: {title: Warheads, unit: w, formula: n,"
            " each: [{powers: {warheads: 1}}], source: made-up}\n",
        },
    )
    growth = detente.channels(detente.load(case.folder), "t", **ASKED).growth[0]
    assert growth.gain("missile").most == 6
    gain = growth.gain("warheads")
    assert (gain.most, gain.not_measured) == (6, ())


def test_what_is_asked_for_and_not_there(world: Any) -> None:
    """Unknown programmes, predicates that cannot be read and cases without candidates are refused."""
    v = {"silos": 1, "old": 1, "vehicles": 9, "weight": 1, "armed": 5, "rate": 2, "capacity": 3,
         "converts": False, "average": None, "each": None, "most": None}  # fmt: skip
    case = case_of(world, v)
    for asked, code in (
        ({"programme": "all-out"}, "E321"),
        ({**ASKED, "keep": "kind = tank"}, "E405"),
        ({"horizon": "soon"}, "E604"),
    ):
        with pytest.raises(Refused) as refused:
            detente.channels(case, "t", **{"forces": "1980-01-01", **asked})
        assert [p.code for p in refused.value.problems] == [code]
    (case.folder / "candidates/c.yaml").unlink()
    with pytest.raises(Refused, match="no candidates"):
        detente.channels(detente.load(case.folder), "t", **ASKED)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("    confidence: assumed\n", ""), "has no source"),
        (("starts: 1990-01-01", "starts: eif"), "needs a calendar date"),
        (("    starts: 1990-01-01\n", ""), "needs the date it starts from"),
        (("    capacity: 3\n", ""), "the key 'capacity' is missing"),
        (("carries: [missile]", "carries: [bomber]"), "carries something itself"),
        (("rate: 2", "rate: {value: 2, sauce: made-up}"), "unknown key 'sauce' in a figure"),
        (("rate: 2", "rate: {value: -2}"), "cannot be negative"),
        (("rate: 2", "rate: two"), "must be a number"),
        (("rate: 2", "rate: {value: 2, confidence: sure}"), "is not a confidence"),
        (("rate: 2", "rate: {value: 2, source: nowhere 3}"), "unknown source 'nowhere'"),
        (("system: new", "system: newer"), "unknown system 'newer'"),
    ],
)
def test_mistakes_in_candidates(world: Any, change: tuple[str, str], message: str) -> None:
    """Mistakes are reported where they stand."""
    v = {"silos": 1, "old": 1, "vehicles": 9, "weight": 1, "armed": 5, "rate": 2, "capacity": 3,
         "converts": False, "average": None, "each": None, "most": None}  # fmt: skip
    path = case_of(world, v).folder / "candidates/c.yaml"
    text = path.read_text("utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    problems = [p for p in detente.check(path.parent.parent).problems if message in p.message]
    assert problems, message
    assert problems[0].place.file.endswith("candidates/c.yaml")
    assert problems[0].place.line > 1
