"""Which paper a result becomes; one function a kind of result, imported when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from detente.analyses.result import Result
from detente.report.paper import Paper

# kind of result -> the function of detente.report that makes its paper, as module or module:function
PAPERS: dict[str, str] = {
    "Audit": "audit_paper",
    "Balance": "balance_paper",
    "Brief": "brief_paper",
    "Channels": "channels_paper",
    "Checked": "check_paper",
    "Citation": "cite_paper",
    "Comparison": "compare_paper",
    "Count": "count_paper",
    "Coverage": "coverage_paper",
    "Cuts": "reduce_paper",
    "Distance": "packages_paper:distance_paper",
    "Explanation": "explain_paper",
    "Intake": "read_paper",
    "Keystones": "unravel_paper:keystones_paper",
    "Layout": "layout_paper",
    "Packages": "packages_paper",
    "Said": "statements_paper",
    "ScenarioComparison": "scenarios_paper:scenario_comparison_paper",
    "ScenarioCount": "scenarios_paper",
    "Search": "search_paper",
    "Shown": "show_paper",
    "StaffPaper": "staff_paper",
    "Standing": "standing_paper",
    "TextList": "texts_paper",
    "Timeline": "timeline_paper",
    "Toward": "packages_paper:toward_paper",
    "Unravelled": "unravel_paper",
    "ViewCount": "views_paper",
}


def paper_of(result: Result, **options: Any) -> Paper:
    """The paper of a result; raises TypeError for a result without one."""
    for kind in type(result).__mro__:
        if kind.__name__ in PAPERS:
            module, _, name = PAPERS[kind.__name__].partition(":")
            found = import_module(f"detente.report.{module}")
            maker: Callable[..., Paper] = getattr(found, name or module)
            return maker(result, **options)
    raise TypeError(f"no paper for {type(result).__name__}")
