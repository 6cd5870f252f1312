"""The full staff paper: on a letter of a case, and on any proposal of any case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import detente
from detente.analyses.staff_paper import StaffPaper, paragraphs
from detente.cli.group import cli
from detente.report.paper import Cell, Figure, Fold, Heading, Table
from detente.report.papers import paper_of

ROOT = Path(__file__).parents[2]
FOUNDING = str(ROOT / "cases" / "vladivostok-1977")
SMALL = str(ROOT / "tests" / "data" / "small")
LETTER = "brezhnev-1977-02-25"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["brief", *arguments], prog_name="detente")


@pytest.fixture(scope="module")
def paper() -> StaffPaper:
    return detente.staff_paper(detente.load(FOUNDING), letter=LETTER)


def test_the_letter_is_answered_whole(paper: StaffPaper) -> None:
    """Every section has its answer, and all 25 paragraphs are taken up in their order."""
    assert paper.gaps == ()
    told: list[int] = []
    for p in paper.points:
        told += sorted(paragraphs(p.paragraph))
    assert told == list(range(1, 26))
    assert len(paper.texts) == 6
    assert [name for name, _ in paper.cuts] == list(paper.texts)
    assert paper.audit is not None
    assert len(paper.audit.claims) == 26


def test_sections_say_what_their_commands_say(paper: StaffPaper) -> None:
    """The paper works nothing out: its figures are those of the analyses."""
    case = detente.load(FOUNDING)
    alone = detente.reduce(case, "us-comprehensive-1977-03", "1977-02-25").as_data()
    assert dict(paper.cuts)["us-comprehensive-1977-03"].as_data() == alone
    view = detente.count(case, "agreed-by-1976-02", "1977-02-25", view="backfire-counted")
    inside = paper.comparison.counts[2]
    assert inside.limit("aggregate", "USSR").counted == view.limit("aggregate", "USSR").counted
    assert paper.packages is not None
    assert len(paper.packages.concessions) == len(
        detente.packages(case, "1977-02-25").as_data()["concessions"]
    )


def test_the_order_that_staffs_use(paper: StaffPaper) -> None:
    """First page, standing, point by point, options, cuts, channels, balance, claims, packages."""
    heads = [b.text for b in paper_of(paper).blocks if isinstance(b, Heading) and b.level == 2]
    wanted = [
        "In short", "Where things stood", "point by point", "side by side", "cut what", "left open",
        "taken out", "favours", "claims", "both could accept", "Not computed", "comes from", "Sources",
    ]  # fmt: skip
    at = [next(i for i, h in enumerate(heads) if w in h) for w in wanted]
    assert at == sorted(at)


def test_the_first_page_is_short(paper: StaffPaper) -> None:
    """What stands before the second section fits a page or two: the rest can wait."""
    blocks = paper_of(paper, short=True).blocks
    end = [i for i, b in enumerate(blocks) if isinstance(b, Heading) and b.level == 2][1]
    assert not any(isinstance(b, Fold | Figure) for b in blocks[:end])
    assert sum(isinstance(b, Table) for b in blocks[:end]) <= 2


def test_every_count_leads_to_its_trace(paper: StaffPaper) -> None:
    """Each count of the options side by side links to a fold of the page."""
    blocks = paper_of(paper).blocks
    table = next(
        b
        for i, b in enumerate(blocks)
        if isinstance(b, Table) and isinstance(h := blocks[i - 1], Heading) and "side by" in h.text
    )
    links = {c.trace for row in table.rows for c in row if isinstance(c, Cell) and c.trace}

    def anchors(inside: tuple[object, ...]) -> set[str]:
        found = set()
        for b in inside:
            if isinstance(b, Fold):
                found |= {b.anchor} | anchors(b.blocks)
            elif isinstance(b, Heading):
                found.add(b.anchor)
        return found

    assert len(links) > 20
    assert links <= anchors(blocks)


def test_the_command_writes_and_prints(tmp_path: Path) -> None:
    """Terminal, Markdown and HTML from one call; JSON holds every section."""
    done = run(FOUNDING, "--letter", LETTER, "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert {p.name for p in tmp_path.iterdir()} == {f"{LETTER}.html", f"{LETTER}.md"}
    assert "The fewest concessions" in done.output
    data = json.loads(run(FOUNDING, "--letter", LETTER, "--format", "json").output)
    sections = ("standing", "compare", "reduce", "channels", "balance", "audit", "packages")
    assert all(data[k] for k in sections)


def test_a_proposal_of_another_case(tmp_path: Path) -> None:
    """A case without record, lenses and claims gets the sections that it can, and says which not."""
    case = detente.load(SMALL)
    found = detente.staff_paper(case, proposal="proposal")
    missing = {g.section for g in found.gaps}
    assert {"balance", "standing, unravel, packages"} <= missing
    assert found.cuts
    assert found.channels
    shown = run(SMALL, "--for", "proposal")
    assert shown.exit_code == 0, shown.output
    assert "the case has no record" in shown.output


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        (("--letter", "brezhnev"), "E317", "brezhnev-1977-02-25"),
        (("--for", "salt-2-1979"), "E308", "salt-ii-1979"),
        (("--letter", LETTER, "--for", "salt-ii-1979"), "E604", ""),
        (("--letter", LETTER, "--at", "1981-01-01"), "E604", "--at"),
    ],
)
def test_bad_requests(arguments: tuple[str, ...], code: str, hint: str) -> None:
    done = run(FOUNDING, *arguments)
    assert done.exit_code == 2
    assert f"error {code}" in done.output
    assert hint in done.output


def test_a_letter_that_says_nothing_to_compare(tmp_path: Path) -> None:
    (tmp_path / "record").mkdir()
    (tmp_path / "case.yaml").write_text(
        "case: c\ntitle: C\nparties: {n: {title: N}, s: {title: S}}\nletters: {x: {document: d}}\n"
    )
    (tmp_path / "record" / "r.yaml").write_text(
        "documents: {d: {citation: D, date: 1980-01-01}}\n"
        "issues: {i: {title: I, options: {o: {text: O}}}}\n"
        "statements: [{id: s1, date: 1980-01-01, document: d, party: n, issue: i, option: o, act: proposes}]\n"
    )
    done = run(str(tmp_path), "--letter", "x")
    assert done.exit_code == 2
    assert "add baseline, options, forces" in done.output
