"""How paragraphs are numbered, and what references to them mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.model.library import (
    LibraryDocument,
    ParagraphRef,
    Passage,
    locate,
    roman,
    runs,
    show_label,
    to_roman,
)
from detente.model.written import Miswritten
from detente.reading.numbering import Raw, number


def numbers(*texts: str) -> list[int]:
    """The counted numbers of paragraphs with these texts."""
    return [p.number for p in number([Raw(t) for t in texts])]


def labels(*texts: str) -> list[str]:
    """The printed numbers of paragraphs with these texts, empty where they have none."""
    return [show_label(p.label) if p.labelled else "" for p in number([Raw(t) for t in texts])]


def test_items_belong_to_what_introduces_them() -> None:
    """Dashes always; numbers and letters after a colon."""
    assert numbers("We say.", "We ask:", "—one;", "—two.", "Enough.") == [1, 2, 2, 2, 3]
    assert numbers("We ask:", "1. One.", "2. Two.", "Enough.") == [1, 1, 1, 2]
    assert numbers("1. One:", "a. First.", "b. Second.", "2. Two.") == [1, 1, 1, 2]
    assert numbers("Hello.", "1. One.", "2. Two.") == [1, 2, 3]
    assert numbers("—one", "—two") == [1, 2]


def test_labels_nest_and_continue() -> None:
    """A new kind goes inside, an open one goes on."""
    assert labels("1. A.", "a. x", "b. y", "2. B.", "a. z") == ["1", "1a", "1b", "2", "2a"]
    assert labels("Here:", "1. A", "There:", "a. x") == ["", "1", "", "a"]
    assert labels("1. A", "more", "2. B") == ["1", "", "2"]
    assert labels("(h) x", "(i) y", "(j) z") == ["h", "i", "j"]
    assert labels("(i) y", "(ii) z") == ["i", "II"]  # large or small, they are one


def test_articles_hold_what_stands_under_them() -> None:
    """IX(1)(d) is found, and a preamble is what stands before the first article."""
    raws = [Raw("Convinced that kites matter,"), Raw("Article IX", "heading")]
    raws += [Raw("1. Each side undertakes:"), Raw("(a) not this;"), Raw("(b) not that;")]
    raws += [Raw("2. Nothing else."), Raw("ARTICLE X"), Raw("This lasts for ever.")]
    document = LibraryDocument(key="k", heading="Treaty", passages=number(raws))
    (ref,) = ParagraphRef.parse("IX(1)(b)")
    assert [p.text for p in locate(document, ref).passages] == ["(b) not that;"]
    (ref,) = ParagraphRef.parse("IX(1)(a)-(b)")
    assert len(locate(document, ref).passages) == 2
    (ref,) = ParagraphRef.parse("X")
    assert [p.text for p in locate(document, ref).passages] == ["ARTICLE X", "This lasts for ever."]
    (ref,) = ParagraphRef.parse("preamble")
    assert [p.ordinal for p in locate(document, ref).passages] == [0]
    (ref,) = ParagraphRef.parse("XI")
    assert locate(document, ref).missing == ("XI",)


def test_names_and_figures_are_no_labels() -> None:
    """An initial, a year or a weight does not number a paragraph."""
    assert labels("L. Alder said so.", "1977. was a year", "3.5 kites", "I think so.") == [""] * 4


def test_what_is_not_counted() -> None:
    """Headings, openers, signatures, the editors' omissions; a close counts."""
    raws = [
        Raw("Dear Sir,", "opener"),
        Raw("[Omitted here is material on balloons.]"),
        Raw("[This the minister said himself.]"),
        Raw("Part one", "heading"),
        Raw("We agree."),
        Raw("Sincerely,"),
        Raw("A. Alder", "closing"),
    ]
    got = number(raws)
    assert [p.number for p in got] == [0, 0, 1, 0, 2, 3, 0]
    assert [p.kind for p in got][1] == "omission"
    assert got[5].kind == "close"


def test_attachments_are_numbered_afresh() -> None:
    """The main paper goes first; an attachment is asked for by name."""
    raws = [Raw("First."), Raw("Second."), Raw("Own first.", section="Tab A")]
    raws += [Raw("Own second.", section="Tab A"), Raw("Own third.", section="Tab A")]
    document = LibraryDocument(key="k", heading="h", passages=number(raws))
    assert [p.number for p in document.passages] == [1, 2, 1, 2, 3]
    assert document.count == 2

    def text(ref: str) -> list[str]:
        return [p.text for p in locate(document, ParagraphRef.parse(ref)[0]).passages]

    assert text("2") == ["Second."]
    assert text("Tab A 2") == ["Own second."]
    assert text("3") == ["Own third."]


def test_which_numbers_a_reference_means() -> None:
    """Counted before the numbers of a list inside; the words ¶ and item decide."""
    texts = ["One.", "Two:", "1. item one", "2. item two", "3. item three", "Three.", "Four."]
    document = LibraryDocument(key="k", heading="h", passages=number([Raw(t) for t in texts]))

    def texts_of(ref: str) -> list[str]:
        return [p.text for p in locate(document, ParagraphRef.parse(ref)[0]).passages]

    assert texts_of("1") == ["One."]
    assert texts_of("item 1") == ["1. item one"]
    assert texts_of("¶2") == texts[1:5]
    assert locate(document, ParagraphRef.parse("1")[0]).also
    own = [Raw(t) for t in ("Hello there.", "1. mine", "2. also mine")]
    document = LibraryDocument(key="k", heading="h", passages=number(own))
    assert texts_of("1") == ["1. mine"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("6", "¶6"),
        ("23-24", "¶23-24"),
        ("2a", "¶2a"),
        ("3A", "¶3a"),
        ("a-b", "¶a-b"),
        ("IX(1)(d)", "¶IX(1)(d)"),
        ("IV(10)-(13)", "¶IV(10)-(13)"),
        ("XVI", "¶XVI"),
        ("paras 3 to 5", "¶3-5"),
        ("item 2", "item 2"),
        ("note 4", "note 4"),
        ("preamble", "preamble"),
        ("Tab A para 3", "Tab A ¶3"),
    ],
)
def test_references_as_written(raw: str, shown: str) -> None:
    """Every form that records use is read."""
    (ref,) = ParagraphRef.parse(raw)
    assert str(ref) == shown


@pytest.mark.parametrize("raw", ["", "the end", "¶", "6 or so; maybe", "-", "1" * 99, "a" * 70])
def test_references_that_are_none(raw: str) -> None:
    """Refused, not guessed."""
    with pytest.raises(Miswritten):
        ParagraphRef.parse(raw)


def test_several_references_and_their_ends() -> None:
    """Commas part references; each one of a run that is missing is named."""
    assert len(ParagraphRef.parse("1, 3-4; 7")) == 3
    document = LibraryDocument(key="k", heading="h", passages=(Passage("x", 0, number=1),))
    found = locate(document, ParagraphRef.parse("1-3")[0])
    assert [p.number for p in found.passages] == [1]
    assert found.missing == ("2", "3")
    assert runs([1, 2, 3, 7]) == "1-3, 7"


WORDS = st.sampled_from(["Kites fly", "We ask:", "a. low", "1. red", "2. blue", "—dash", "(b) x"])
KINDS = st.sampled_from(["paragraph", "heading", "opener", "closing"])


@given(st.lists(st.tuples(WORDS, KINDS, st.sampled_from(["", "Tab A"]), st.booleans())))
def test_numbers_never_fall_or_skip(rows: list[tuple[str, str, str, bool]]) -> None:
    """Whatever stands there, numbers run 1, 2, 3 … in each section; only paragraphs have one."""
    raws = [Raw(t, k, s, dashed=d) for t, k, s, d in rows]  # type: ignore[arg-type]
    passages = number(raws)
    assert [p.text for p in passages] == [r.text for r in raws]
    assert [p.ordinal for p in passages] == list(range(len(raws)))
    before, section = 0, None
    for p in passages:
        if p.section != section:
            before, section = 0, p.section
        if p.kind in ("paragraph", "close"):
            assert p.number in ((before,) if p.listed else (before + 1,))
            before = p.number
        else:
            assert p.number == 0


@given(st.integers(1, 40))
def test_every_paragraph_is_found_by_its_number(n: int) -> None:
    """A document of n paragraphs has exactly the references 1 to n."""
    passages = number([Raw("Plain words here.")] * n)
    document = LibraryDocument(key="k", heading="h", passages=passages)
    for i in range(1, n + 1):
        (p,) = locate(document, ParagraphRef.parse(str(i))[0]).passages
        assert p.number == i
    assert locate(document, ParagraphRef.parse(str(n + 1))[0]).missing


@given(st.integers(1, 39))
def test_roman_numbers(n: int) -> None:
    """There and back."""
    assert roman(to_roman(n)) == n


@given(st.text(max_size=80))
def test_any_reference_is_read_or_refused(raw: str) -> None:
    """Nothing but `Miswritten` ever comes of a reference."""
    try:
        refs = ParagraphRef.parse(raw)
    except Miswritten:
        return
    for ref in refs:
        assert len(list(ref.each())) <= 401
        assert str(ref)
