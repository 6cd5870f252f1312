"""The paper of `compile`: the compiled system in readable form, reviewed like code."""

from __future__ import annotations

from collections.abc import Collection

from detente.analyses.layout import Layout
from detente.compile.compiler import Compiled, Row, Term
from detente.report.english import English
from detente.report.paper import Block, Bullets, Heading, Paper, Para, Verbatim

_SIGN = {"at most": "<=", "at least": ">="}


def layout_paper(result: Layout, *, all_classes: bool = False) -> Paper:
    """Categories in English, rows, classes, and what is not computed.

    Of the classes those that hold real systems and those that nothing counts, unless all are asked.
    """
    compiled = result.compiled
    blocks: list[Block] = [
        Heading("Categories", 2),
        Verbatim("\n".join(categories_text(compiled)) or "none"),
        Heading("Rows", 2),
        Verbatim("\n\n".join(rows_text(compiled)) or "none"),
    ]
    for title, lines in (
        ("Attribution tables", tables_text(compiled)),
        ("Menus", menus_text(compiled)),
    ):
        blocks += [Heading(title, 2), Verbatim("\n".join(lines))] if lines else []
    if compiled.idle:
        names = ", ".join(compiled.idle)
        blocks.append(Para(f"Without effect on {compiled.day}: {names}.", "dim"))
    classes = []
    shown = [
        c for c in result.classes.classes if all_classes or c.systems or not (c.inside or c.unsure)
    ]
    for c in shown:
        inside = ", ".join(sorted(c.inside)) or ("counted by nothing" if not c.unsure else "")
        if c.unsure:
            inside += (" · " if inside else "") + "not known: " + ", ".join(sorted(c.unsure))
        witness = ", ".join(f"{k} {v}" for k, v in c.witness.items() if k != "kind")
        text = f"{c.kind or 'any'}: {inside}"
        if c.cells:
            text += f"\n    {c.cells:,} cells" + (f"; for example {witness}" if witness else "")
        if c.systems:
            text += f"\n    systems: {', '.join(c.systems)}"
        classes.append(text)
    n = len(result.classes.classes)
    blocks += [
        Heading("Classes of weapons", 2),
        Para(f"{result.classes.cells:,} attribute cells make {n} classes."),
    ]
    if result.classes.capped:
        blocks.append(
            Para("Too many cells, not cut: " + ", ".join(result.classes.capped) + ".", "doubt")
        )
    blocks.append(Verbatim("\n".join(classes)))
    if len(shown) < n:
        blocks.append(
            Para(
                f"{n - len(shown)} more classes hold no real system; --all-classes shows them.",
                "dim",
            )
        )
    if compiled.not_computed:
        blocks += [
            Heading("Not computed", 2),
            Bullets(tuple(f"{n.provision.id}: {n.why}" for n in compiled.not_computed)),
        ]
    view = f" · view {compiled.view.id}" if compiled.view else ""
    view += f" · as of {compiled.day}" if compiled.timed else ""
    return Paper(
        f"Compiled: {compiled.text.title}", tuple(blocks), subtitle=compiled.text.id + view
    )


def _cite(article: str, source: str, confidence: str) -> str:
    text = f"{article}: {source}" if article else source
    return f"{text}, {confidence}" if confidence != "verified" else text


def categories_text(compiled: Compiled, only: Collection[str] | None = None) -> list[str]:
    """Each category in English with its cite; `only` those of some provisions where it is given."""
    english = English(compiled.case, {p.id: p.id for p in compiled.provisions})
    where = {p.id: p for p in compiled.provisions}
    lines = []
    for name, tree in compiled.categories.items():
        p = where.get(name)
        if only is not None and (p.id if p else _made_by(name)) not in only:
            continue
        cite = f"   [{_cite(p.article, str(p.source), p.confidence)}]" if p else ""
        lines.append(f"{name}: {english.clause(tree)}{cite}")
    return lines


def _made_by(name: str) -> str:
    """The provision that an unnamed category was made for."""
    return name.rpartition(" less ")[2] if " less " in name else name.partition(":")[0]


def tables_text(compiled: Compiled) -> list[str]:
    """Each attribution table."""
    return [
        f"{key}: " + ", ".join(f"{n} {v:g}" for n, v in table.items())
        for key, table in compiled.attributions.items()
        if table
    ]


def menus_text(compiled: Compiled, only: Collection[str] | None = None) -> list[str]:
    """Each menu with its alternatives."""
    return [
        f"{m.id}: {m.choose} of "
        + "; ".join(f"{option} ({', '.join(ids)})" for option, ids in m.options)
        for m in compiled.menus
        if only is None or m.id in only
    ]


def rows_text(compiled: Compiled, only: Collection[str] | None = None) -> list[str]:
    """Each row once, with the parties it binds alike put together."""
    merged: dict[tuple[object, ...], list[Row]] = {}
    for row in compiled.rows:
        if only is not None and row.provision.id not in only:
            continue
        key = (row.limit, row.terms, row.allowance, tuple(str(b.bound) for b in row.bounds))
        merged.setdefault(key, []).append(row)
    return [_row(compiled, rows) for rows in merged.values()]


def _row(compiled: Compiled, rows: list[Row]) -> str:
    row = rows[0]
    parties = ", ".join(
        r.party if r.members == (r.party,) else f"{r.party} ({'+'.join(r.members)})" for r in rows
    )
    p = row.provision
    lines = [f"{row.limit} [{parties}]   {_cite(p.article, str(p.source), p.confidence)}"]
    if row.counting == "types":
        terms = "number of types of " + " or ".join(t.category for t in row.terms)
    else:
        terms = _terms(row.terms)
    what = ""
    if row.quantity != "held" or row.per:
        what += row.quantity + (f" per {row.per}" if row.per else "") + " of "
    lines.append(f"    {what}{terms}")
    for b in row.bounds:
        if row.allowance and p.kind in ("average", "ratio"):
            bound = f"{b.bound} × ({_terms(row.allowance)})"
        elif row.allowance:
            bound = f"{b.bound} {_terms(row.allowance, lead=True)}"
        else:
            bound = str(b.bound)
        # the bound itself says fewer than
        sign = "" if b.bound.below else f"{_SIGN[row.relation]} "
        text = f"    {sign}{bound}"
        start = b.start or b.step.start or (p.valid.start if p.valid else None)
        end = b.end or b.step.end or (p.valid.end if p.valid else None)
        if start:
            text += f"   from {start}"
        if end:
            text += f"   to {end}"
        if deadline := b.deadline or b.step.deadline or getattr(p, "deadline", None):
            text += f"   excess worked off by {deadline}"
        if b.step.source:
            text += f"   [{b.step.source}]"
        lines.append(text)
    if row.each:
        lines.append(f"    for each {row.each}")
    if row.activities != ("deployed",):
        lines.append(f"    touches what is {', '.join(row.activities)}")
    english = English(compiled.case, {p.id: p.id for p in compiled.provisions})
    for e in row.exemptions:
        many = f"up to {e.up_to} for which " if e.up_to is not None else "those for which "
        lines.append(f"    except {many}{english.clause(e.tree)}   [{e.provision}]")
    if row.menu:
        lines.append(f"    alternative '{row.alternative}' of {row.menu}")
    if p.binding and p.binding != compiled.text.binding:
        lines.append(f"    binds: {p.binding}, the text {compiled.text.binding}")
    if p.amends:
        lines.append(f"    in place of: {', '.join(p.amends)}")
    rules = {t.rule for t in (*row.terms, *row.allowance)}
    for q in (p, *(q for q in compiled.provisions if q.id in rules and q is not p)):
        if q.readings:
            who = ", ".join(n for n, _ in q.readings)
            lines.append(f"    read otherwise by: {who}" + (f" ({q.id})" if q is not p else ""))
    return "\n".join(lines)


def _terms(terms: tuple[Term, ...], *, lead: bool = False) -> str:
    parts = []
    for i, t in enumerate(terms):
        sign = "−" if t.factor < 0 else "+"
        factor = "" if abs(t.factor) == 1 else f"{abs(t.factor):g} × "
        text = f"{factor}{t.weight} × {t.category}"
        parts.append(f"{sign} {text}" if i or lead or t.factor < 0 else text)
    return " ".join(parts)
