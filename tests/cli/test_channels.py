"""`detente channels` as its users type it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from detente.cli.group import cli

FOUNDING = str(Path(__file__).parents[2] / "cases" / "vladivostok-1977")
LETTERS = ("--text", "us-letter-1977-02-14", "--against", "ussr-letter-1977-02-25")


def run(*arguments: str) -> Result:
    """The command in this process."""
    call = ["channels", FOUNDING, *arguments]
    found = CliRunner().invoke(cli, call, env={"COLUMNS": "100", "NO_COLOR": "1"})
    assert found.exception is None or isinstance(found.exception, SystemExit), found.output
    return found


def test_json() -> None:
    """The documented shape."""
    data = json.loads(run(*LETTERS, "--horizon", "1985", "--format", "json").output)
    assert (data["text"], data["against"]) == ("us-letter-1977-02-14", "ussr-letter-1977-02-25")
    by_id = {c["id"]: c for c in data["channels"]}
    assert len(by_id) == len(data["channels"])
    for c in by_id.values():
        assert {"id", "kind", "witness", "why", "parties", "box", "predicate", "close"} <= set(c)
        assert c["witness"].get("kind") == c["of"]
        assert c["why"]
    assert [c for c in by_id if by_id[c]["status"] == "opened"] == data["opened"] != []
    assert [c for c in by_id if by_id[c]["status"] == "closed"] == data["closed"] != []
    assert set(data["growth"]) == {"us-letter-1977-02-14", "ussr-letter-1977-02-25"}
    for growths in data["growth"].values():
        assert {g["party"] for g in growths} == {"US", "USSR"}


def test_table_and_one_channel() -> None:
    """What is opened and closed first, then how each could be closed; one channel in full."""
    shown = run(*LETTERS).output
    heads = ("Opened", "Closed", "Open under both", "How each could be closed", "Not computed")
    places = [shown.index(f"\n{h}\n") for h in heads]
    assert places == sorted(places)
    one = run(*LETTERS, "--channel", "medium-bomber-su-tu22m-type").output
    assert "How it could be closed" in one
    assert "refused by USSR" in one
    assert "Gryphon" not in one
    rows = list(csv.DictReader(io.StringIO(run(*LETTERS, "--format", "csv").output)))
    assert {r["status"] for r in rows} == {"opened", "closed", "stays"}


def test_growth_says_what_was_said() -> None:
    """The argument of 1975: what it was said to come to, and what it is by its own numbers."""
    shown = " ".join(
        run("--text", "vladivostok-1974@us", "--programme", "argument-1975").output.split()
    )
    assert "said to come to about 11,000" in shown
    assert "by its own numbers it is 12,480" in shown


def test_picture(tmp_path: Path) -> None:
    """Against another text: which weapons each leaves open, as SVG; of one text there is none."""
    path = tmp_path / "open.svg"
    assert run(*LETTERS, "--picture", str(path)).exit_code == 0
    svg = path.read_text(encoding="utf-8")
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert "GLCM" in svg
    found = run("--text", "us-letter-1977-02-14", "--picture", str(tmp_path / "no.svg"))
    assert found.exit_code == 2
    assert "only against another text" in found.output
    assert not (tmp_path / "no.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--text", "salt-iii"), "salt-ii-1979"),
        (("--text", "salt-ii-1979", "--against", "salt-iii"), "salt-ii-1979"),
        (("--text", "salt-ii-1979@sovjet"), "view"),
        (("--text", "salt-ii-1979", "--party", "USR"), "did you mean 'USSR'?"),
        (("--text", "salt-ii-1979", "--channel", "slcmm"), "no channel 'slcmm'"),
        (("--text", "salt-ii-1979", "--programme", "argument"), "argument-1975"),
        (("--text", "salt-ii-1979", "--horizon", "soon"), "--horizon"),
        (("--text", "salt-ii-1979", "--horizon", "1985", "--keep", "knd = ICBM"), "knd"),
        (("--text", "salt-ii-1979", "--at", "1.1.79"), "--at"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered(arguments: tuple[str, ...], said: str) -> None:
    """Refused with the nearest name, not with a traceback."""
    found = run(*arguments)
    assert found.exit_code == 2
    assert said in " ".join(found.output.split())
