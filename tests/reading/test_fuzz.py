"""Nothing that is written in a file or a predicate raises, hangs, or is reported out of place.

Each property runs in a short profile always and in a long one marked `slow`.
"""

from __future__ import annotations

import copy
import dataclasses
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.analyses.check import check_case
from detente.model.problem import Problem
from detente.model.problem_codes import CODES
from detente.model.provisions import KINDS
from detente.model.systems import Attribute
from detente.reading import shapes
from detente.reading.case_reader import load
from detente.reading.predicates import Resolver, parse
from detente.reading.yaml_file import read_yaml, read_yaml_text
from detente.report.problems import to_gnu, to_human, to_json

SMALL = Path(__file__).parents[1] / "data" / "small"
FILES = {
    p.relative_to(SMALL).as_posix(): p.read_text(encoding="utf-8")
    for p in sorted(SMALL.rglob("*.yaml"))
}

PLAIN = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def profiles(short: int, long: int, milliseconds: int, of: Any) -> Callable[[Any], Any]:
    """A test by property, run with few examples always and with many when slow tests run."""

    def make(test: Any) -> Any:
        @pytest.mark.parametrize(
            "examples", [short, pytest.param(long, marks=pytest.mark.slow)], ids=["short", "long"]
        )
        def run(examples: int) -> None:
            profile = settings(
                max_examples=examples,
                deadline=timedelta(milliseconds=milliseconds),
                suppress_health_check=PLAIN,
                derandomize=examples == short,
                database=None,
            )

            @profile
            @given(of)
            def property_(example: Any) -> None:
                test(example)

            property_()

        run.__doc__ = test.__doc__
        return run

    return make


def sound(
    problems: tuple[Problem, ...] | list[Problem], lines: dict[str, int] | None = None
) -> None:
    """Problems have known codes, words, places that exist, and can be printed in every form."""
    for p in problems:
        assert p.code in CODES
        assert p.message
        assert p.severity == ("warning" if p.code.startswith("W") else "error")
        for place in p.places:
            assert place.line >= 0
            assert bool(place.line) == bool(place.column)
            if lines is not None and place.file in lines:
                assert place.line <= lines[place.file] + 1
    assert to_json(problems)
    assert to_gnu(problems).count("[E") + to_gnu(problems).count("[W") >= len(problems)
    assert "Traceback" not in to_human(problems)


# --- read_yaml ------------------------------------------------------------------------------------
PIECES = st.sampled_from(
    [
        "a",
        "b",
        "NO",
        "12:30:00",
        "1e999",
        "-5",
        "~",
        "null",
        "''",
        '"',
        "'",
        ":",
        ": ",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        "&a ",
        "*a",
        "*b",
        "!",
        "!!str ",
        "!x ",
        "|\n",
        ">-\n",
        "#",
        " #",
        "\n",
        "\n  ",
        "\n    ",
        "\t",
        "\r",
        "\n---\n",
        "\n...\n",
        "%YAML 1.1\n",
        "<<: ",
        "@",
        "`",
        "%",
        "<<<<<<<\n",
        "\n=======\n",
        "\n>>>>>>> x\n",
        "\ufeff",
        "\x00",
        "\x85",
        "\u2028",
        "é",
        "😀",
    ]
)
YAMLISH = st.one_of(
    st.lists(PIECES, max_size=40).map("".join),
    st.text(max_size=200),
    st.text(alphabet="ab:-?[]{},&*!|>'\"#%@` \n", max_size=120),
)


@profiles(300, 8_000, 400, YAMLISH)
def test_any_text_as_yaml(text: str) -> None:
    """Any text gives documents or problems; nothing raises, keys are words, places are in it."""
    documents, problems = read_yaml_text(text, "f.yaml")
    sound(problems, {"f.yaml": len(text.splitlines())})
    for document in documents:
        pending = [document.value]
        while pending:
            value = pending.pop()
            if isinstance(value, dict):
                assert all(isinstance(k, str) for k in value)
                pending += value.values()
            elif isinstance(value, list):
                pending += value
            else:
                assert value is None or isinstance(value, str | int | float | bool)


@profiles(
    100,
    2_000,
    400,
    st.one_of(st.binary(max_size=300), YAMLISH.map(lambda t: t.encode("utf-8", "replace"))),
)
def test_any_bytes_as_a_file(raw: bytes) -> None:
    """Any bytes in a file give documents or problems."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.yaml"
        path.write_bytes(raw)
        _, problems = read_yaml(path, "f.yaml")
    sound(problems)


# --- load -----------------------------------------------------------------------------------------
SCALARS = st.one_of(
    st.sampled_from(
        [
            "",
            "~",
            "true",
            "NO",
            "0",
            "-1",
            "0.5",
            "1e999",
            "1e300",
            "9" * 30,
            "1979-02-30",
            "eif",
            "eif + 10000 years",
            "never",
            "''",
            "north",
            "treaty",
            "launchers",
            "made-up",
            "made-up; ",
            "[]",
            "{}",
            "[[]]",
            "[~]",
            "[1, 2]",
            "{a: 1}",
            "{a: {b: [c]}}",
            "{low: 2, high: 1}",
            "*a",
            "kind = missile",
            "not",
            "(",
            "range > 5 km",
            "long-missile",
            "vehicles",
            "aggregate",
            "{low: 1, best: 2, high: 3}",
            "[{value: 1}]",
            "{claims: [{by: x, value: 1}]}",
            "{as_of: eif}",
            "{first: 1, weight: 1, then: {first: 1, weight: 1, then: 1}}",
            "{assumed: 1980}",
        ]
    ),
    st.integers().map(str),
    st.floats().map(str),
    st.text(max_size=12),
)
KEYS = [
    *sorted(
        {
            part.strip(" -{[").rsplit(" ", 1)[-1].strip("{")
            for text in FILES.values()
            for line in text.splitlines()
            for part in line.split(":")[:-1]
        }
        - {""}
    ),
    "readings",
    "replaces",
    "amends",
    "groups",
    "uses",
    "chooses",
    "to",
    "not_computed",
    "id",
    "by",
]


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, str]:
    """A file of the small case, with one to three lines of it spoiled."""
    name = draw(st.sampled_from(list(FILES)))
    lines = FILES[name].splitlines()
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        i = draw(st.integers(0, len(lines) - 1))
        line = lines[i]
        indent = line[: len(line) - len(line.lstrip(" -"))]
        match draw(st.integers(0, 8)):
            case 0 if len(lines) > 1:
                del lines[i]
            case 1:
                lines.insert(i, line)
            case 2:
                j = draw(st.integers(0, len(lines) - 1))
                lines[i], lines[j] = lines[j], line
            case 3 if ": " in line:
                lines[i] = line.split(": ", 1)[0] + ": " + draw(SCALARS)
            case 4 if ": " in line:
                lines[i] = f"{indent}{draw(st.sampled_from(KEYS))}: {line.split(': ', 1)[1]}"
            case 5:
                lines[i] = line[draw(st.integers(0, 4)) :]
            case 6:
                k = draw(st.integers(0, len(line)))
                lines[i] = line[:k] + draw(PIECES) + line[k:]
            case 7:
                k = draw(st.integers(0, len(line)))
                lines[i] = line[:k]
            case _:
                key = draw(st.sampled_from(KEYS))
                new = f"{indent.replace('-', ' ')}{key}: {draw(SCALARS)}"
                lines.insert(i + 1, new)
    return name, "\n".join(lines) + "\n"


def told(name: str, text: str) -> None:
    """Load and check the small case with one file changed; every problem is sound."""
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case"
        shutil.copytree(SMALL, case)
        (case / name).write_bytes(text.encode("utf-8", "replace"))
        loaded = load(case)
        sound(loaded.problems, {f"{case}/{name}": len(text.splitlines())})
        assert loaded.case is not None or loaded.errors
        checked = check_case(loaded.case, loaded.problems)
        sound(checked.problems)


@profiles(120, 2_500, 3000, changes())
def test_spoiled_case(change: tuple[str, str]) -> None:
    """Lines deleted, doubled, swapped, moved, cut; values and keys put in the place of others."""
    name, text = change
    told(name, text)


def fields_of(*classes: type) -> set[str]:
    """The keys that classes of the model are written with."""
    return {f.name for c in classes for f in dataclasses.fields(c) if f.init}


SHAPES = [c for c in vars(shapes).values() if dataclasses.is_dataclass(c)]
FIELDS = sorted(fields_of(*SHAPES, *KINDS) | {k.kind for k in KINDS} | {"readings"})
VALUES: dict[str, Any] = {
    name: read_yaml_text(text, name)[0][0].value for name, text in FILES.items()
}


def mappings(node: Any) -> list[Any]:
    """All lists and mappings of a file's value."""
    if not isinstance(node, dict | list):
        return []
    inner = node.values() if isinstance(node, dict) else node
    return [node, *(x for i in inner for x in mappings(i))]


def leaves_of(node: Any) -> set[Any]:
    """All scalars of a file's value, and its keys: names that mean something in the case."""
    found = {v for m in mappings(node) if isinstance(m, dict) for v in m}
    for m in mappings(node):
        inner = m.values() if isinstance(m, dict) else m
        found |= {v for v in inner if not isinstance(v, dict | list)}
    return found


NAMES = sorted({x for v in VALUES.values() for x in leaves_of(v)}, key=repr)
LEAVES = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(
        [None, True, 0, 5, -1, 0.5, 1e300, "", "eif + 3 months", "mirved", "not bomber"]
    ),
    st.sampled_from(
        [[], {}, {"by": "x", "value": 1}, {"low": 1, "high": 2}, {"as_of": "1980-01-01"}]
    ),
    st.integers() | st.floats() | st.text(max_size=8),
)
SHAPED = st.one_of(
    LEAVES,
    LEAVES,
    st.lists(LEAVES, max_size=2),
    st.dictionaries(st.sampled_from(FIELDS) | st.sampled_from(NAMES).map(str), LEAVES, max_size=2),
    st.lists(st.dictionaries(st.sampled_from(FIELDS), LEAVES, max_size=3), max_size=2),
)


@st.composite
def values(draw: st.DrawFn) -> tuple[str, str]:
    """A file of the small case with one or two values, anywhere, put in, changed or taken out."""
    name = draw(st.sampled_from([*FILES, *(f for f in FILES if f.startswith("texts/"))]))
    data = copy.deepcopy(VALUES[name])
    for _ in range(draw(st.integers(1, 2))):
        places = [m for m in mappings(data) if m]
        if not places:
            break
        node = draw(st.sampled_from(places))
        key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        match draw(st.integers(0, 3)):
            case 0:
                del node[key]
            case 1 | 2 if isinstance(node, dict):
                node[draw(st.sampled_from(FIELDS))] = copy.deepcopy(draw(SHAPED))
            case _:
                node[key] = copy.deepcopy(draw(SHAPED))
    return name, yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


@profiles(120, 2_500, 3000, values())
def test_values_of_any_shape(change: tuple[str, str]) -> None:
    """Any value under any key: the shapes say what they expect."""
    name, text = change
    told(name, text)


# --- predicates -----------------------------------------------------------------------------------
ATTRIBUTES = {
    a.id: a
    for a in (
        Attribute(id="kind", type="choice", choices=("missile", "bomber")),
        Attribute(id="range_km", type="number"),
        Attribute(id="weight_kg", type="number"),
        Attribute(id="warheads", type="number"),
        Attribute(id="mirved", type="yes-no"),
        Attribute(id="flown", type="date"),
        Attribute(id="maker", type="text"),
    )
}
WORDS = st.sampled_from(
    [
        "kind",
        "range",
        "range_km",
        "weight",
        "warheads",
        "mirved",
        "flown",
        "maker",
        "type",
        "party",
        "state",
        "zone",
        "activity",
        "missile",
        "n_long",
        "long",
        "north",
        "border",
        "yes",
        "no",
        "nope",
        "and",
        "or",
        "not",
        "in",
        "of",
        "any of type",
        "largest",
        "smallest",
        "(",
        ")",
        "{",
        "}",
        ",",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "≤",
        "≥",
        "≠",
        "*",
        "5",
        "5.5",
        "0",
        "km",
        "kg",
        "kt",
        "t",
        "1979",
        "1979-02",
        "1979-02-30",
        "0000-00",
        "true",
        "-",
        "'",
        "é",
        "٣",
        "½",
        "\n",
        "\x00",
        "5km",
        "9" * 309,
        "1" + "0" * 400,
    ]
)


@lru_cache(maxsize=1)
def leaves() -> st.SearchStrategy[str]:
    """Clauses that are nearly right."""
    left = st.sampled_from(
        ["kind", "range", "weight", "mirved", "flown", "type", "party", "warheads"]
    )
    op = st.sampled_from(["=", "!=", "<", ">=", "≤"])
    right = st.sampled_from(
        [
            "missile",
            "5500 km",
            "5 kg",
            "5",
            "yes",
            "1979",
            "1979-02-30",
            "range",
            "range of n_long",
            "2 * range of n_long",
            "largest range of long",
            "2 * 3 * weight",
            "soon",
            "n_long",
            "kind",
        ]
    )
    return st.one_of(
        st.tuples(left, op, right).map(" ".join),
        st.tuples(right, op, left, op, right).map(" ".join),
        left,
        st.sampled_from(
            ["long", "nope", "kind in {missile, x}", "type not in {n_long}", "range in long"]
        ),
    )


PREDICATES = st.one_of(
    st.lists(WORDS, max_size=25).map(" ".join),
    st.text(max_size=100),
    st.recursive(
        leaves(),
        lambda x: st.one_of(
            st.tuples(x, st.sampled_from([" and ", " or "]), x).map("".join),
            x.map(lambda p: f"not {p}"),
            x.map(lambda p: f"({p})"),
            x.map(lambda p: f"any of type ({p})"),
        ),
        max_leaves=30,
    ),
    st.tuples(st.sampled_from(["(", "not ", "2 * ", "mirved and ", "not (", "any of type ("]), st.integers(0, 900))
    .map(lambda t: t[0] * t[1] + "mirved" + ")" * (t[1] if "(" in t[0] else 0)),
)  # fmt: skip


@profiles(400, 10_000, 500, PREDICATES)
def test_any_predicate(text: str) -> None:
    """Any text parses or has flaws, and resolving never raises; flaws stand inside the text."""
    tree, flaws = parse(text)
    assert (tree is None) == bool(flaws)
    found = list(flaws)
    if tree is not None:
        resolver = Resolver(ATTRIBUTES, ["n_long"], [], ["north"], ["border"], ["long"])
        resolver.resolve(tree)
        found += resolver.flaws
    for flaw in found:
        assert flaw.code in CODES
        assert flaw.message
        assert 0 <= flaw.start <= len(text)
        assert flaw.start < flaw.end <= len(text) + 1
    assert parse.__wrapped__(text)[1] == flaws
