"""The tornado: one input at a time at its low and at its high end, the others at their best.

A quick ranking of what moves a count; it does not see what two inputs do together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analyses.chances import Move
from detente.analyses.hypotheses import Disagreements, Key, LimitReady, judged
from detente.compile.counts import Number
from detente.compile.scenarios import Input, Values
from detente.compile.sums import NONE, How, Weight


def moves_of(among: Disagreements) -> dict[Key, tuple[Move, ...]]:
    """For each limit what moves its count, the strongest first."""
    return _Tornado(among).moves()


class _Tornado:
    """One input at a time at its low and at its high end, the others at their best."""

    def __init__(self, among: Disagreements) -> None:
        self.among, self.base = among, among.by({})
        self.inputs = self.base.inputs
        rows = [r for r in self.base.rows.values() if not r.not_computed]
        self.rows = rows
        self.systems = sorted({s for r in rows for s in r.unknown if not r.unbounded})
        streams: dict[str, list[Weight]] = {}
        for r in rows:
            for w in r.weights:
                streams.setdefault(w.stream, []).append(w)
        self.streams = sorted(streams)
        self.size = 1 + 2 * len(self.inputs) + len(self.systems) + 2 * len(self.streams)

    def moves(self) -> dict[Key, tuple[Move, ...]]:
        """For each limit what moves it, the strongest first."""
        place = {i.key: 1 + 2 * k for k, i in enumerate(self.inputs)}
        system_at = {s: 1 + 2 * len(self.inputs) + k for k, s in enumerate(self.systems)}
        first = 1 + 2 * len(self.inputs) + len(self.systems)
        stream_at = {s: first + 2 * k for k, s in enumerate(self.streams)}

        def values(i: Input) -> NDArray[np.int64]:
            found = np.full(self.size, i.amount.best, dtype=np.int64)
            found[place[i.key]], found[place[i.key] + 1] = i.amount.low, i.amount.high
            return found

        def counts(system: str) -> Values:
            found = np.zeros(self.size, dtype=np.int64)
            if system in system_at:
                found[system_at[system]] = 1
            return found

        def weight(w: Weight) -> Values:
            found = np.full(self.size, w.best)
            at = stream_at[w.stream]
            found[at], found[at + 1] = w.low, w.high
            return found

        held = self.base.held(lambda w: w.held(values))
        how, bounded = How(counts, weight), How(lambda _: 0, weight)
        found: dict[Key, tuple[Move, ...]] = {}
        for r in self.rows:
            counted, bound = self.base.values(r, held, bounded if r.unbounded else how)
            margin = np.broadcast_to(np.asarray(counted) - np.asarray(bound), (self.size,))
            broken = np.broadcast_to(
                np.asarray(judged(r.x.row.relation, counted, bound)[0]), (self.size,)
            )
            against = np.broadcast_to(np.asarray(bound), (self.size,))[0]
            moves = []
            for what, kind, ends, low, high in self._pairs(r, place, system_at, stream_at):
                if margin[low] != margin[high]:
                    moves.append(
                        Move(
                            what,
                            kind,
                            _number(margin[low] + against),
                            _number(margin[high] + against),
                            ends,
                            bool(broken[low] != broken[high]),
                        )
                    )
            moves += self._claims(r, against)
            moves.sort(key=lambda m: (-m.swing, m.what))
            found[r.key] = tuple(moves)
        return found

    def _pairs(
        self,
        r: LimitReady,
        place: Mapping[str, int],
        system_at: Mapping[str, int],
        stream_at: Mapping[str, int],
    ) -> Iterator[tuple[str, str, tuple[str, str], int, int]]:
        """The inputs of a limit with their places at both ends."""
        for i in self.inputs:
            ends = (f"{i.amount.low:,}", f"{i.amount.high:,}")
            yield i.what, i.kind, ends, place[i.key], place[i.key] + 1
        for s in sorted(r.unknown if not r.unbounded else ()):
            if s in system_at:
                name = self._name(s)
                yield f"whether {name} counts", "membership", ("no", "yes"), 0, system_at[s]
        seen: set[str] = set()
        for w in sorted(r.weights, key=lambda w: w.stream):
            if w.stream not in seen:
                seen.add(w.stream)
                ends = (f"{w.low:,.4g}", f"{w.high:,.4g}")
                at = stream_at[w.stream]
                yield self._weight_name(w), "weight", ends, at, at + 1

    def _weight_name(self, w: Weight) -> str:
        _, first, second = w.stream.split(" ", 2)
        attribute = self.among.result.case.attributes.get(second)
        if attribute:
            return f"{attribute.title or second} of {self._name(first)}"
        return f"weight of {second} by {first}"

    def _claims(self, r: LimitReady, against: Any) -> list[Move]:
        """Whose figures hold: the claimants' own extremes, all other figures as they are."""
        found = []
        for q in self.among.questions:
            results = []
            for by in sorted(q):
                hypothesis = self.among.by({q: by})
                mine = hypothesis.rows.get(r.key)
                if mine is None or mine.not_computed:
                    continue
                held = hypothesis.held(lambda w: w.held(lambda i: np.asarray(i.amount.best)))
                counted, bound = hypothesis.values(mine, held, NONE)
                margin = _number(np.asarray(counted - bound).reshape(-1)[0] + against)
                over = bool(np.any(judged(r.x.row.relation, counted, bound)[0]))
                results.append((margin, by or "the inventory's own", over))
            if len({m for m, _, _ in results}) > 1:
                low, high = min(results), max(results)
                turns = len({o for _, _, o in results}) > 1
                found.append(
                    Move("whose figures hold", "claim", low[0], high[0], (low[1], high[1]), turns)
                )
        return found

    def _name(self, system: str) -> str:
        case = self.among.result.case
        return case.systems[system].name if system in case.systems else system


def _number(value: Any) -> Number:
    found = float(value)
    return int(found) if found.is_integer() else found
