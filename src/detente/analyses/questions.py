"""The questions that can be asked of a case: name, and where the function stands.

One entry a question, named like its command; the first parameter of each is the case. What asks a
question by its name (the public API, the tests of a claim) finds it here.
"""

from __future__ import annotations

QUESTIONS: dict[str, tuple[str, str]] = {
    "audit": ("detente.analyses.audit", "audit"),
    "balance": ("detente.analyses.balance", "balance"),
    "brief": ("detente.analyses.brief", "brief"),
    "channels": ("detente.analyses.channels", "channels"),
    "cite": ("detente.analyses.cite", "cite"),
    "compare": ("detente.analyses.compare", "compare"),
    "compare_scenarios": ("detente.analyses.scenarios", "compare_scenarios"),
    "count": ("detente.analyses.count", "count"),
    "count_scenarios": ("detente.analyses.scenarios", "count_scenarios"),
    "count_views": ("detente.analyses.views", "count_views"),
    "coverage": ("detente.analyses.coverage", "coverage"),
    "distance": ("detente.analyses.distance", "distance"),
    "explain": ("detente.analyses.explain", "explain"),
    "keystones": ("detente.analyses.unravel", "keystones"),
    "layout": ("detente.analyses.layout", "layout"),
    "packages": ("detente.analyses.packages", "packages"),
    "reduce": ("detente.analyses.reduce", "reduce"),
    "show": ("detente.analyses.show", "show"),
    "staff_paper": ("detente.analyses.staff_paper", "staff_paper"),
    "standing": ("detente.analyses.standing", "standing"),
    "statements": ("detente.analyses.statements", "statements"),
    "texts": ("detente.analyses.texts", "list_texts"),
    "timeline": ("detente.analyses.timeline", "timeline"),
    "toward": ("detente.analyses.distance", "toward"),
    "unravel": ("detente.analyses.unravel", "unravel"),
}
