"""The pages say what the program does: outputs, generated pages, examples, commands, links."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from detente.analyses.count import count
from detente.cli.group import cli
from detente.cli.main import COMMANDS
from detente.model.problem_codes import CODES
from detente.model.provisions import KINDS
from detente.reading.case_reader import load
from detente.reading.predicates import Resolver, parse
from detente.reading.schemas import schemas

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FOUNDING = ROOT / "cases" / "vladivostok-1977"
HOW_TO = DOCS / "how-to-write-a-case.md"


def _generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("detente_docs", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["detente_docs"] = module
    spec.loader.exec_module(module)
    return module


generate = _generate()
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md"])
WRITTEN = [p for p in PAGES if p.name not in generate.GENERATED]
RENEW = "the page is out of date: run python docs/generate.py"


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def outside_fences(text: str) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"(?ms)^(`{3,})[^\n`]*\n.*?^\1$", "", text)


# --- outputs ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", WRITTEN, ids=lambda p: p.name)
def test_outputs_are_what_the_commands_print(page: Path) -> None:
    """Every block that shows a command's output shows what it prints now."""
    for block in generate.blocks(text_of(page)):
        assert block.shown == block.actual, f"{block.spec}: {RENEW}"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda p: p.name)
def test_every_comment_has_its_block(page: Path) -> None:
    """A comment such as `run:` or `file:` that no block follows would never be refreshed."""
    text = text_of(page)
    comments = len(re.findall(r"<!-- (?:run|file|provisions|compiled)\b", text))
    assert comments == len(generate.BLOCK.findall(text))


@pytest.mark.parametrize("name", sorted(generate.GENERATED))
def test_generated_pages_are_up_to_date(name: str) -> None:
    """`provisions.md` and `problems.md` are what the code and its samples give."""
    assert text_of(DOCS / name) == generate.GENERATED[name](), RENEW


def test_cut_and_from(tmp_path: Path) -> None:
    """A long answer is cut, and the cut is shown."""
    whole = generate.run("detente problems", tmp_path).splitlines()
    cut = generate.run("detente problems | head 3", tmp_path).splitlines()
    assert cut == [*whole[:3], f"… {len(whole) - 3} more lines"]
    later = generate.run("detente problems | from E401 | head 1", tmp_path).splitlines()
    assert later[0] == "…"
    assert later[1].startswith("E401")
    assert later[2].endswith("more lines")


@pytest.mark.parametrize(
    "spec", ["ls", "detente problems | from nowhere", "detente problems E000", "detente a | sort"]
)
def test_what_cannot_be_run_is_refused(spec: str, tmp_path: Path) -> None:
    """Other programs, commands that fail and filters that find nothing stop the generation."""
    with pytest.raises(generate.Stale):
        generate.run(spec, tmp_path)


# --- generated pages -------------------------------------------------------------------------------
def test_every_kind_and_code_has_its_place() -> None:
    """Each kind of provision has a section with an example, each code a section with a sample."""
    provisions, problems = text_of(DOCS / "provisions.md"), text_of(DOCS / "problems.md")
    for kind in KINDS:
        section = provisions.split(f"\n## {kind.kind}\n")[1].split("\n## ")[0]
        assert f"\n- {kind.kind}: " in section
    for code, (title, remedy) in CODES.items():
        section = problems.split(f"\n### {code}: {title}\n")[1].split("\n### ")[0]
        assert remedy in section
        assert f" {code}: " in section


@pytest.mark.parametrize("kind", [k.kind for k in KINDS])
def test_examples_of_provisions_work(kind: str, tmp_path: Path) -> None:
    """Each example loads without a problem and its text can be counted."""
    case = generate.load_example(kind, tmp_path)
    result = count(case, "example", "1980-01-01")
    assert any(p.kind == kind for p in case.texts["example"].provisions)
    assert result.limits


# --- how to write a case ---------------------------------------------------------------------------
def files_of(page: Path) -> Iterator[tuple[str, str]]:
    for found in generate.BLOCK.finditer(text_of(page)):
        if found["what"] == "file":
            yield found["spec"], found["body"]


def test_the_case_of_the_how_to_loads_and_counts(tmp_path: Path) -> None:
    """The files of the page are a whole case without a problem; its counts can be done by hand."""
    for name, body in files_of(HOW_TO):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    loaded = load(tmp_path / "two-states")
    assert loaded.case is not None
    assert not loaded.problems
    treaty = count(loaded.case, "treaty-1984", "1985-01-01")
    north, south = treaty.limit("aggregate", "north"), treaty.limit("aggregate", "south")
    # 100 Arrows and 45 (40 to 50) Kites; 130 Lances, and 20 Darts whose range nobody knows well
    assert (north.counted.low, north.counted.best, north.counted.high) == (140, 145, 150)
    assert (south.counted.low, south.counted.best, south.counted.high) == (130, 130, 150)
    assert treaty.limit("mirv", "north").excess == 100 - 90
    assert treaty.limit("border", "south").counted.best == 20
    proposal = count(loaded.case, "south-1985", "1985-01-01")
    assert proposal.limit("aggregate", "north").excess == 145 - 130
    assert proposal.limit("mirv", "north").counted.best == 145


def test_files_of_the_how_to_are_all_named() -> None:
    """Every block of YAML on the page is a file; nothing is shown that is not loaded."""
    text = text_of(HOW_TO)
    assert len(re.findall(r"(?m)^```yaml$", text)) == len(
        [n for n, _ in files_of(HOW_TO) if n.endswith(".yaml")]
    )


# --- predicates ------------------------------------------------------------------------------------
def predicates() -> list[str]:
    blocks = re.findall(
        r"<!-- predicates -->\n```text\n(.*?)```", text_of(DOCS / "predicates.md"), re.DOTALL
    )
    return [line for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def founding() -> Any:
    return load(FOUNDING).case


def test_predicates_can_be_read(founding: Any) -> None:
    """Every predicate of the page is read without a flaw, with the founding case's attributes."""
    lines = predicates()
    assert len(lines) > 20
    types = {t for s in founding.systems.values() for t in s.types}
    for line in lines:
        tree, flaws = parse(line)
        assert tree is not None, line
        resolver = Resolver(
            founding.attributes, founding.systems, types, founding.parties, founding.zones
        )
        resolver.resolve(tree)
        assert not (*flaws, *resolver.flaws), line


# --- JSON ------------------------------------------------------------------------------------------
# mappings whose keys are names
NAMED = (
    "forces", "views", "values", "witness", "asked", "given",
    "box", "systems", "perhaps", "catches", "beyond", "growth",
    "parties", "forced", "reasons", "members", "rates",
    "options", "all_options", "positions", "outside", "history",
    "lenses", "measures", "sides", "lines", "figures", "not_measured", "not_counted",
    "incomplete",
)  # fmt: skip
JSON_SECTION = re.compile(
    r"((?:<!-- json: [^\n]+ -->\n)+)(?P<text>.*?)(?=\n## |\n<!-- json|\Z)", re.DOTALL
)


def paths(value: Any, path: str = "", last: str = "") -> Iterator[str]:
    """The paths of all keys of an answer, names replaced by a star."""
    if isinstance(value, dict):
        star = last in NAMED or (last == "not_computed" and bool(value))
        for key, inner in value.items():
            at = f"{path}.{'*' if star else key}".lstrip(".")
            yield at
            if star and last == "views":
                continue  # a count in full
            yield from paths(inner, at, "" if star else key)
    elif isinstance(value, list):
        for inner in value:
            yield f"{path}[]"
            yield from paths(inner, f"{path}[]")


def answer(command: str) -> Any:
    with generate.inside(ROOT):
        result = CliRunner().invoke(cli, shlex.split(command)[1:], prog_name="detente")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def documented(text: str) -> dict[str, bool]:
    """The keys in the tables of a section; true where they are there only sometimes."""
    found = {}
    for row in re.findall(r"(?m)^\| (`.*?) \| (.*?) \|$", text):
        for key in re.findall(r"`([^`]+)`", row[0]):
            found[key] = row[1].startswith("sometimes")
    return found


def sections() -> list[tuple[list[str], str]]:
    return [
        (re.findall(r"<!-- json: (.*?) -->", m[1]), m["text"])
        for m in JSON_SECTION.finditer(text_of(DOCS / "json.md"))
    ]


@pytest.mark.parametrize(
    ("commands", "text"), sections(), ids=[c[0].split(" --format")[0] for c, _ in sections()]
)
def test_json_has_the_keys_that_are_documented(commands: list[str], text: str) -> None:
    """Each answer has every documented key, and no key that the page does not name."""
    known = documented(text)
    answers = [answer(c) for c in commands]
    if commands[0].split()[1] == "brief":  # documented as compare's keys and its own
        known |= documented(next(t for c, t in sections() if c[0].split()[1] == "compare"))
        for a in answers:
            a["counts"] = [{} for _ in a["counts"]]
    if "--scenarios" in commands[0]:  # documented as the command's keys without them, and its own
        command = commands[0].split()[1]
        known |= documented(next(t for c, t in sections() if c[0].split()[1] == command))
    real = {p for a in answers for p in paths(a)}
    # an entry is named by its parts: `limits[].limit` tells of `limits[]` and `limits`
    parents = {k[: m.start()] for k in known for m in re.finditer(r"\[\]|\.", k)}
    parents |= {p + "[]" for p in parents if any(k.startswith(p + "[]") for k in known)}
    starred = {k + "[]" for k in known if k.endswith(".*")}
    assert real - known.keys() - parents - starred == set()
    # an empty list says that it has no entries
    must = {k for k, sometimes in known.items() if not sometimes}
    assert {k for k in must - real if k.removesuffix("[]") not in real} == set()


# --- editors ---------------------------------------------------------------------------------------
def test_editor_settings_are_those_that_the_command_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's settings are the file that `detente schema --out schemas` writes."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["schema", "--out", "schemas"])
    assert result.exit_code == 0
    shown = re.search(
        r"<!-- settings -->\n```json\n(.*?)```", text_of(DOCS / "editors.md"), re.DOTALL
    )
    assert shown
    settings = tmp_path / "schemas" / "editor-settings.json"
    assert json.loads(shown[1]) == json.loads(settings.read_text(encoding="utf-8"))
    for path in json.loads(shown[1])["yaml.schemas"]:
        assert (tmp_path / path).is_file()


def test_editor_snippets_name_schemas_that_exist() -> None:
    """Every schema file that the page names is one that the command writes."""
    named = set(re.findall(r"schemas/(\w+)\.schema\.json", text_of(DOCS / "editors.md")))
    assert named == set(schemas())


def test_json_in_pages_is_json() -> None:
    """Every block of JSON in the pages can be read."""
    for page in PAGES:
        for block in re.findall(r"(?ms)^```json\n(.*?)^```$", text_of(page)):
            json.loads(block)


# --- commands and links ----------------------------------------------------------------------------
def shell_lines() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for block in re.findall(r"(?ms)^```(?:sh|bash|shell)\n(.*?)^```$", text_of(page)):
            found += [(page.name, line) for line in block.splitlines() if line.strip()]
    return found


@pytest.mark.parametrize(("page", "line"), shell_lines())
def test_shell_lines_are_known_commands(page: str, line: str) -> None:
    """Every line of shell in the pages is a detente command with known options, or a make target."""
    words = shlex.split(line, comments=True)
    if not words:
        return
    if words[0] == "make":
        targets = set(re.findall(r"(?m)^([a-z]+):", text_of(ROOT / "Makefile")))
        assert words[1:], line
        assert set(words[1:]) <= targets
        return
    assert Path(words[0]).name == "detente", line
    assert words[1] in COMMANDS
    command = cli.get_command(None, words[1])  # type: ignore[arg-type]
    assert command is not None
    command.make_context(words[1], words[2:], resilient_parsing=False)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as site builders make them."""
    found = set()
    for heading in re.findall(r"(?m)^#{1,6} (.+)$", outside_fences(text_of(page))):
        plain = re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-"))
    return found


def links() -> list[tuple[Path, str]]:
    return [
        (page, target)
        for page in PAGES
        for target in re.findall(r"\]\(([^)\s]+)\)", outside_fences(text_of(page)))
        if not re.match(r"[a-z]+:", target)
    ]


@pytest.mark.parametrize(("page", "target"), links(), ids=lambda x: getattr(x, "name", x))
def test_links_point_somewhere(page: Path, target: str) -> None:
    """Every link inside the project points to a file that is there, and to a heading in it."""
    name, _, anchor = target.partition("#")
    other = (page.parent / name).resolve() if name else page
    assert other.is_file(), f"{page.name}: {target}"
    if anchor:
        assert anchor in anchors(other), f"{page.name}: {target}"


def test_every_page_stands_in_the_navigation() -> None:
    """The site's navigation holds every page of docs/, and no other."""
    import tomllib

    site = tomllib.loads(text_of(ROOT / "zensical.toml"))["project"]

    def pages(nav: Any) -> Iterator[str]:
        for item in nav if isinstance(nav, list) else nav.values():
            if isinstance(item, str):
                yield item
            else:
                yield from pages(item)

    assert sorted(pages(site["nav"])) == sorted(p.name for p in DOCS.glob("*.md"))
