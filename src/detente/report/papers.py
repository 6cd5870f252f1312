"""Which paper a result becomes; one function a kind of result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from detente.analyses.audit import Audit
from detente.analyses.brief import Brief
from detente.analyses.check import Checked
from detente.analyses.cite import Citation
from detente.analyses.compare import Comparison
from detente.analyses.count import Count
from detente.analyses.coverage import Coverage
from detente.analyses.explain import Explanation
from detente.analyses.layout import Layout
from detente.analyses.read import Intake
from detente.analyses.result import Result
from detente.analyses.search import Search
from detente.analyses.show import Shown
from detente.analyses.standing import Standing
from detente.analyses.statements import Said
from detente.analyses.texts import TextList
from detente.analyses.timeline import Timeline
from detente.analyses.unravel import Keystones, Unravelled
from detente.analyses.views import ViewCount
from detente.report.paper import Paper


def paper_of(result: Result, **options: Any) -> Paper:
    """The paper of a result; raises TypeError for a result without one."""
    from detente.report.audit_paper import audit_paper
    from detente.report.brief_paper import brief_paper
    from detente.report.check_paper import check_paper
    from detente.report.cite_paper import cite_paper
    from detente.report.compare_paper import compare_paper
    from detente.report.count_paper import count_paper
    from detente.report.coverage_paper import coverage_paper
    from detente.report.explain_paper import explain_paper
    from detente.report.layout_paper import layout_paper
    from detente.report.read_paper import read_paper
    from detente.report.search_paper import search_paper
    from detente.report.show_paper import show_paper
    from detente.report.standing_paper import standing_paper
    from detente.report.statements_paper import statements_paper
    from detente.report.texts_paper import texts_paper
    from detente.report.timeline_paper import timeline_paper
    from detente.report.unravel_paper import keystones_paper, unravel_paper
    from detente.report.views_paper import views_paper

    makers: dict[type[Result], Callable[..., Paper]] = {
        Audit: audit_paper,
        Brief: brief_paper,
        Checked: check_paper,
        Citation: cite_paper,
        Comparison: compare_paper,
        Count: count_paper,
        Coverage: coverage_paper,
        Explanation: explain_paper,
        Layout: layout_paper,
        Intake: read_paper,
        Search: search_paper,
        Shown: show_paper,
        Standing: standing_paper,
        Said: statements_paper,
        TextList: texts_paper,
        Timeline: timeline_paper,
        Unravelled: unravel_paper,
        Keystones: keystones_paper,
        ViewCount: views_paper,
    }
    for kind, maker in makers.items():
        if isinstance(result, kind):
            return maker(result, **options)
    raise TypeError(f"no paper for {type(result).__name__}")
