"""Every kind of result has a paper."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from detente import analyses
from detente.analyses.result import Result
from detente.report.papers import PAPERS


def test_every_result_has_a_paper() -> None:
    """The table of papers names all results, and each of its functions exists."""
    for module in iter_modules(analyses.__path__):
        import_module(f"detente.analyses.{module.name}")
    shipped = {c.__name__ for c in Result.__subclasses__() if c.__module__.startswith("detente.")}
    assert shipped == set(PAPERS)
    for path in PAPERS.values():
        module, _, name = path.partition(":")
        assert callable(getattr(import_module(f"detente.report.{module}"), name or module))
