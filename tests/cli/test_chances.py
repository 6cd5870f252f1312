"""`count` and `compare` over scenarios as their users type them."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from detente.cli.group import cli

ROOT = Path(__file__).parents[2]
FOUNDING = str(ROOT / "cases" / "vladivostok-1977")
ASKED = ("count", FOUNDING, "--text", "salt-ii-1979", "--forces", "1977-02-25")
IN_1981 = (*ASKED, "--at", "1981-01-01", "--scenarios", "2000")


def run(*arguments: str) -> Result:
    """One command in this process."""
    found = CliRunner().invoke(cli, list(arguments), env={"COLUMNS": "100", "NO_COLOR": "1"})
    assert found.exception is None or isinstance(found.exception, SystemExit), found.output
    return found


def test_count_over_scenarios() -> None:
    """The US aggregate hangs on the stored bombers; what is certain is said to be so."""
    found = run(*IN_1981)
    assert found.exit_code == 0
    assert "over 2,000 scenarios" in found.output
    assert "seed 0 · triangular" in found.output
    (us,) = re.findall(r"Aggregate of delivery.*US +2,250.*", found.output)
    assert re.search(r"6\d\.\d % \(6\d\.\d–6\d\.\d\)", us)
    (ussr,) = re.findall(r"Aggregate of delivery.*USSR +2,250.*", found.output)
    assert ussr.rstrip().endswith("always") or "always" in ussr
    assert "These hang on nothing but whether weapons count" in found.output
    assert "63 of 92 provisions are computed" in found.output
    assert max(map(len, found.output.splitlines())) <= 100


def test_the_same_seed_prints_the_same() -> None:
    """Two runs are equal to the letter; another seed, another curve or all together differ."""
    first = run(*IN_1981).output
    assert run(*IN_1981, "--seed", "0").output == first
    for other in (("--seed", "1"), ("--distribution", "pert"), ("--together",)):
        assert run(*IN_1981, *other).output != first


def test_as_data(tmp_path: Path) -> None:
    """JSON keeps the shape of a count; CSV has one row a limit and party."""
    data = json.loads(run(*IN_1981, "--format", "json").output)
    assert data["scenarios"]["n"] == 2000
    row = next(x for x in data["limits"] if (x["limit"], x["party"]) == ("aggregate", "US"))
    assert row["counted"] == {"low": 2201, "best": 2284, "high": 2284}
    over = next(v for v in row["chance"]["verdicts"] if v["verdict"] == "over")
    assert over["low"] < over["share"] < over["high"]
    assert sum(v["share"] for v in row["chance"]["verdicts"]) == pytest.approx(1)
    (move,) = row["chance"]["moved_by"]
    assert (move["low"], move["high"], move["turns"]) == (2201, 2284, True)
    rows = list(csv.DictReader(io.StringIO(run(*IN_1981, "--format", "csv").output)))
    assert len(rows) == len(data["limits"])
    (us,) = [r for r in rows if (r["limit"], r["party"]) == ("aggregate", "US")]
    assert float(us["broken"]) == over["share"]
    target = tmp_path / "chances.md"
    assert run(*IN_1981, "--format", "md", "-o", str(target)).exit_code == 0
    assert "| Aggregate of delivery vehicles | US |" in target.read_text(encoding="utf-8")


def test_the_picture(tmp_path: Path) -> None:
    """One SVG: the ends of each range, the figures at both, the limit, the sources."""
    target = tmp_path / "tornado.svg"
    found = run(*IN_1981, "--picture", str(target))
    assert found.output == f"Written: {target}\n"
    root = ElementTree.fromstring(target.read_text(encoding="utf-8"))
    words = " ".join(t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text"))
    for said in ("175 to 258", "2,201", "2,284 ◄", "at most 2,250", "us-1977-salt", "limit"):
        assert said in words
    width = float(root.attrib["viewBox"].split()[2])
    for rect in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(rect.attrib["x"]) >= 0
        assert float(rect.attrib["x"]) + float(rect.attrib["width"]) <= width


def test_no_picture_of_what_is_certain(tmp_path: Path) -> None:
    """The US alone in November 1978 has no range: refused, with the reason."""
    target = tmp_path / "tornado.svg"
    asked = ("count", FOUNDING, "--text", "salt-ii-1979", "--forces", "1978-11-01", "--party", "US")
    found = run(*asked, "--scenarios", "10", "--picture", str(target))
    assert found.exit_code == 2
    assert "there is no picture of it" in found.output
    assert not target.exists()


def test_compare_over_scenarios() -> None:
    """Texts side by side on the same draws: Vladivostok never broken by the US, SALT II often."""
    asked = ("compare", FOUNDING, "vladivostok-1974", "salt-ii-1979", "--forces", "1977-02-25")
    found = run(*asked, "--at", "1981-01-01", "--scenarios", "2000")
    assert found.exit_code == 0
    assert "chance that a limit is broken" in found.output
    assert re.search(r"salt-ii-1979 +6\d\.\d %", found.output)
    data = json.loads(
        run(*asked, "--at", "1981-01-01", "--scenarios", "2000", "--format", "json").output
    )
    assert len({t["draws"] for t in data["scenarios"]["texts"]}) == 1
    option = next(
        x
        for x in data["scenarios"]["limits"]
        if (x["limit"], x["party"], x["text"]) == ("aggregate", "US", "salt-ii-1979")
    )
    assert option["change"] == option["newly_broken"] == option["broken"]
    assert option["newly_kept"] == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--scenarios", "0"), "the number of scenarios lies between 1 and 100,000,000"),
        (("--scenarios", "10", "--seed", "-3"), "a seed cannot be negative"),
        (("--scenarios", "10", "--unknown", "2"), "a chance lies between 0 and 1"),
        (("--scenarios", "10", "--unknown", "su_ssn=0.5"), "unknown system 'su_ssn'"),
        (("--scenarios", "10", "--unknown", "much"), "'much' is not a number"),
        (("--scenarios", "10", "--weigh", "2"), "--weigh takes CLAIMANT=WEIGHT"),
        (("--scenarios", "10", "--weigh", "nobody=2"), "nobody of the name 'nobody' makes a claim"),
        (("--scenarios", "10", "--distribution", "normal"), "'normal' is not one of"),
        (("--seed", "3"), "--seed goes with --scenarios N"),
        (("--together",), "--together goes with --scenarios N"),
        (("--picture", "x.svg"), "--picture goes with --scenarios N"),
        (("--scenarios", "10", "--trace"), "--scenarios takes one view, and no --trace"),
    ],
)
def test_what_is_refused(options: tuple[str, ...], said: str) -> None:
    """Exit 2 with a reason, no traceback."""
    found = run(*ASKED, *options)
    assert found.exit_code == 2
    assert said in found.output
