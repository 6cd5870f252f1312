"""detente: a workbench for negotiated arms-limitation agreements.

`load` reads a case; then there is one function a question, named like the commands:

    import detente
    case = detente.load("cases/vladivostok-1977")
    print(detente.count(case, text="salt-ii-1979", forces="1978-11-01"))
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's own, without importing typing at start-up
if TYPE_CHECKING:
    from detente.analyses.audit import audit
    from detente.analyses.balance import balance
    from detente.analyses.brief import brief
    from detente.analyses.channels import channels
    from detente.analyses.cite import cite
    from detente.analyses.compare import compare
    from detente.analyses.count import count
    from detente.analyses.coverage import coverage
    from detente.analyses.distance import distance, toward
    from detente.analyses.explain import explain
    from detente.analyses.layout import layout
    from detente.analyses.packages import packages
    from detente.analyses.read import read
    from detente.analyses.reduce import reduce
    from detente.analyses.scenarios import compare_scenarios, count_scenarios, over_scenarios
    from detente.analyses.search import search
    from detente.analyses.show import show
    from detente.analyses.staff_paper import staff_paper
    from detente.analyses.standing import standing
    from detente.analyses.statements import statements
    from detente.analyses.texts import list_texts as texts
    from detente.analyses.timeline import timeline
    from detente.analyses.unravel import keystones, unravel
    from detente.analyses.views import count_views
    from detente.api import CaseError, check, load

# what is no question of a case; the questions stand in detente.analyses.questions
_OTHERS = {
    "load": ("detente.api", "load"),
    "check": ("detente.api", "check"),
    "CaseError": ("detente.api", "CaseError"),
    "Refused": ("detente.model.problem", "Refused"),
    "read": ("detente.analyses.read", "read"),
    "search": ("detente.analyses.search", "search"),
    "over_scenarios": ("detente.analyses.scenarios", "over_scenarios"),
}

__all__ = [
    "CaseError",
    "audit",
    "balance",
    "brief",
    "channels",
    "check",
    "cite",
    "compare",
    "compare_scenarios",
    "count",
    "count_scenarios",
    "count_views",
    "coverage",
    "distance",
    "explain",
    "keystones",
    "layout",
    "load",
    "over_scenarios",
    "packages",
    "read",
    "reduce",
    "search",
    "show",
    "staff_paper",
    "standing",
    "statements",
    "texts",
    "timeline",
    "toward",
    "unravel",
]


def __getattr__(name: str) -> object:
    """Import a question's module when it is first asked for."""
    from importlib import import_module

    from detente.analyses.questions import QUESTIONS

    known = {**_OTHERS, **QUESTIONS}
    if name not in known:
        raise AttributeError(f"module 'detente' has no attribute '{name}'")
    import_module("detente.report")  # results print themselves
    module, attribute = known[name]
    value: object = getattr(import_module(module), attribute)
    globals()[name] = value
    return value
