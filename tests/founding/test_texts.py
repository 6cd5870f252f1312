"""The texts of the founding case as data: all researched provisions once, flags kept, views apart."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
import yaml

import detente
from detente.model.case import Case

FACTS = list(csv.DictReader((Path(__file__).parent / "facts.csv").open(encoding="utf-8")))
TEXTS = sorted((Path(__file__).parents[2] / "cases/vladivostok-1977/texts").glob("*.yaml"))


def written() -> list[tuple[str, dict[str, object]]]:
    """Every provision and change as it is written, with the text's file."""
    found = []
    for path in TEXTS:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        for item in [*(raw.get("provisions") or []), *(raw.get("changes") or [])]:
            found.append((path.stem, item))
    return found


def test_each_fact_is_in_one_text() -> None:
    """A researched provision is encoded in one text, be it in several provisions of it."""
    texts_of: dict[str, set[str]] = {}
    for text, item in written():
        for fact in item.get("facts") or []:  # type: ignore[attr-defined]
            texts_of.setdefault(str(fact), set()).add(text)
    twice = {f: sorted(t) for f, t in texts_of.items() if len(t) > 1}
    assert not twice
    assert sorted(texts_of) == sorted(f["fact"] for f in FACTS)
    assert len(texts_of) == 256


def test_facts_keep_their_confidence(founding: Case) -> None:
    """What was recalled and not read is marked so in a provision made of it; what was read, as read."""
    marks: dict[str, set[str]] = {}
    for text in founding.texts.values():
        for p in text.provisions:
            for fact in p.facts:
                marks.setdefault(fact, set()).add(p.confidence)
    assert {f["fact"] for f in FACTS if f["confidence"] not in marks[f["fact"]]} == set()


def test_opposed_papers_stand_apart(founding: Case) -> None:
    """One text has one author or is joint: what the research bundles is split by author and date."""
    texts_of: dict[str, set[str]] = {}
    for text, item in written():
        for fact in item.get("facts") or []:  # type: ignore[attr-defined]
            texts_of.setdefault(str(fact), set()).add(text)
    bundles: dict[str, set[str]] = {}
    for f in FACTS:
        bundles.setdefault(f["agreement"], set()).update(texts_of[f["fact"]])
    split = {
        name: sorted(f"{founding.texts[t].by} {founding.texts[t].date}" for t in found)
        for name, found in bundles.items()
        if len(found) > 1
    }
    assert split["letters-1977"] == [
        "US 1977-02-14", "US 1977-03-04", "USSR 1977-02-25", "USSR 1977-03-15"
    ]  # fmt: skip
    assert split["mirv-proposals-1974"] == ["US 1974", "US 1974", "USSR 1974"]
    assert split["post-vladivostok-papers-1975"] == [
        "US 1975-02-06", "US 1975-05-10", "US 1975-09-21", "USSR 1975-07-10"
    ]  # fmt: skip
    assert len(split["steps-1977-1979"]) == 5


def test_proposals_are_changes_to_a_base() -> None:
    """A later paper tells what it alters: only the first ones of a kind stand by themselves."""
    alone = {p.stem for p in TEXTS if "based_on" not in yaml.safe_load(p.read_text("utf-8"))}
    assert alone == {
        "abm-treaty-1972", "interim-agreement-1972", "us-position-1974-10", "ussr-answer-1974-10",
        "us-note-1974-11-13", "vladivostok-1974", "backfire-statement-1979", "salt-ii-1979",
        "salt-ii-protocol-1979", "salt-ii-statements-1979", "salt-ii-package-1979",
        "joint-statement-of-principles-1979",
    }  # fmt: skip


def test_file_names_are_ids() -> None:
    """A newcomer finds a text in the file named after it."""
    for path in TEXTS:
        assert yaml.safe_load(path.read_text(encoding="utf-8"))["text"] == path.stem


def test_flags_are_kept(founding: Case) -> None:
    """What was recalled, not read, says so in the answer."""
    flagged = Counter(p.confidence for t in founding.texts.values() for p in t.provisions)
    assert flagged["recalled"] > 20
    statement = founding.texts["salt-ii-1979"].provision("fractionation")
    tested = founding.texts["salt-ii-1979"].provision("rv-tested")
    assert statement is not None
    assert tested is not None
    assert (statement.confidence, tested.confidence) == ("verified", "recalled")


def test_parties_are_named_in_no_code() -> None:
    """No treaty, party or type stands in the program."""
    source = Path(detente.__file__).parent
    words = ("USSR", "Soviet", "vladivostok", "salt", "minuteman", "backfire", "derazhnya")
    for path in source.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        code = "\n".join(x for x in text.splitlines() if "detente count" not in x)
        for word in words:
            if path.name == "__init__.py" and path.parent == source:
                continue
            assert word.lower() not in code.lower(), f"{word} in {path.name}"


@pytest.mark.parametrize(
    ("view", "counted"),
    [("mirv-in-service", 120), ("mirv-by-missile-type", 156), ("mirv-by-launcher-type", 374)],
)
def test_one_force_under_three_rules(founding: Case, view: str, counted: int) -> None:
    """The Soviet ICBM force of early 1977 counts 120, 156 or 374 (same_force_different_rules)."""
    c = detente.count(founding, text="vladivostok-1974", forces="1977-02-25", view=view)
    assert c.limit("mirv", "USSR").counted.best == counted


def test_backfire_is_a_switch(founding: Case) -> None:
    """Counted or not, by the reading of one provision; the answer names it."""
    seen = detente.count_views(
        founding, "agreed-by-1976-02", "1977-02-25", ["backfire-counted", "backfire-outside"]
    )
    parted = [r for r in seen.rows if r.parts]
    assert [(r.limit, r.party) for r in parted] == [("aggregate", "USSR")]
    counted, outside = (x.counted.best for x in parted[0].under if x)
    assert counted - outside == 95
    assert parted[0].turns_on == ("the reading of backfire-weight: US or USSR",)


def test_the_air_to_surface_clause_is_read_twice(founding: Case) -> None:
    """The aide-memoire's last sentence: ballistic missiles only, or all."""
    p = founding.texts["vladivostok-1974"].provision("long-range-asm")
    assert p is not None
    assert [n for n, _ in p.readings] == ["US", "USSR"]
    classes = {
        view: {
            s
            for c in detente.layout(founding, "vladivostok-1974", view=view).classes.classes
            for s in c.systems
            if "long-range-asm" in c.inside
        }
        for view in ("us", "ussr")
    }
    assert "us_alcm_86b" in classes["ussr"]
    assert not classes["us"]
