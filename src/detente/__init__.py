"""detente: a workbench for negotiated arms-limitation agreements.

`load` reads a case; then there is one function a question, named like the commands:

    import detente
    case = detente.load("cases/vladivostok-1977")
    print(detente.count(case, text="salt-ii-1979", forces="1978-11-01"))
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's own, without importing typing at start-up
if TYPE_CHECKING:
    from detente.analyses.brief import brief
    from detente.analyses.cite import cite
    from detente.analyses.compare import compare
    from detente.analyses.count import count
    from detente.analyses.coverage import coverage
    from detente.analyses.explain import explain
    from detente.analyses.layout import layout
    from detente.analyses.read import read
    from detente.analyses.search import search
    from detente.analyses.show import show
    from detente.analyses.standing import standing
    from detente.analyses.texts import list_texts as texts
    from detente.analyses.timeline import timeline
    from detente.analyses.unravel import keystones, unravel
    from detente.analyses.views import count_views
    from detente.api import CaseError, check, load

_WHERE = {
    "load": ("detente.api", "load"),
    "check": ("detente.api", "check"),
    "CaseError": ("detente.api", "CaseError"),
    "Refused": ("detente.model.problem", "Refused"),
    "brief": ("detente.analyses.brief", "brief"),
    "count": ("detente.analyses.count", "count"),
    "cite": ("detente.analyses.cite", "cite"),
    "coverage": ("detente.analyses.coverage", "coverage"),
    "read": ("detente.analyses.read", "read"),
    "search": ("detente.analyses.search", "search"),
    "compare": ("detente.analyses.compare", "compare"),
    "explain": ("detente.analyses.explain", "explain"),
    "layout": ("detente.analyses.layout", "layout"),
    "show": ("detente.analyses.show", "show"),
    "standing": ("detente.analyses.standing", "standing"),
    "texts": ("detente.analyses.texts", "list_texts"),
    "timeline": ("detente.analyses.timeline", "timeline"),
    "unravel": ("detente.analyses.unravel", "unravel"),
    "keystones": ("detente.analyses.unravel", "keystones"),
    "count_views": ("detente.analyses.views", "count_views"),
}

__all__ = [
    "CaseError",
    "brief",
    "check",
    "cite",
    "compare",
    "count",
    "count_views",
    "coverage",
    "explain",
    "keystones",
    "layout",
    "load",
    "read",
    "search",
    "show",
    "standing",
    "texts",
    "timeline",
    "unravel",
]


def __getattr__(name: str) -> object:
    """Import a question's module when it is first asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module 'detente' has no attribute '{name}'")
    from importlib import import_module

    import_module("detente.report")  # results print themselves
    module, attribute = _WHERE[name]
    value: object = getattr(import_module(module), attribute)
    globals()[name] = value
    return value
