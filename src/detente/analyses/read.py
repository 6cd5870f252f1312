"""Read: published documents into the reader's own library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.analyses.result import Result
from detente.model.dates import When
from detente.model.problem import Problem, Refused
from detente.model.written import Miswritten
from detente.reading.documents import FileRead, read_files
from detente.reading.library import default_path


@dataclass(frozen=True, repr=False)
class Intake(Result):
    """The answer of `read`: what came of each file, and what was wrong."""

    library: str
    files: tuple[FileRead, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything found wrong, file by file."""
        return tuple(p for f in self.files for p in f.problems)

    def records(self) -> list[dict[str, Any]]:
        """One row a file."""
        return [
            {
                "file": f.file,
                "kept": f.kept,
                "documents": len(f.keys),
                "new": f.new,
                "changed": f.changed,
                "same": f.same,
                "paragraphs": f.paragraphs,
                "read_before": f.skipped,
            }
            for f in self.files
        ]

    def as_data(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "library": self.library,
            "files": [
                {**row, "keys": list(f.keys), "problems": [p.code for p in f.problems]}
                for row, f in zip(self.records(), self.files, strict=True)
            ],
        }


def read(
    files: Sequence[str | Path],
    library: Path | str | None = None,
    *,
    name: str = "",
    date: str = "",
    keep: bool = True,
) -> Intake:
    """Read files of published documents into a library, each file whole or not at all.

    `name` says which document a text is (`frus1977-80v06/d12`), or which volume, where the file
    does not. `date` is the date of a text that has none. Without `keep` nothing is stored.

    Raises:
        Refused: the library cannot be used, or the request cannot be understood.

    """
    if name and len(files) > 1:
        raise Refused([Problem("E604", "--as names one document, and several files were given")])
    day = None
    if date:
        try:
            when = When.parse(date)
        except Miswritten as bad:
            raise Refused([Problem("E604", f"--date: {bad}")]) from None
        if not when.fixed:
            raise Refused([Problem("E604", f"--date: a calendar date is needed, not {when}")])
        day = (when.first, when.last)
    path = Path(library) if library is not None else default_path()
    found = read_files([Path(f) for f in files], path, name=name, day=day, keep=keep)
    return Intake(str(path) if keep else "", tuple(found))
