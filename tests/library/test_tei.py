"""TEI in the shape of the published volumes, whole, odd, broken and hostile."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from detente.model.library import LibraryDocument, NoteMark, PageMark
from detente.model.problem import Problem
from detente.reading.tei import MAX_DEPTH, Body, read_tei

from .conftest import FOOTER, HEADER, Reader, document

One = Callable[..., LibraryDocument]
XML = "{http://www.w3.org/XML/1998/namespace}id"

LETTER = """<head>1. Letter From <persName corresp="#p_A">Alder</persName> to Birch<note n="1"
 type="source" xml:id="d1fn1">Source: Kite Archive. Secret.</note></head>
<dateline><placeName>Nowhere</placeName>, <date when="2001-05-05">May 5, 2001</date>.</dateline>
<opener><salute>Dear Colleague,</salute></opener>
<p>Our <gloss target="#t_K">kites</gloss> fly po<pb n="12" xml:id="pg_12"/>litically high.<note n="2"
 xml:id="d1fn2">See <ref target="#d5">Documents 5</ref> and <ref target="#d6fn3">6</ref>, and
 <ref target="frus2001-04v08#d40">ibid., Document 40</ref>. Also Document 9.</note> Very high.</p>
<pb n="13"/>
<p>We ask:</p>
<p>—one kite;</p>
<p>—two <hi rend="italic">kites</hi>, Bl<pb n="14"/>ack &amp; white &lt;all&gt;.</p>
<p>Sincerely,</p>
<closer><signed><persName>A. </persName><persName>Alder</persName><note n="3"
 xml:id="d1fn3">Signed copy.</note></signed></closer>"""


def test_a_letter(tei: Reader) -> None:
    """Heading, date, numbers, page marks, notes and pointers, as they stand."""
    (d,), problems = tei(document(LETTER))
    assert not problems
    assert (d.key, d.number, d.heading) == ("frus2001-04v09/d1", "1", "Letter From Alder to Birch")
    assert d.series == "Relations of Nowhere, 2001, Volume IX"
    assert (d.first, d.last, d.dated) == (date(2001, 5, 5),) * 2 + ("Nowhere, May 5, 2001.",)
    assert d.source_note == "Source: Kite Archive. Secret."
    assert [(p.kind, p.number) for p in d.passages] == [
        ("opener", 0),
        ("opener", 0),
        ("paragraph", 1),
        ("paragraph", 2),
        ("paragraph", 2),
        ("paragraph", 2),
        ("close", 3),
        ("closing", 0),
    ]
    first = d.passages[2]
    assert first.text == "Our kites fly politically high. Very high."
    assert first.pages == (PageMark(16, "12"),)
    assert first.notes == (NoteMark(31, "2"),)
    assert [p.page for p in d.passages] == ["11", "11", "11", "13", "13", "13", "14", "14"]
    assert d.passages[5].text == "—two kites, Black & white <all>."
    assert d.passages[-1].text == "A. Alder"
    assert [(n.number, n.passage) for n in d.notes] == [("1", -1), ("2", 2), ("3", 7)]
    assert [(r.target, r.to_note, r.note) for r in d.references] == [
        ("frus2001-04v09/d5", "", "2"),
        ("frus2001-04v09/d6", "3", "2"),
        ("frus2001-04v08/d40", "", "2"),
        ("frus2001-04v09/d9", "", "2"),
    ]


def test_dates(one: One) -> None:
    """Attributes in any order and form, intervals, text alone, nothing."""

    def days(dateline: str, attributes: str = "") -> tuple[str, str]:
        d = one(f"<head>1. X</head><dateline>{dateline}</dateline><p>x</p>", attributes=attributes)
        return d.when, d.dated

    assert days('<date to="2001-06-02" from="2001-05-30T18:00:00">x</date>')[0] == (
        "2001-05-30 to 2001-06-02"
    )
    assert days('<date when="2001-05">May</date>')[0] == "2001-05-01 to 2001-05-31"
    assert days("Nowhere, May 5, 2001.") == ("2001-05-05", "Nowhere, May 5, 2001.")
    assert days("Nowhere, 5 May 2001")[0] == "2001-05-05"
    assert days("Nowhere, undated.") == ("undated", "Nowhere, undated.")
    assert days('<date when="soon">soon</date>')[0] == "undated"
    assert days('<date when="2001-02-31">x</date>')[0] == "undated"
    newer = 'frus:doc-dateTime-min="2001-05-01T00:00:00-05:00" frus:doc-dateTime-max="2001-05-09T23:59:59-05:00"'
    assert days("Nowhere, undated.", newer)[0] == "2001-05-01 to 2001-05-09"
    # what the text says is kept where the attribute contradicts it
    assert days('<date when="2002-05-05">May 5, 2001</date>') == ("2002-05-05", "May 5, 2001")


def test_lists_tables_and_quotations(one: One) -> None:
    """Items belong to what introduces them; participants are no paragraphs; a table is one."""
    d = one(
        """<head>1. Talk</head>
        <list type="participants"><head>PARTICIPANTS</head><item>Mr. A</item><item>Mr. B</item></list>
        <p>They said:<list><item>first</item><item><p>second</p><p>more of it</p></item></list>and so on.</p>
        <list><label>3.</label><item>third</item></list>
        <table><head>Kites</head><row><cell>red</cell><cell>4</cell></row><pb n="9"/>
        <row><cell>blue</cell><cell>5</cell></row></table>
        <quote rend="blockquote"><p>As it was said.</p></quote>
        <p>An end.</p>"""
    )
    assert [(p.kind, p.number, p.text) for p in d.passages] == [
        ("opener", 0, "PARTICIPANTS"),
        ("opener", 0, "Mr. A"),
        ("opener", 0, "Mr. B"),
        ("paragraph", 1, "They said:"),
        ("paragraph", 1, "first"),
        ("paragraph", 1, "second"),
        ("paragraph", 1, "more of it"),
        ("paragraph", 1, "and so on."),
        ("paragraph", 1, "3. third"),
        ("paragraph", 1, "Kites\nred | 4\nblue | 5"),
        ("paragraph", 1, "As it was said."),
        ("paragraph", 2, "An end."),
    ]
    assert d.passages[8].label == ("3",)
    assert d.passages[9].pages == (PageMark(14, "9"),)


def test_attachments_inline_notes_and_corrections(one: One) -> None:
    """An attachment is named, numbered afresh; `note rend="inline"` stands in the line."""
    d = one(
        """<head>1. Memorandum</head><p>See the <choice><sic>tba</sic><corr>tab</corr></choice>.</p>
        <frus:attachment><head><note rend="inline">Tab B</note> Paper on<lb/>Kites<note n="2">By
        hand.</note></head><opener><dateline>Nowhere, May 6, 2001</dateline></opener>
        <p>Own words.</p></frus:attachment>
        <frus:attachment><head>Something</head><p>Other words.</p></frus:attachment>"""
    )
    assert [(p.section, p.kind, p.number, p.text) for p in d.passages] == [
        ("", "paragraph", 1, "See the tab."),
        ("Tab B", "heading", 0, "Tab B Paper on Kites"),
        ("Tab B", "opener", 0, "Nowhere, May 6, 2001"),
        ("Tab B", "paragraph", 1, "Own words."),
        ("Attachment 2", "heading", 0, "Something"),
        ("Attachment 2", "paragraph", 1, "Other words."),
    ]
    assert d.first is None  # the attachment's date is not the document's
    assert d.notes[0].text == "By hand."


def test_odd_documents(tei: Reader, one: One) -> None:
    """Editorial notes, signatures as paragraphs, empty names, prefixed names, lonely text."""
    d = one('<head>1. Editorial Note</head><p>On <persName/>May 5.</p><p rend="right">A. Alder</p>')
    assert d.editorial
    assert [(p.kind, p.text) for p in d.passages] == [
        ("paragraph", "On May 5."),
        ("closing", "A. Alder"),
    ]
    assert one("stray words<p/><p>x</p>").passages[0].text == "stray words"
    prefixed = (
        '<t:TEI xmlns:t="http://www.tei-c.org/ns/1.0" xml:id="frus2001-04v01"><t:text><t:body>'
        '<t:div type="document" xml:id="d2"><t:head>2. A</t:head><t:p>x <t:hi>y</t:hi><t:note n="4">'
        "<t:p>a</t:p><t:p>b</t:p></t:note></t:p></t:div></t:body></t:text></t:TEI>"
    )
    (d,), problems = tei(prefixed, whole=True)
    assert not problems
    assert (d.key, d.heading, d.passages[0].text) == ("frus2001-04v01/d2", "A", "x y")
    assert (d.notes[0].number, d.notes[0].text) == ("4", "a b")


def test_a_single_document_and_no_namespace(tmp_path: Path) -> None:
    """A file that is one div needs a volume's name; it may be given."""
    path = tmp_path / "d3.xml"
    path.write_text('<div type="document" xml:id="d3"><head>3. A</head><p>x</p></div>')
    problems: list[Problem] = []
    assert not list(read_tei(path, "d3.xml", problems))
    assert [p.code for p in problems] == ["E705"]
    (d,) = read_tei(path, "d3.xml", [], "frus2001-04v02")
    assert d.key == "frus2001-04v02/d3"


def test_pages_run_on_through_a_volume(tei: Reader) -> None:
    """A document may begin in mid-page; marks between documents count; gaps are not bridged."""
    inside = document('<pb n="1"/><head>1. A</head><p>x</p>', n=1)
    inside += document("<head>2. B</head><p>y</p>", n=2)
    inside += '<pb n="3"/>' + document("<head>3. C</head><p>z</p>", n=3)
    inside += document("<head>9. D</head><p>z</p>", n=9)
    inside += document('<head>20. E</head><p>z <pb n="40"/>z</p>', n=20)
    found, _ = tei(inside)
    assert [d.passages[0].page for d in found] == ["1", "1", "3", "", "39"]


BOMB = "<!DOCTYPE x [\n" + "".join(
    f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha" * 50}">\n' for i in range(12)
)
HOSTILE = {
    "entity bomb": BOMB + "]>\n<TEI><div>&l11;</div></TEI>",
    "bomb in an attribute": BOMB + ']>\n<TEI x="&l11;"/>',
    "external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><TEI>&e;</TEI>',
    "external subset": '<!DOCTYPE TEI SYSTEM "http://192.0.2.1/x.dtd"><TEI/>',
    "after a comment": "<?xml version='1.0'?>\n<!-- <a> -->\n<!DOCTYPE TEI>\n<TEI/>",
    "all comment": "<!--" + "x" * 300_000 + "--><TEI/>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str, tei: Reader) -> None:
    """At once, with one problem, and nothing fetched."""
    start = time.perf_counter()
    found, problems = tei(HOSTILE[name], whole=True)
    assert not found
    assert [p.code for p in problems] == ["E704"]
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(("tag", "depth"), [("list", 60), ("list", 5_000), ("quote", 100_000)])
def test_deep_nesting_is_refused(tag: str, depth: int, tei: Reader) -> None:
    """No recursion, however deep it goes."""
    deep = f"<{tag}>" * depth + "x" + f"</{tag}>" * depth
    found, problems = tei(document(f"<head>1. A</head>{deep}"))
    assert not found
    assert [p.code for p in problems] == ["E704"]
    assert depth > MAX_DEPTH


BROKEN = {
    "cut off": (HEADER + document(LETTER)[:900], "E703"),
    "not closed": (HEADER + "<div><p>x</div>" + FOOTER, "E703"),
    "undefined entity": (HEADER + document("<p>a&nbsp;b</p>") + FOOTER, "E703"),
    "a web page": ("<html><body><p>x<br></body></html>", "E703"),
    "empty element only": ("<TEI/>", "E706"),
    "no documents": (HEADER + '<div type="chapter"><p>x</p></div>' + FOOTER, "E706"),
    "Latin-1": ('<?xml version="1.0" encoding="ISO-8859-1"?><TEI/>', "E104"),
    "document without id": (HEADER + '<div type="document"><p>x</p></div>' + FOOTER, "E705"),
    "odd id": (HEADER + '<div type="document" n="../x"><p>x</p></div>' + FOOTER, "E705"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_problems(name: str, tei: Reader) -> None:
    """One problem each, at its line where there is one."""
    text, code = BROKEN[name]
    _, problems = tei(text, whole=True)
    assert [p.code for p in problems] == [code]
    assert problems[0].message


def test_a_document_that_stands_twice(tei: Reader) -> None:
    """Both places are shown."""
    _, problems = tei(document("<p>x</p>") + document("<p>y</p>"))
    assert [p.code for p in problems] == ["E303"]
    assert len(problems[0].places) == 2


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, UTF-16, bytes that are no UTF-8."""

    def codes(name: str, content: bytes | None) -> list[str]:
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        problems: list[Problem] = []
        assert not list(read_tei(path, name, problems))
        return [p.code for p in problems]

    assert codes("none.xml", None) == ["E103"]
    assert codes("wide.xml", "<TEI/>".encode("utf-16")) == ["E104"]
    assert codes("bytes.xml", b"<TEI><p>\xff\xfe</p></TEI>") == ["E703"]


def test_many_marks_cost_no_more_than_they_should(tei: Reader) -> None:
    """A paragraph of ten thousand page marks and notes is read in a moment."""
    marks = "".join(
        f'a<pb n="{i}"/><note n="{i}">x</note><ref target="#d2">b</ref>' for i in range(10_000)
    )
    start = time.perf_counter()
    (d,), _ = tei(document(f"<head>1. A</head><p>{marks}</p><item>{marks}</item>"))
    assert len(d.notes) == 20_000
    assert time.perf_counter() - start < 10


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
INLINE = st.recursive(
    TEXTS.map(lambda t: t.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        inner.map(lambda x: f'<hi rend="italic">{x}</hi>'),
        inner.map(lambda x: f"<seg>{x}</seg>"),
        inner.map(lambda x: f'<note n="3">{x}</note>'),
        inner.map(lambda x: f'<ref target="#d4">{x}</ref>'),
        st.just('<pb n="5"/>'),
        st.just("<lb/>"),
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["p", "list", "item", "quote", "table", "row", "cell", "head", "closer", "l"]
)
BLOCKS = st.recursive(
    INLINE,
    lambda inner: st.tuples(NAMES, st.lists(inner, max_size=4)).map(
        lambda x: f"<{x[0]}>{''.join(x[1])}</{x[0]}>"
    ),
    max_leaves=12,
)


def plain(markup: str) -> str:
    """All letters of a document but those of notes, in order, the plain way."""
    root = etree.fromstring(markup)
    for note in list(root.iter("note")):
        tail = note.tail or ""
        parent, before = note.getparent(), note.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        elif parent is not None:
            parent.text = (parent.text or "") + tail
        if parent is not None:
            parent.remove(note)
    return "".join("".join(root.itertext()).split())


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(st.lists(BLOCKS, max_size=5).map("".join))
def test_no_letter_is_lost(inside: str) -> None:
    """Whatever the markup, each letter outside notes comes out once, in order; marks lie inside."""
    markup = f"<div>{inside}</div>"
    root = etree.fromstring(markup)
    etree.strip_tags(root, "hi")
    body = Body(etree.tostring(root, encoding="unicode"), "1")
    texts = [body.heading] if body.heading else []
    out = "".join("".join([*texts, *(r.text for r in body.raws)]).split())
    assert sorted(out.replace("|", "")) == sorted(plain(markup).replace("|", ""))
    for raw in body.raws:
        assert raw.text.strip(" ")
        for m in raw.pages:
            assert 0 <= m.offset <= len(raw.text)
        for c in raw.notes:
            assert 0 <= c.offset <= len(raw.text)
