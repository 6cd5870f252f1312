"""Every problem code has a sample folder; what it prints is expected to the letter.

A sample holds `case/` (or another small input), `command` (the arguments after `detente`) and
`expected.txt` (the exit code, then all output). A file `pad` (path and size) asks for a file to be
filled up with comment lines: nobody wants eight megabytes in a repository. The commands run in a
copy of the folder, which must be the same afterwards.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detente.cli.group import cli
from detente.model.problem_codes import CODES

HERE = Path(__file__).parent
SAMPLES = sorted(p for p in HERE.iterdir() if (p / "command").is_file())


def code_of(sample: Path) -> str:
    """The code that a sample's folder is named after."""
    return sample.name.split("-", 1)[0]


def arguments(sample: Path) -> list[str]:
    """What stands after `detente` on the sample's command line."""
    return shlex.split((sample / "command").read_text(encoding="utf-8"))


def contents(folder: Path) -> dict[str, bytes | None]:
    """Everything that stands in a folder."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None
        for p in sorted(folder.rglob("*"))
    }


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a sample's command in a copy of its folder, in this process."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(sample: Path, *more: str) -> Result:
        copy = tmp_path / "sample"
        if not copy.exists():
            shutil.copytree(sample, copy)
            if (sample / "pad").is_file():
                name, size = (sample / "pad").read_text(encoding="utf-8").split()
                text = (copy / name).read_bytes()
                (copy / name).write_bytes(text.ljust(int(size) - 1, b"#") + b"\n")
        before = contents(copy)
        monkeypatch.chdir(copy)
        result = CliRunner().invoke(cli, [*arguments(sample), *more], prog_name="detente")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert contents(copy) == before, "the command wrote into the sample"
        return result

    return run


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.name)
def test_sample(
    sample: Path, run: Callable[..., Result], golden: Callable[[Path, str], None]
) -> None:
    """The sample reports its code, first of all, and prints what is expected."""
    result = run(sample)
    code = code_of(sample)
    head = f"{'error' if code[0] == 'E' else 'warning'} {code}: {CODES[code][0]}"
    assert head in result.output.splitlines()
    assert result.exit_code == 2
    golden(sample / "expected.txt", f"exit {result.exit_code}\n{result.output}")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.name)
def test_nothing_else_is_wrong(sample: Path, run: Callable[..., Result]) -> None:
    """A sample shows one problem: one mistake must not be reported as several."""
    found = re.findall(r"^(?:error|warning) ([EW]\d{3})", run(sample).output, re.MULTILINE)
    assert found == [code_of(sample)]


@pytest.mark.parametrize(
    "sample", [s for s in SAMPLES if arguments(s)[0] == "check"], ids=lambda p: p.name
)
def test_formats_agree(sample: Path, run: Callable[..., Result]) -> None:
    """The forms for editors and for programs name the same problems at the same places."""
    human, gnu, data = run(sample), run(sample, "--format", "gnu"), run(sample, "--format", "json")
    assert human.exit_code == gnu.exit_code == data.exit_code
    problems = json.loads(data.output)["problems"]
    places = [
        (f"{x['file']}:{x['line']}:{x['column']}" if x["line"] else x["file"])
        for x in (p["places"][0] for p in problems)
    ]
    expected = [
        f"{place}: {p['severity']}: {p['message']}{' (' + p['hint'] + ')' if p['hint'] else ''} "
        f"[{p['code']}]"
        for place, p in zip(places, problems, strict=True)
    ]
    assert gnu.output.splitlines() == expected
    for p in problems:
        for x in p["places"]:
            place = f"{x['file']}:{x['line']}:{x['column']}" if x["line"] else x["file"]
            assert place in human.output


def test_every_code_has_a_sample() -> None:
    """No code without a sample, no sample without a code, and the names follow the titles."""
    named = {code_of(s): s.name for s in SAMPLES}
    slugs = {
        code: f"{code}-{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')}"
        for code, (title, _) in CODES.items()
    }
    assert named == slugs
    assert len(named) == len(SAMPLES)


def test_every_code_is_reported() -> None:
    """No code stands in the catalogue that the program reports nowhere."""
    source = HERE.parents[1] / "src" / "detente"
    texts = [
        p.read_text(encoding="utf-8") for p in source.rglob("*.py") if p.name != "problem_codes.py"
    ]
    reported = {code for code in CODES if any(f'"{code}"' in t for t in texts)}
    assert set(CODES) == reported
