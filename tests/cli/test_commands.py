"""The commands as their users type them: output, formats, exit codes, files."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import detente
from detente.cli.group import cli
from detente.cli.main import COMMANDS, help_text
from detente.model.amounts import Amount

ROOT = Path(__file__).parents[2]
FOUNDING = str(ROOT / "cases" / "vladivostok-1977")


def run(*arguments: str) -> Result:
    """One command in this process."""
    found = CliRunner().invoke(cli, list(arguments), env={"COLUMNS": "100", "NO_COLOR": "1"})
    assert found.exception is None or isinstance(found.exception, SystemExit), found.output
    return found


def test_help_names_every_command() -> None:
    """`detente --help` lists what there is; each command has a help of its own."""
    for name in COMMANDS:
        assert f"  {name}" in help_text()
        assert "Usage:" in run(name, "--help").output


def test_started_as_a_program() -> None:
    """The installed entry point answers, and an unknown command gets the nearest name."""
    program = [
        sys.executable,
        "-c",
        "from detente.cli.main import main; import sys; sys.exit(main())",
    ]
    done = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout == help_text()
    done = subprocess.run([*program, "cuont"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "did you mean 'count'?" in done.stderr


def test_count_as_json() -> None:
    """The documented shape."""
    found = run(
        "count", FOUNDING, "--text", "salt-ii-1979", "--forces", "1978-11-01", "--format", "json"
    )
    data = json.loads(found.output)
    assert {
        "case",
        "text",
        "at",
        "basis",
        "forces",
        "limits",
        "discrepancies",
        "not_computed",
    } <= set(data)
    assert (data["case"], data["text"], data["at"]) == (
        "vladivostok-1977",
        "salt-ii-1979",
        "1978-11-01",
    )
    assert data["basis"] == "salt_launchers"
    assert data["forces"] == {"US": "us-1978-salt", "USSR": "ussr-1978-salt"}
    row = next(x for x in data["limits"] if (x["limit"], x["party"]) == ("aggregate", "USSR"))
    keys = {"limit", "title", "party", "counted", "at_most", "excess", "headroom", "verdict"}
    assert keys | {"in_force", "sources"} <= set(row)
    assert row["counted"] == {"low": 2504, "best": 2504, "high": 2504}
    assert (row["excess"], row["headroom"], row["verdict"]) == (104, 0, "over")
    assert row["in_force"] == "never"
    assert row["sources"]
    assert all({"what", "declared", "computed", "why"} <= set(d) for d in data["discrepancies"])
    assert all(n["why"] for n in data["not_computed"])


def test_count_as_csv_and_markdown() -> None:
    """A table for a spreadsheet, and one for a paper."""
    common = ("count", FOUNDING, "--text", "vladivostok-1974", "--forces", "1978-11-01")
    rows = list(csv.DictReader(io.StringIO(run(*common, "--format", "csv").output)))
    assert {r["party"] for r in rows} == {"US", "USSR"}
    assert (
        next(r for r in rows if r["limit"] == "aggregate" and r["party"] == "USSR")["excess"]
        == "104"
    )
    assert "| Aggregate of delivery vehicles |" in run(*common, "--format", "md").output


def test_trace_goes_to_the_line() -> None:
    """From a figure to rule, inventory line and source; the line is really there."""
    found = run(
        "count", FOUNDING, "--text", "salt-ii-1979", "--forces", "1978-11-01", "--party", "US", "--trace",
        "--format", "json",
    )  # fmt: skip
    data = json.loads(found.output)
    for row in data["limits"]:
        for part in row["contributions"]:
            name, line, _ = part["line"].rsplit(":", 2)
            text = Path(name).read_text(encoding="utf-8").splitlines()[int(line) - 1]
            assert part["system"] in text
            assert part["source"]
    shown = run(
        "count", FOUNDING, "--text", "salt-ii-1979", "--forces", "1978-11-01", "--trace"
    ).output
    assert "Trace" in shown
    assert "inventories/1978.yaml:" in shown.replace("\n", "").replace(" ", "")


def test_only_one_party() -> None:
    """`--party` keeps to one side; an unknown one is refused with the nearest name."""
    found = run(
        "count", FOUNDING, "--text", "salt-ii-1979", "--forces", "1978-11-01", "--party", "US"
    )
    assert "USSR" not in found.output.split("Figures that part")[0].split("\nlimit")[1]
    found = run(
        "count", FOUNDING, "--text", "salt-ii-1979", "--forces", "1978-11-01", "--party", "USR"
    )
    assert found.exit_code == 2
    assert "did you mean" in found.output


def test_explain() -> None:
    """Why a system counts where it does, with the facts and their sources."""
    found = run("explain", FOUNDING, "su_ss19_m2", "--text", "salt-ii-1979")
    assert found.exit_code == 0
    assert "suh_2022" in found.output
    data = json.loads(
        run("explain", FOUNDING, "su_ss19_m2", "--text", "salt-ii-1979", "--format", "json").output
    )
    category = {c["category"]: c["member"] for c in data["categories"]}
    assert category["mirv-icbm-launcher"] == "yes"
    assert category["heavy-icbm"] == "no"


def test_compare_three_texts() -> None:
    """Three options side by side, in all formats."""
    common = (
        "compare", FOUNDING, "vladivostok-1974", "us-deferral-1977-03", "us-comprehensive-1977-03",
        "salt-ii-1979", "--forces", "1977-02-25",
    )  # fmt: skip
    assert run(*common).exit_code == 0
    data = json.loads(run(*common, "--format", "json").output)
    assert data["options"] == ["us-deferral-1977-03", "us-comprehensive-1977-03", "salt-ii-1979"]
    excess = {
        m["text"]: m["excess"]
        for m in data["measures"]
        if (m["limit"], m["party"]) == ("aggregate", "USSR")
    }
    assert excess == {
        "vladivostok-1974": 107,
        "us-deferral-1977-03": 207,
        "us-comprehensive-1977-03": 507,
        "salt-ii-1979": 107,
    }
    assert run(*common, "--format", "csv").output.count("\n") > 20
    assert "| measure, under |" in run(*common, "--format", "md").output
    assert "<td colspan" in run(*common, "--format", "html").output


def test_compare_says_what_enters_and_leaves() -> None:
    """Clauses changed let weapons in, found in cells, with the real ones among them."""
    found = detente.compare(detente.load(FOUNDING), "vladivostok-1974", "agreed-by-1976-02")
    change = found.changes[0]
    mirv = next(m for m in change.limits if m.name == "mirv")
    assert "su_ss19_m2" in mirv.systems_enter
    assert any(b.kind == "heavy_bomber" for b in mirv.enters)
    assert not mirv.leaves
    fields = {p.provision.id: p.fields for p in change.of("changed")}
    assert "where" in {f for f, _, _ in fields["mirved-missile"]}


def test_a_text_compared_with_itself() -> None:
    """Nothing changes."""
    found = run("compare", FOUNDING, "salt-ii-1979", "salt-ii-1979")
    assert "Nothing." in found.output


def test_texts_lists_what_is_computed() -> None:
    """Every text with what is not computed and why."""
    data = json.loads(run("texts", FOUNDING, "--format", "json").output)
    assert len(data["texts"]) > 35
    for text in data["texts"]:
        assert {"id", "date", "status", "provisions", "computed", "not_computed"} <= set(text)
        assert text["provisions"] - text["computed"] == len(text["not_computed"])


def test_brief_writes_whole_files(tmp_path: Path) -> None:
    """The HTML page stands by itself; the Markdown has the same numbers."""
    found = run("brief", FOUNDING, "--out", str(tmp_path / "out"))
    assert found.exit_code == 0
    page = (tmp_path / "out/vladivostok-1977.html").read_text(encoding="utf-8")
    paper = (tmp_path / "out/vladivostok-1977.md").read_text(encoding="utf-8")
    for figure in ("2,284", "2,504", "104 over", "254 over", "34 over"):
        assert figure in page
        assert figure in paper
        assert figure.split()[0] in found.output
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert 'src="' not in page
    assert not [p.name for p in (tmp_path / "out").iterdir() if p.name.startswith(".")]


def test_new_case_works(tmp_path: Path) -> None:
    """What `detente new` lays out is sound, counts, and is not overwritten."""
    folder = str(tmp_path / "talks")
    assert run("new", folder).exit_code == 0
    checked = run("check", folder)
    assert checked.exit_code == 0
    assert "error" not in checked.output
    counted = run("count", folder, "--text", "proposal", "--forces", "1980-01-01")
    assert "20 over" in counted.output
    again = run("new", folder)
    assert again.exit_code == 2
    assert "E603" in again.output


def test_inventory_goes_out_and_comes_back(tmp_path: Path) -> None:
    """`export` and `import` both ways: the same holdings."""
    case = tmp_path / "talks"
    run("new", str(case))
    table = tmp_path / "south.csv"
    run("export", "inventory", str(case), "south-1980", "--output", str(table))
    common = ("--case", str(case), "--party", "south", "--date", "1981-01-01", "--basis", "treaty")
    done = run("import", "inventory", str(table), "--id", "south-1981", *common)
    assert done.exit_code == 0
    loaded = detente.load(case)
    a, b = (loaded.inventories[n].holdings for n in ("south-1980", "south-1981"))
    assert [(h.system, h.number, h.source) for h in a] == [
        (h.system, h.number, h.source) for h in b
    ]
    again = run("import", "inventory", str(table), "--id", "south-1981", *common)
    assert again.exit_code == 2


def test_attributes_and_spans_go_out_and_come_back(tmp_path: Path) -> None:
    """A line's own attributes too: spans, words, yes and no, days; semicolons and quotes are read."""
    case = tmp_path / "talks"
    run("new", str(case))
    with (case / "attributes/attributes.yaml").open("a", encoding="utf-8") as f:
        f.write("  rolled_out: {type: date}\n  heavy: {type: yes-no}\n")
    table = tmp_path / "t.csv"
    table.write_text(
        "system;number;source;range_km;rolled_out;heavy;note\n"
        'n_long;"1,200";data-base;5000-5800;1979-05;true;"two; more"\n'
        "n_short;3;data-base;;never;false;\n",
        encoding="utf-8-sig",
    )
    common = ("--case", str(case), "--party", "north", "--date", "1981-01-01", "--basis", "treaty")
    assert run("import", "inventory", str(table), "--id", "first", *common).exit_code == 0
    out = tmp_path / "out.csv"
    assert run("export", "inventory", str(case), "first", "--output", str(out)).exit_code == 0
    assert run("import", "inventory", str(out), "--id", "second", *common).exit_code == 0
    loaded = detente.load(case)
    first, second = (loaded.inventories[n].holdings for n in ("first", "second"))
    assert [dict(h.attributes) for h in first] == [dict(h.attributes) for h in second]
    assert first[0].number == second[0].number == Amount(1200, 1200, 1200)
    assert first[0].note == second[0].note == "two; more"
    assert str(dict(first[1].attributes)["rolled_out"]) == "never"


@pytest.mark.parametrize(
    ("line", "code", "place"),
    [
        ("n_lang,5,data-base", "E302", "2:1"),
        ("n_long,5.5,data-base", "E212", "2:8"),
        ("n_long,-5,data-base", "E211", "2:8"),
        ("n_long,5,data-bose", "E304", "2:10"),
        ("n_long,five,data-base", "E203", "2:8"),
        ("n_long,5", "E202", "2:1"),
        ("n_long,,data-base", "E202", "2:8"),
        ("n_long,1.200,data-base", "E212", "2:8"),
        ("n_long,5,data-base,far", "E203", "2:20"),
        ("n_long,5,data-base,9000-5000", "E213", "2:20"),
        ("n_long,5,data-base,,tank", "E405", "2:21"),
        ("n_long,5,data-base,,,", "E203", "2:22"),
    ],
)
def test_table_with_mistakes(tmp_path: Path, line: str, code: str, place: str) -> None:
    """Mistakes in a spreadsheet have row and column, and nothing is written."""
    case = tmp_path / "talks"
    run("new", str(case))
    table = tmp_path / "t.csv"
    table.write_text(f"system,number,source,range_km,kind\n{line}\n", encoding="utf-8")
    done = run(
        "import", "inventory", str(table), "--id", "x", "--case", str(case), "--party", "north",
        "--date", "1981-01-01", "--basis", "treaty",
    )  # fmt: skip
    assert done.exit_code == 2
    assert f"error {code}" in done.output
    assert f"t.csv:{place}" in done.output.replace("\n", "")
    assert not (case / "inventories/x.yaml").exists()


def test_schemas_accept_what_is_shipped(tmp_path: Path) -> None:
    """The JSON Schemas that editors use are written, one a kind of file."""
    done = run("schema", "--out", str(tmp_path / "schemas"))
    assert done.exit_code == 0
    names = {p.name for p in (tmp_path / "schemas").iterdir()}
    assert {"case.schema.json", "texts.schema.json", "systems.schema.json"} <= names
    for path in (tmp_path / "schemas").glob("*.schema.json"):
        json.loads(path.read_text(encoding="utf-8"))


def test_results_in_python() -> None:
    """A result prints itself, shows itself in a notebook, gives a table and JSON."""
    case = detente.load(FOUNDING)
    result = detente.count(case, text="salt-ii-1979", forces="1978-11-01")
    assert "2,504" in str(result)
    assert "<table" in result._repr_html_()
    assert json.loads(result.to_json())["text"] == "salt-ii-1979"
    frame = result.to_frame()
    assert frame[(frame.limit == "aggregate") & (frame.party == "USSR")].excess.item() == 104


def test_twice_the_same() -> None:
    """Same files, same answer."""
    arguments = ("count", FOUNDING, "--text", "salt-ii-1979", "--forces", "1978-11-01", "--trace")
    assert run(*arguments).output == run(*arguments).output
