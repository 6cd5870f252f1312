"""Whatever is wrong with a case is said at its place, with exit code 2; never a traceback.

Each mistake is made in a copy of the small case. What a problem points at is compared with the
text that was meant to be pointed at.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from detente.cli.group import cli
from detente.reading import yaml_file
from detente.reading.yaml_file import read_yaml_text

SMALL = Path(__file__).parents[1] / "data" / "small"
CASE, TREATY, PROPOSAL = "case.yaml", "texts/treaty.yaml", "texts/proposal.yaml"
SYSTEMS, INVENTORIES = "systems/systems.yaml", "inventories/inventories.yaml"
ATTRIBUTES = "attributes/attributes.yaml"
HEADER = "case: s\ntitle: S\nparties: {north: {title: N}}\n"


@dataclass
class Answer:
    """What a command printed, and its exit code."""

    code: int
    output: str

    @property
    def problems(self) -> list[dict[str, Any]]:
        """The problems of `--format json`."""
        found: list[dict[str, Any]] = json.loads(self.output)["problems"]
        return found

    def pointed_at(self, code: str) -> list[str]:
        """What the first places of the problems of a code point at: text, or a file's name."""
        return [pointed_at(p["places"][0]) for p in self.problems if p["code"] == code]


def pointed_at(place: dict[str, Any]) -> str:
    """The text that a place points at, or the file's name when it means the whole file."""
    if not place["line"]:
        return str(place["file"])
    line = Path(place["file"]).read_text(encoding="utf-8", errors="replace").split("\n")
    start = place["column"] - 1
    return line[place["line"] - 1][start : start + place["length"]]


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder that can be read."""
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def run(*arguments: str) -> Answer:
    """The command in this process; whatever it raises comes through, but for its exit."""
    before = tree(Path.cwd())
    result = CliRunner().invoke(cli, list(arguments), prog_name="detente")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    if result.exit_code:
        assert tree(Path.cwd()) == before, "a refused command wrote something"
    return Answer(result.exit_code, result.output)


def check(folder: str = "case") -> Answer:
    """`detente check` as JSON."""
    return run("check", folder, "--format", "json")


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small case, in the current directory."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SMALL, tmp_path / "case")
    return Path("case")


def edit(file: Path, old: str, new: str) -> None:
    """Put new text in the place of old, or at the end where there is no old."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")


def test_small_case_is_valid(case: Path) -> None:
    """The case that everything here spoils is without fault."""
    answer = run("check", "case", "--strict")
    assert (answer.code, answer.output[:19]) == (0, "Two parties, made u")
    assert run("count", "case", "--text", "treaty", "--forces", "1980-01-01").code == 0
    assert run("compare", "case", "--help").code == 0
    assert run("brief", "case").code == 0


# --- folders and files ----------------------------------------------------------------------------
def test_no_such_folder(case: Path) -> None:
    """The nearest folder is named."""
    answer = check("cas")
    assert (answer.code, answer.pointed_at("E101")) == (2, ["cas"])
    assert answer.problems[0]["hint"] == "did you mean 'case'?"


@pytest.mark.parametrize("name", ["x" * 5000, "a/b/c", "case/case.yaml/x", ""])
def test_no_folder_of_any_name(case: Path, name: str) -> None:
    """No name of a folder is too odd to be refused."""
    answer = check(name)
    assert answer.code == 2
    assert {p["code"] for p in answer.problems} <= {"E101", "E113"}


def test_file_instead_of_folder(case: Path) -> None:
    """A file of a case is no case."""
    answer = check("case/case.yaml")
    assert (answer.code, answer.pointed_at("E102")) == (2, ["case/case.yaml"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_that_may_not_be_read(case: Path) -> None:
    """Permission denied is a problem of that file."""
    (case / SYSTEMS).chmod(0)
    answer = check()
    assert (answer.code, answer.pointed_at("E103")) == (2, [f"case/{SYSTEMS}"])


@pytest.mark.parametrize("file", [CASE, SYSTEMS, TREATY])
def test_folder_instead_of_file(case: Path, file: str) -> None:
    """A folder of a file's name is a file that cannot be read."""
    (case / file).unlink()
    (case / file).mkdir()
    answer = check()
    assert (answer.code, answer.pointed_at("E103")) == (2, [f"case/{file}"])


@pytest.mark.parametrize(("file", "code"), [(CASE, "E113"), (SYSTEMS, "E103"), (TREATY, "E103")])
def test_broken_link(case: Path, file: str, code: str) -> None:
    """A link to nowhere is a file that cannot be read; case.yaml is not there at all."""
    (case / file).unlink()
    (case / file).symlink_to("nowhere")
    answer = check()
    assert answer.code == 2
    assert answer.pointed_at(code) == ["case" if file == CASE else f"case/{file}"]


@pytest.mark.parametrize("file", [CASE, SYSTEMS, TREATY])
def test_not_utf8(case: Path, file: str) -> None:
    """The byte is named and found."""
    (case / file).write_bytes((case / file).read_bytes() + b"# caf\xe9\n")
    answer = check()
    assert answer.code == 2
    assert answer.pointed_at("E104") == ["\N{REPLACEMENT CHARACTER}"]
    assert any("0xe9" in p["message"] for p in answer.problems)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "~\n", "\ufeff"])
def test_empty_case(case: Path, text: str) -> None:
    """A case.yaml that says nothing is an empty case."""
    (case / CASE).write_text(text, encoding="utf-8")
    answer = check()
    assert (answer.code, answer.pointed_at("E113")) == (2, ["case/case.yaml"])


def test_folder_without_a_case(case: Path) -> None:
    """An empty folder is an empty case."""
    Path("empty").mkdir()
    answer = check("empty")
    assert (answer.code, answer.pointed_at("E113")) == (2, ["empty"])


# --- bounded time and memory ----------------------------------------------------------------------
def bounded(folder: Path, seconds: int = 20, megabytes: int = 700) -> Answer:
    """`detente check` in a process of its own that may not take more processor time or memory.

    A process that waits for something is ended too, later: the machine may have more to do.
    """

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from detente.cli.main import main; sys.exit(main())",
            "check",
            str(folder),
            "--format",
            "json",
        ],
        capture_output=True,
        text=True,
        timeout=20 + 5 * seconds,
        preexec_fn=limit,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert "Traceback" not in done.stderr
    return Answer(done.returncode, done.stdout)


@pytest.mark.parametrize("file", [CASE, SYSTEMS])
def test_file_of_50_megabytes(case: Path, file: str) -> None:
    """A file that is too large is not read at all."""
    with (case / file).open("r+b") as opened:
        opened.truncate(50_000_000)
    answer = bounded(case, 10, 400)
    assert (answer.code, answer.pointed_at("E106")) == (2, [f"case/{file}"])


def bomb(levels: int = 9, copies: int = 9) -> str:
    """Aliases of aliases: 9 ** 9 values in half a kilobyte."""
    lines = ["a0: &a0 x\n"]
    for i in range(1, levels + 1):
        lines.append(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * copies)}]\n")
    return "".join(lines)


def test_small_alias_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    """Aliases may not expand without bound; one problem says so, at one of them."""
    monkeypatch.setattr(yaml_file, "MAX_NODES", 1000)
    _, problems = read_yaml_text(bomb(), "f")
    assert [p.code for p in problems] == ["E107"]
    assert problems[0].place.line


@pytest.mark.slow
def test_alias_bomb(case: Path) -> None:
    """The same at the real bound, within bounds of time and memory."""
    edit(case / CASE, "", bomb())
    answer = bounded(case)
    assert answer.code == 2
    assert len(answer.pointed_at("E107")) == 1


@pytest.mark.parametrize(
    "text", ["a: &a [*a]\n", "a: &a {b: *a}\n", "a: &a [[*a], {b: *a}]\n"], ids=repr
)
def test_alias_inside_itself(case: Path, text: str) -> None:
    """An alias that stands inside what it names has no value."""
    edit(case / CASE, "", text)
    answer = check()
    assert answer.code == 2
    assert answer.pointed_at("E107")


@pytest.mark.parametrize("text", ["[" * 5000, "[" * 99 + "]" * 99, "- " * 5000 + "a", "? " * 5000])
def test_nested_beyond_bounds(case: Path, text: str) -> None:
    """Depth is bounded, in every style."""
    (case / SYSTEMS).write_text(text, encoding="utf-8")
    answer = check()
    assert answer.code == 2
    assert "E107" in {p["code"] for p in answer.problems}


@pytest.mark.slow
def test_named_pipe(case: Path) -> None:
    """What is no plain file is not read."""
    os.mkfifo(case / "sources/pipe.yaml")
    assert bounded(case, 3).pointed_at("E103") == ["case/sources/pipe.yaml"]


def test_device(case: Path) -> None:
    """What is no plain file is not read, whatever size it says it has."""
    (case / "sources/zero.yaml").symlink_to("/dev/zero")
    assert bounded(case).pointed_at("E103") == ["case/sources/zero.yaml"]


@pytest.mark.slow
def test_many_merge_markers(case: Path) -> None:
    """A megabyte and a half of `=======` is no reason to take minutes."""
    (case / SYSTEMS).write_text("=======\n" * 200_000, encoding="utf-8")
    assert bounded(case, 5).code == 2


@pytest.mark.slow
def test_many_unknown_names(case: Path) -> None:
    """Two thousand mistyped keys of two thousand sources."""
    sources = "".join(f"  source-number-{i}: {{title: T}}\n" for i in range(2000))
    systems = "".join(
        f"  s{i}: {{name: S, party: north, facts: [{{warheads: 1, source: sorce-numbr-{i}x}}]}}\n"
        for i in range(2000)
    )
    edit(case / "sources/sources.yaml", "", sources)
    edit(case / SYSTEMS, "", systems)
    assert len(bounded(case, 10).pointed_at("E304")) == 2000


@pytest.mark.slow
def test_many_values(case: Path) -> None:
    """A file just below the bound of size is read within bounds too."""
    (case / "sources/more.yaml").write_text(f"sources: [{'a,' * 3_900_000}]\n", encoding="utf-8")
    assert bounded(case, 20, 1000).code == 2


def test_many_values_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many values are called that, when no alias is in the file."""
    monkeypatch.setattr(yaml_file, "MAX_NODES", 1000)
    _, problems = read_yaml_text(f"[{'a,' * 1001}]", "f")
    assert [p.code for p in problems] == ["E107"]
    assert "alias" not in problems[0].message


# --- mistakes, one by one -------------------------------------------------------------------------
MISTAKES: dict[str, tuple[str, str, str, str, str | None]] = {
    # name: (file, old, new, code, what is pointed at)
    "yaml-syntax": (CASE, "title: Two", "title: x: Two", "E105", ":"),
    "yaml-tab": (CASE, "  north", "\tnorth", "E105", "\t"),
    "yaml-undefined-alias": (CASE, "Two parties, made up\np", "*nope\np", "E105", "*"),
    "yaml-control-character": (CASE, "Two", "Two \x07", "E105", "\x07"),
    "yaml-quote-not-closed": (SYSTEMS, "North Bomber", "'North Bomber", "E105", None),
    "merge-markers": (
        TREATY,
        "    at_most: [",
        "<<<<<<< ours\n    at_most: 1\n=======\n    at_most: 2\n>>>>>>> theirs\n    was: [",
        "E108",
        "<<<<<<<",
    ),
    "unknown-key-case": (CASE, "zones:", "zone:", "E201", "zone"),
    "unknown-key-party": (CASE, "title: Northland", "titel: Northland", "E201", "titel"),
    "unknown-key-system": (SYSTEMS, "party: north", "partie: north", "E201", "partie"),
    "unknown-key-holding": (INVENTORIES, "number: 130", "nubmer: 130", "E201", "nubmer"),
    "unknown-key-text": (TREATY, "counts:", "count:", "E201", "count"),
    "unknown-key-provision": (TREATY, "within:", "inside:", "E201", "inside"),
    "unknown-key-step": (TREATY, "from: 1981", "form: 1981", "E201", None),
    "unknown-key-change": (PROPOSAL, "at_most: 120", "at_moist: 120", "E201", "at_moist"),
    "missing-key-text": (TREATY, "date: 1979-06\n", "", "E202", "t"),
    "missing-key-provision": (TREATY, "    on: vehicles\n", "", "E202", None),
    "missing-key-where": (TREATY, "    where: kind = missile and range > 5500 km\n", "", "E202", None),
    "missing-source": (TREATY, "    source: made-up 6.6\n", "", "E202", None),
    "duplicate-key": (INVENTORIES, "number: 130", "number: 130\n        number: 140", "E109", "number"),
    "duplicate-key-flow": (CASE, "title: Northland", "title: N, title: M", "E109", "title"),
    "empty-key": (CASE, "south:", "~:", "E110", "~"),
    "key-is-a-list": (CASE, "  south:", "  [south]:", "E110", "[south]"),
    "value-missing-in-flow": (CASE, "{title: Northland}", "{title}", "E203", "}"),
    "wrong-type-title": (CASE, "title: Two parties, made up", "title: 5", "E203", "5"),
    "wrong-type-parties": (CASE, "{title: Northland}", "Northland", "E203", "Northland"),
    "wrong-type-yes-no": (SYSTEMS, "mirved: true", "mirved: yes", "E203", "yes"),
    "wrong-type-number": (SYSTEMS, "range_km: 9000", "range_km: far", "E203", "far"),
    "wrong-type-holding": (INVENTORIES, "number: 100", "number: many", "E203", "many"),
    "wrong-type-boolean": (INVENTORIES, "number: 100", "number: true", "E203", "true"),
    "wrong-type-infinite": (INVENTORIES, "number: 100", "number: 1e999", "E212", "1e999"),
    "wrong-type-provision": (TREATY, "long-missile: 1", "long-missile: [1]", "E203", None),
    "unknown-word": (ATTRIBUTES, "type: date", "type: day", "E204", "day"),
    "unknown-confidence": (SYSTEMS, "flown: 1970-05-01", "confidence: sure", "E204", "sure"),
    "negative-holding": (INVENTORIES, "number: 100", "number: -100", "E211", "-100"),
    "fractional-holding": (INVENTORIES, "number: 100", "number: 99.5", "E212", "99.5"),
    "low-above-best": (INVENTORIES, "low: 40, best: 50", "low: 60, best: 50", "E213", None),
    "low-above-high": (SYSTEMS, "low: 8000", "low: 9900", "E213", "{low: 9900, high: 9500}"),
    "impossible-date": (TREATY, "1979-06\n", "1979-06-31\n", "E210", "1979-06-31"),
    "impossible-month": (INVENTORIES, "1980-01-01", "1980-13", "E210", "1980-13"),
    "no-date": (SYSTEMS, "1970-05-01", "spring 1970", "E210", "spring 1970"),
    "period-backwards": (TREATY, "to: 1989", "to: 1969", "E214", "{from: 1979-07-01, to: 1969-06-30}"),
    "steps-backwards": (TREATY, "{value: 160}", "{value: 160, from: 1985}", "E214", None),
    "unknown-kind": (TREATY, "- ceiling:", "- roof:", "E215", None),
    "unknown-party": (SYSTEMS, "party: north", "party: nord", "E301", "nord"),
    "unknown-party-of-text": (TREATY, "[north, south]", "[north, sooth]", "E301", "sooth"),
    "unknown-system": (INVENTORIES, "system: s_long", "system: s_lang", "E302", "s_lang"),
    "unknown-system-predicate": (TREATY, "kind = bomber}", "type = n_bombr}", "E302", "n_bombr"),
    "unknown-source": (SYSTEMS, "source: made-up 1", "source: mad-up 1", "E304", "mad-up 1"),
    "unknown-source-provision": (TREATY, "made-up 6.6", "mad-up 6.6", "E304", "mad-up 6.6"),
    "unknown-basis": (INVENTORIES, "basis: launchers", "basis: missiles", "E305", "missiles"),
    "unknown-attribute": (SYSTEMS, "warheads: 3", "warhaeds: 3", "E306", "warhaeds"),
    "unknown-attribute-weight": (TREATY, "long-missile: warheads", "long-missile: loads", "E306", None),
    "unknown-zone": (INVENTORIES, "zone: border", "zone: order", "E307", "order"),
    "unknown-text": (PROPOSAL, "based_on: treaty", "based_on: treety", "E308", "treety"),
    "unknown-provision": (PROPOSAL, "drops: [border]", "drops: [order]", "E309", "order"),
    "unknown-provision-change": (PROPOSAL, "n: aggregate", "n: agregate", "E309", "agregate"),
    "unknown-category": (TREATY, "{long-missile: 1,", "{long-missle: 1,", "E310", None),
    "unknown-library": (CASE, "zones:", "uses: [no-library]\nzones:", "E311", "no-library"),
    "unknown-reading": (CASE, "{bomber: south}", "{bomber: east}", "E314", "east"),
    "defined-twice": (TREATY, "- obligation: notice", "- obligation: border", "E303", "border"),
    "predicate-unreadable": (TREATY, "5500 km\n", "5500 km km\n", "E401", "km"),
    "predicate-unknown-attribute": (TREATY, "range > 5500", "rnage > 5500", "E402", "rnage"),
    "predicate-unknown-category": (TREATY, "not long-missile", "not long-misile", "E402", "long-misile"),
    "predicate-unknown-unit": (TREATY, "5500 km\n", "5500 leagues\n", "E403", "5500 leagues"),
    "predicate-no-unit": (TREATY, "5500 km\n", "5500\n", "E404", "5500"),
    "predicate-wrong-unit": (TREATY, "5500 km\n", "5500 kg\n", "E404", "5500 kg"),
    "predicate-unknown-value": (TREATY, "kind = missile", "kind = mistle", "E405", "mistle"),
    "number-against-word": (TREATY, "range > 5500 km\n", "range > bomber\n", "E406", "bomber"),
    "word-against-number": (TREATY, "kind = missile", "kind = 5", "E406", "5"),
    "word-in-order": (TREATY, "kind = missile and", "kind > missile and", "E406", "kind > missile"),
    "number-without-comparison": (TREATY, "range > 5500 km\n", "range\n", "E406", "range"),
    "limit-on-nothing": (TREATY, "on: vehicles", "on: vehicels", "E501", "vehicels"),
    "category-in-its-own-circle": (
        TREATY,
        "where: kind = missile and",
        "where: not long-missile and",
        "E312",
        "long-missile",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(case: Path, name: str) -> None:
    """One mistake: its code, at its place, on the line where it was made."""
    file, old, new, code, offending = MISTAKES[name]
    edit(case / file, old, new)
    answer = check()
    assert answer.code == 2
    places = [p["places"][0] for p in answer.problems if p["code"] == code]
    place = next((x for x in places if x["file"] == f"case/{file}"), None)
    assert place, answer.problems
    assert place["line"]
    assert place["column"]
    if offending is not None:
        assert pointed_at(place) == offending
    human = run("check", "case").output
    assert f"error {code}: " in human
    assert f"{place['file']}:{place['line']}:{place['column']}" in human


def test_all_in_one_run(case: Path) -> None:
    """Mistakes in different files are reported together, in the order of the files."""
    chosen = ["unknown-key-party", "negative-holding", "unknown-attribute", "impossible-month"]
    for name in chosen:
        file, old, new, _, _ = MISTAKES[name]
        edit(case / file, old, new)
    edit(case / CASE, "titel", "title")
    problems = check().problems
    assert [p["code"] for p in problems] == ["E210", "E211", "E306"]


def test_circle_of_categories(case: Path) -> None:
    """Categories that define each other in a circle: every station is shown."""
    edit(case / TREATY, "", "  - {category: c1, where: not c2, source: made-up}\n")
    edit(case / TREATY, "", "  - {category: c2, where: c3 or mirved, source: made-up}\n")
    edit(case / TREATY, "", "  - {category: c3, where: c1, source: made-up}\n")
    answer = check()
    (problem,) = (p for p in answer.problems if p["code"] == "E312")
    assert sorted(pointed_at(p) for p in problem["places"]) == ["c1", "c2", "c3"]


def test_circle_of_texts(case: Path) -> None:
    """Texts that rest on each other in a circle."""
    edit(case / TREATY, "title:", "based_on: proposal\ntitle:")
    assert "E312" in {p["code"] for p in check().problems}


def test_circle_of_zones(case: Path) -> None:
    """A zone inside itself."""
    edit(case / CASE, "{title: The border}", "{within: near}\n  near: {within: border}")
    answer = check()
    assert (answer.code, set(answer.pointed_at("E312"))) == (2, {"border", "near"})


def test_stray_comma(case: Path) -> None:
    """A comma too many in a flow mapping is found where it stands."""
    edit(case / CASE, "{title: Northland}", "{title: Northland, , }")
    answer = check()
    assert (answer.code, answer.pointed_at("E105")) == (2, [","])


def test_stray_comma_is_explained(case: Path) -> None:
    """A comma too many, or a stray colon, is called by its name."""
    edit(case / CASE, "{title: Northland}", "{title: Northland, , }")
    assert "comma" in check().problems[0]["hint"]


def test_no_place_twice(case: Path) -> None:
    """One place is shown once."""
    edit(case / CASE, "{title: Northland}", "{title: Northland, , }")
    places = [(x["line"], x["column"]) for x in check().problems[0]["places"]]
    assert len(places) == len(set(places))


# --- YAML 1.2 -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "NO",
        "no",
        "on",
        "off",
        "yes",
        "Y",
        "12:30:00",
        "1:30",
        "0x10",
        "0o7",
        "1_000",
        ".inf",
        ".nan",
        "1979-06-18",
        "1979-06",
        "=",
        "<<",
        "-",
        "+",
        ".",
        "1e",
        "0b1",
        "1.2.3",
        "tRUE",
    ],
)
def test_text_stays_text(text: str) -> None:
    """What is no number, boolean or null by YAML 1.2 stays text, as a value and as a key."""
    if text != "-":
        assert read_yaml_text(f"a: {text}\n{text}: a\n", "f")[0][0].value == {"a": text, text: "a"}
    assert read_yaml_text(f"a: '{text}'", "f")[0][0].value == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("010", 10),
        ("-5", -5),
        ("+5", 5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("'5'", "5"),
        ('"~"', "~"),
    ],
)
def test_scalars(text: str, value: object) -> None:
    """Numbers, booleans and null by YAML 1.2; anything in quotes is text."""
    (document,), problems = read_yaml_text(f"a: {text}", "f")
    assert document.value == {"a": value}
    assert type(document.value["a"]) is type(value)
    assert not problems


def test_country_code_and_switch(case: Path) -> None:
    """A party called NO and a category called on."""
    text = "".join((case / f).read_text(encoding="utf-8") for f in (CASE, SYSTEMS))
    assert "NO" not in text
    edit(case / CASE, "zones:", "  NO: {title: Nowhere}\nzones:")
    edit(case / SYSTEMS, "", "  NO_long: {name: on, party: NO}\n")
    edit(case / TREATY, "", "  - {category: on, where: party = NO, source: made-up}\n")
    edit(case / TREATY, "", "  - {ban: off, on: on, source: made-up}\n")
    assert check().problems == []


# --- nothing half-written -------------------------------------------------------------------------
@pytest.mark.parametrize(
    "command",
    [
        ["count", "case", "--text", "treaty", "--forces", "1980-01-01", "--output", "kept.txt"],
        ["texts", "case", "--output", "kept.txt"],
        ["brief", "case", "--out", "out"],
        ["compile", "case", "--text", "treaty", "--output", "new/kept.txt"],
    ],
    ids=lambda c: c[0],
)
def test_a_case_with_errors_writes_nothing(case: Path, command: list[str]) -> None:
    """A refused command leaves what is there and makes nothing new (see `run`)."""
    Path("kept.txt").write_text("kept\n", encoding="utf-8")
    edit(case / TREATY, "on: vehicles", "on: vehicels")
    answer = run(*command)
    assert answer.code == 2
    assert "E501" in answer.output
    assert not Path("out").exists()
    assert not Path("new").exists()


@pytest.mark.parametrize(
    "output", ["case", "case/case.yaml/x", "/proc/nowhere/x", "x" * 300], ids=lambda o: o[:20]
)
def test_output_that_cannot_be_written(case: Path, output: str) -> None:
    """An output that cannot be written is a problem; no temporary file is left."""
    answer = run("texts", "case", "--output", output)
    assert answer.code == 2
    assert "E603" in answer.output


@pytest.mark.parametrize(
    "name",
    [
        "small.html",
        pytest.param(
            "small.md",
        ),
    ],
)
def test_all_files_or_none(case: Path, name: str) -> None:
    """Where one file of several cannot be written, none is (see `run`)."""
    (Path("out") / name / "full").mkdir(parents=True)
    assert run("brief", "case", "--out", "out").code == 2
    assert [p.name for p in Path("out").iterdir()] == [name]


# --- mistakes that once crashed or were passed over ------------------------------------------------
CRASHES: dict[str, tuple[str, str, str, str]] = {
    "replaces-a-number: TypeError": (TREATY, "    rule: Notice", "    replaces: 5\n    rule: Notice", "check"),
    "provision-with-key-id: KeyError": (TREATY, "    rule: Notice", "    id: other\n    rule: Notice", "check"),
    "change-of-key-id: KeyError": (PROPOSAL, "at_most: 120", "id: other", "check"),
    "library-of-a-long-name: OSError": (CASE, "zones:", f"uses: [{'a' * 300}]\nzones:", "check"),
    "fraction-of-400-digits: ValueError": (TREATY, "> 5500 km\n", f"> {'9' * 400}.5 km\n", "check"),
    "chain-of-2000-categories: RecursionError": (
        TREATY,
        "",
        "".join(f"  - {{category: c{i}, where: c{i + 1}, source: made-up}}\n" for i in range(2000))
        + "  - {category: c2000, where: mirved, source: made-up}\n",
        "check",
    ),
    "chain-of-400-texts: RecursionError": (
        TREATY,
        "",
        "".join(
            f"---\ntext: t{i}\ntitle: T\ndate: 1980\nbased_on: t{i + 1}\n" for i in range(400)
        )
        + "---\ntext: t400\ntitle: T\ndate: 1980\nbased_on: treaty\n",
        "check",
    ),
    "year-beyond-9999: ValueError": (
        TREATY,
        "    on: vehicles",
        "    deadline: signature + 9999 years\n    on: vehicles",
        "count case --text treaty --forces 1980-01-01",
    ),
    "groups-in-a-circle: RecursionError": (
        TREATY,
        "    rule: Notice",
        "    to: [a]\n    rule: Notice",
        "count case --text treaty --forces 1980-01-01",
    ),
    "huge-weight: OverflowError": (
        TREATY,
        "bomber: 1}",
        "bomber: 1e300}",
        "count case --text treaty --forces 1980-01-01",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CRASHES)
def test_crash(case: Path, name: str) -> None:
    """No traceback, whatever is written: the command answers, or refuses with problems."""
    file, old, new, command = CRASHES[name]
    if "groups" in name:
        edit(case / CASE, "zones:", "groups: {a: [b], b: [a]}\nzones:")
    if "huge" in name:
        edit(case / INVENTORIES, "{low: 40, best: 50, high: 55}", "1e300")
    edit(case / file, old, new)
    answer = check() if command == "check" else run(*command.split())
    assert answer.code in (0, 2)


GIVES = "  - {attribution: a, sets: *, table: {?: 3}, source: made-up}\n"
SILENT: dict[str, tuple[str, str, str, str]] = {
    "a case without parties": (CASE, "  north: {title: Northland}\n  south: {title: Southland}\nz", "  {}\nz", "E113"),
    "a second document in case.yaml": (CASE, "", "---\nnonsense: 1\n", "E201"),
    "a ceiling below nothing": (PROPOSAL, "at_most: 120", "at_most: -120", "E211"),
    "a negative weight": (TREATY, "bomber: 1}", "bomber: -1}", "E211"),
    "within a limit that is not there": (TREATY, "within: aggregate", "within: agregate", "E309"),
    "a bound for an unknown party": (TREATY, "{north: 400,", "{nort: 400,", "E301"),
    "a weight that is a word": (TREATY, "long-missile: warheads", "long-missile: kind", "E406"),
    "attribution of an unknown attribute": (TREATY, "", GIVES.replace("*", "loads").replace("?", "n_long"), "E306"),
    "attribution to an unknown system": (TREATY, "", GIVES.replace("*", "warheads").replace("?", "n_lang"), "E302"),
    "attribution of a word": (TREATY, "", GIVES.replace("*", "kind").replace("?", "n_long"), "E406"),
    "an unknown party in a text's group": (TREATY, "counts:", "groups: {both: [nort, south]}\ncounts:", "E301"),
    "an inventory dated from entry into force": (INVENTORIES, "1980-01-01", "eif", "E210"),
    "a library without a name": (CASE, "zones:", "uses: ['']\nzones:", "E311"),
    "a tag of YAML's own": (CASE, "Two parties, made up", "!!python/name:os.system x", "E111"),
    "a tag that makes text of a number": (CASE, "Two parties, made up", "!!str 5", "E111"),
    "a date that does not exist, in a predicate": (TREATY, "range > 5500 km\n", "flown > 1979-02-30\n", "E210"),
    "a fraction for a year, in a predicate": (TREATY, "range > 5500 km\n", "flown > 1979.5\n", "E406"),
    "an operator for a name": (TREATY, "range > 5500 km\n", "and mirved\n", "E401 at and"),
    "groups in a circle": (CASE, "zones:", "groups: {a: [b], b: [a]}\nzones:", "E312"),
}  # fmt: skip


@pytest.mark.parametrize("name", SILENT)
def test_silence(case: Path, name: str) -> None:
    """Mistakes that are passed over in silence, or reported as something else."""
    file, old, new, code = SILENT[name]
    code, _, offending = code.partition(" at ")
    edit(case / file, old, new)
    answer = check()
    assert code in {p["code"] for p in answer.problems}
    if offending:
        assert answer.pointed_at(code) == [offending]


def test_no_follow_on_errors(case: Path) -> None:
    """A mistake in a text is not a mistake in those that rest on it."""
    edit(case / TREATY, "", "  - hello\n")
    assert [p["code"] for p in check().problems] == ["E203"]


def test_output_below_a_file(case: Path) -> None:
    """The message says what is wrong with the place."""
    assert "Not a directory" in run("texts", "case", "--output", "case/case.yaml/x").output


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "offending"),
    [
        (TREATY, "    rule: Notice", "    amends: [notise]\n    rule: Notice", "E309", "notise"),
        (INVENTORIES, "zone: border", "taken_as: [{category: bombr, source: made-up}]", "E310", "bombr"),
        (TREATY, "on: vehicles", "on: {long-missile: 1, bombr: 1}", "E501", "bombr"),
        (TREATY, "from: 1981", "form: 1981", "E201", "form"),
        (INVENTORIES, "low: 40", "low: -40", "E211", "-40"),
        (TREATY, "kind = bomber}", '"kind in {bomber, bombr}"}', "E405", "bombr"),
        (TREATY, "- ceiling:", "- roof:", "E215", "roof"),
    ],
    ids=["amends", "taken-as", "tally", "step", "amount", "word-of-a-set", "kind"],
)  # fmt: skip
def test_place_is_the_word_itself(
    case: Path, file: str, old: str, new: str, code: str, offending: str
) -> None:
    """The place is the offending word itself, not the thing around it."""
    edit(case / file, old, new)
    assert check().pointed_at(code) == [offending]
