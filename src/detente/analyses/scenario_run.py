"""The run behind scenarios: forces drawn block by block, each limit counted in all of them.

Memory is bounded by the block: of each limit only tallies stay, how often each figure came up, and
one bit a scenario for whether it is broken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analyses.chances import QUANTILES, Chance, Given, Move, PartyChance, Share
from detente.analyses.count import Count, LimitCount
from detente.analyses.hypotheses import Disagreements, Hypothesis, Key, LimitReady, judged, key_of
from detente.analyses.tornado import moves_of
from detente.compile.counts import Number
from detente.compile.distributions import fractions
from detente.compile.scenarios import (
    Draws,
    Held,
    Input,
    Sampling,
    Values,
    believed,
    digest,
    random_words,
    uniforms,
)
from detente.compile.sums import NONE, How, Weight
from detente.compile.table import Bools
from detente.model.problem import Problem, Refused
from detente.model.provisions import Menu

Flags = Bools | bool | np.bool_


class _Tally:
    """What is gathered of one limit over the blocks."""

    def __init__(self, whole: bool = True) -> None:
        self.broken = self.reached = self.n = 0
        self.total = 0.0
        self.figures = _Figures(whole)
        self.parted = False
        self.bits: list[bytes] = []
        self.given: dict[str, list[int]] = {}
        self._same: dict[str, tuple[list[Any], list[int]]] = {}

    def again(
        self, hypothesis: Hypothesis, r: LimitReady, held: Mapping[int, Held], n: int
    ) -> list[Flags]:
        """Enter scenarios of a limit that is the same in all of them: worked out once."""
        if hypothesis.label not in self._same:
            counted, bound = hypothesis.values(r, held, NONE)
            over, reached = judged(r.x.row.relation, counted, bound)
            self._same[hypothesis.label] = [counted, bool(over), bool(reached)], [0]
        (_, over, _), sum_ = self._same[hypothesis.label]
        sum_[0] += n
        return [over, over]

    def close(self) -> None:
        """Enter what was the same all along."""
        for label, ((counted, over, reached), (n,)) in self._same.items():
            self.add(counted, over, reached, n, label)

    def add(self, counted: Values, over: Flags, reached: Flags, n: int, label: str) -> None:
        """Enter scenarios that believe the same claimants."""
        broken = _how_many(over, n)
        self.n += n
        self.broken += broken
        self.reached += _how_many(reached, n)
        self.parted |= bool(np.ndim(over) or np.ndim(counted))
        given = self.given.setdefault(label, [0, 0])
        given[0] += broken
        given[1] += n
        self.total += float(np.sum(counted)) if np.ndim(counted) else float(counted) * n
        self.figures.add(counted, n)


def _bits(flags: Flags, n: int) -> bytes:
    """One bit a scenario."""
    if np.ndim(flags):
        return np.packbits(flags).tobytes()
    return (b"\xff" if flags else b"\x00") * -(-n // 8)


def _how_many(flags: Flags, n: int) -> int:
    return int(np.count_nonzero(flags)) if np.ndim(flags) else n * bool(flags)


class _Figures:
    """How often each figure came up: exact where figures are whole, else to 1/65,536 of the largest."""

    def __init__(self, whole: bool) -> None:
        self.whole = whole
        self.step = 0.0
        self.first = 0
        self.counts: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def add(self, values: Values, n: int) -> None:
        """Enter figures: one for each scenario, or one that all share."""
        found = np.asarray(values)
        if not self.step:
            size = math.floor(math.log2(max(float(np.abs(found).max()), 1.0)))
            self.step = 2.0 ** max(0, size - 21) if self.whole else 2.0 ** (size - 16)
        if self.step != 1 or found.dtype.kind not in "iu":
            found = np.round(found / self.step).astype(np.int64)
        low, high = int(found.min()), int(found.max())
        self._reach(low, high)
        if found.ndim:
            there = np.bincount(found - self.first, minlength=len(self.counts))
            self.counts += there
        else:
            self.counts[low - self.first] += n

    def _reach(self, low: int, high: int) -> None:
        if not len(self.counts):
            self.first, self.counts = low, np.zeros(high - low + 1, dtype=np.int64)
            return
        before = max(0, self.first - low)
        after = max(0, high - self.first - len(self.counts) + 1)
        if before or after:
            self.counts = np.concatenate(
                [np.zeros(before, np.int64), self.counts, np.zeros(after, np.int64)]
            )
            self.first -= before

    def quantile(self, percent: int) -> Number:
        """The smallest figure that so many per cent of the scenarios do not exceed."""
        reached = np.cumsum(self.counts)
        at = int(np.searchsorted(reached, math.ceil(int(reached[-1]) * percent / 100)))
        value = (self.first + at) * self.step
        return int(value) if float(value).is_integer() else float(value)


class Run:
    """One count over scenarios."""

    def __init__(self, result: Count, sampling: Sampling) -> None:
        self.result, self.sampling = result, sampling
        self.case = result.case
        self.among = Disagreements(result)
        self.base = self.among.by({})
        self.draws = Draws.of(self.case, sampling)
        weights = dict(sampling.weights)
        for q in self.among.questions:
            if not any(weights.get(by, 1.0) for by in q):
                names = ", ".join(sorted(by or "own" for by in q))
                message = f"nobody is believed: {names}"
                raise Refused([Problem("E604", message, (), "give one of them a weight")])
        self._weights: dict[tuple[Weight, int], NDArray[Any]] = {}
        self._used: dict[int, Hypothesis] = {}

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What is not certain, by whatever figures."""
        found = {i.key: i for h in (*self._used.values(), self.base) for i in h.inputs}
        return tuple(found[k] for k in sorted(found))

    @property
    def digest(self) -> str:
        """A name for the draws of the forces counted."""
        used = {i for h in (*self._used.values(), self.base) for i in h.world.inputs}
        return digest(used, self.sampling)

    def groups(self, block: int) -> Iterator[tuple[Hypothesis, Any, int]]:
        """The scenarios of a block, by whose figures hold in them."""
        for picks, at, n in believed(self.among.questions, self.sampling, block):
            yield self.among.by(picks), at, n

    # --- one block --------------------------------------------------------------------------------
    def how(self, block: int, at: Any, *, most: bool) -> How:
        """How memberships and weights that are not known are taken in a block."""
        s = self.sampling

        def counts(system: str) -> Values:
            chance = s.chance_of(system)
            if chance is None:
                return int(most)
            if chance in (0, 1):
                return int(chance)
            u = uniforms(s.seed, f"counts {system}", block, s.width(block))
            found: NDArray[Any] = (u < chance)[at].astype(np.int64)
            return found

        def weight(w: Weight) -> Values:
            if (w, block) not in self._weights:
                if any(b != block for _, b in self._weights):
                    self._weights.clear()
                words = random_words(s.seed, w.stream, block, s.width(block))
                sign = 1.0 if w.low < w.high else -1.0
                ends = (w.low * sign, w.best * sign, w.high * sign)
                drawn = fractions(s.distribution, *ends).draw(words).astype(np.float64)
                self._weights[w, block] = drawn * sign
            found: NDArray[Any] = self._weights[w, block][at]
            return found

        return How(counts, weight, most)

    def answer(self) -> tuple[tuple[Chance, ...], tuple[PartyChance, ...]]:
        """Count all scenarios, block by block."""
        tallies: dict[Key, tuple[_Tally, _Tally]] = {}
        refused: dict[Key, str] = {}
        by_party = {p: [0, 0] for p in self.among.parties}
        for block in self.sampling.blocks:
            width = self.sampling.width(block)
            broken: dict[Key, list[Flags]] = {}
            for hypothesis, at, n in self.groups(block):
                self._used[id(hypothesis)] = hypothesis
                found = self._rows(hypothesis, block, at, n, tallies, refused)
                for key, pair in found.items():
                    if n == width:
                        broken[key] = pair
                        continue
                    whole = broken.setdefault(key, [np.zeros(width, bool), np.zeros(width, bool)])
                    for side, value in zip(whole, pair, strict=True):
                        side[at] = value  # type: ignore[index]
            for key, pair in broken.items():
                tallies[key][0].bits.append(_bits(pair[0], width))
            self._parties(broken, refused, by_party, width)
        for tally, _ in tallies.values():
            tally.close()
        return self._result(tallies, refused, by_party)

    def _rows(
        self,
        hypothesis: Hypothesis,
        block: int,
        at: Any,
        n: int,
        tallies: dict[Key, tuple[_Tally, _Tally]],
        refused: dict[Key, str],
    ) -> dict[Key, list[Flags]]:
        """Count every limit; gives which scenarios break it, without and with what is not known."""
        held = hypothesis.held(lambda w: self.draws.held(w, block).at(at))
        hows = [self.how(block, at, most=most) for most in (False, True)]
        found: dict[Key, list[Flags]] = {}
        for key, r in hypothesis.rows.items():
            if r.not_computed:
                refused[key] = r.not_computed
                continue
            if key not in tallies:
                tallies[key] = _Tally(r.whole), _Tally(r.whole)
            pair = tallies[key]
            if r.constant:
                found[key] = pair[0].again(hypothesis, r, held, n)
                continue
            broken: list[Flags] = []
            for side, how in enumerate(hows):
                if side and not self._twice(r):
                    broken.append(broken[0])
                    continue
                counted, bound = hypothesis.values(r, held, how)
                over, reached = judged(r.x.row.relation, counted, bound)
                pair[side].add(counted, over, reached, n, hypothesis.label)
                broken.append(over)
            found[key] = broken
        for x in hypothesis.menus:
            self._menu(hypothesis, x, found, n, tallies, refused)
        return found

    def _open(self, r: LimitReady) -> tuple[str, ...]:
        """Systems that may count or not, without a stated chance."""
        return tuple(sorted(s for s in r.unknown if self.sampling.chance_of(s) is None))

    def _twice(self, r: LimitReady) -> bool:
        """Whether the answer is given a second time, as if all that is not known counted."""
        either = any(side.either for side in r.sides)
        return bool((self._open(r) or either) and not r.unbounded)

    @staticmethod
    def _menu(
        hypothesis: Hypothesis,
        x: LimitCount,
        found: dict[Key, list[Flags]],
        n: int,
        tallies: dict[Key, tuple[_Tally, _Tally]],
        refused: dict[Key, str],
    ) -> None:
        """A menu is kept when enough of its alternatives are."""
        menu = x.row.provision
        assert isinstance(menu, Menu)
        mine = hypothesis.of_menu(x)
        if any(r.key not in found for r in mine):
            refused[key_of(x)] = "an alternative of the menu is not computed"
            return
        pair = tallies.setdefault(key_of(x), (_Tally(), _Tally()))
        broken: list[Flags] = []
        for side in (0, 1):
            kept: Any = 0
            for option, _ in menu.options:
                bad: Any = np.asarray(False)
                for r in mine:
                    if r.x.row.alternative == option:
                        bad = bad | found[r.key][side]
                kept = kept + (1 - bad.astype(np.int64))
            over, reached = judged("at least", kept, menu.choose)
            pair[side].add(kept, over, reached, n, hypothesis.label)
            broken.append(over)
        found[key_of(x)] = broken

    def _parties(
        self,
        broken: Mapping[Key, Sequence[Flags]],
        refused: Mapping[Key, str],
        by_party: dict[str, list[int]],
        width: int,
    ) -> None:
        """Which scenarios break any limit of a party; of a menu, only whether it is kept."""
        for party, sums in by_party.items():
            mine = [
                broken[key]
                for x in self.result.limits
                if x.party == party
                and not x.row.menu
                and (key := key_of(x)) in broken
                and key not in refused
            ]
            for side in (0, 1):
                any_: Any = any(bool(pair[side]) for pair in mine if not np.ndim(pair[side]))
                if not any_:
                    for pair in mine:
                        if np.ndim(pair[side]):
                            any_ = any_ | pair[side]
                sums[side] += _how_many(any_, width)

    # --- the result -------------------------------------------------------------------------------
    def _result(
        self,
        tallies: Mapping[Key, tuple[_Tally, _Tally]],
        refused: Mapping[Key, str],
        by_party: Mapping[str, Sequence[int]],
    ) -> tuple[tuple[Chance, ...], tuple[PartyChance, ...]]:
        moves = moves_of(self.among)
        chances = []
        for x in self.result.limits:
            key = key_of(x)
            if key in refused or key not in tallies:
                why = refused.get(key) or "; ".join(x.turns_on) or "not computed"
                chances.append(Chance(x, not_computed=why))
            else:
                chances.append(self._chance(x, tallies[key], moves.get(key, ())))
        parties = []
        for party, sums in by_party.items():
            mine = [c for c in chances if c.limit.party == party and not c.limit.row.menu]
            done = [c for c in mine if not c.not_computed]
            if done:
                left = len(mine) - len(done)
                plain, most = (
                    Share(sums[side], self.sampling.n, _sure([c.side(side) for c in done]))
                    for side in (0, 1)
                )
                twice = any(c.if_counts for c in done)
                parties.append(PartyChance(party, plain, most if twice else None, len(done), left))
        return tuple(chances), tuple(parties)

    def _chance(
        self, x: LimitCount, pair: tuple[_Tally, _Tally], moves: tuple[Move, ...]
    ) -> Chance:
        menu = isinstance(x.row.provision, Menu)
        rows = self.base.of_menu(x) if menu else [self.base.rows[key_of(x)]]
        why = ""
        if unbounded := sorted({s for r in rows for s in r.unbounded}):
            why = (
                f"no source gives what one of these counts: {', '.join(map(self._name, unbounded))}"
            )
        twice = any(map(self._twice, rows))
        plain = pair[0]
        given = plain.given if any(m.kind == "claim" for m in moves) else {}
        return Chance(
            x,
            _verdicts(x, plain, self._settled(x, most=False)),
            _verdicts(x, pair[1], self._settled(x, most=True)) if twice else None,
            why,
            tuple(sorted({s for r in rows for s in self._open(r)})),
            tuple(plain.figures.quantile(q) for q in QUANTILES),
            plain.total / plain.n,
            tuple(Given(label, Share(b, n)) for label, (b, n) in sorted(given.items())),
            moves,
            bits=tuple(plain.bits),
        )

    def _settled(self, x: LimitCount, *, most: bool) -> bool:
        """Whether the data allow one answer alone to whether the limit is broken."""
        if x.verdict != "depends":
            return True
        weights = dict(self.sampling.weights)
        believed_ = [[by for by in q if weights.get(by, 1.0)] for q in self.among.questions]
        if len(self._used) < math.prod(map(len, believed_)):
            return False
        found: set[bool | None] = set()
        for hypothesis in self._used.values():
            r = hypothesis.rows.get(key_of(x))
            found |= self._ends(hypothesis, r, most=most) if r is not None else {None}
        return len(found) == 1 and None not in found

    def _ends(self, hypothesis: Hypothesis, r: LimitReady, *, most: bool) -> set[bool | None]:
        """Whether a limit is broken at the ends of what the data allow; None where that is not seen."""
        bound = r.x.bound.bound
        stated = any(self.sampling.chance_of(s) is not None for s in r.unknown)
        if r.allowance or bound.as_of is not None or stated:
            return {None}
        value = hypothesis.set_value(bound)
        ends = r.counted.bounds(most=most)
        return {bool(judged(r.x.row.relation, e, value)[0]) for e in ends} if ends else {None}

    def _name(self, system: str) -> str:
        return self.case.systems[system].name if system in self.case.systems else system


def _verdicts(x: LimitCount, tally: _Tally, sure: bool) -> dict[str, Share]:
    """The share of each verdict; certain where nothing varies, or (of a breach) where it is `sure`."""
    n = tally.n
    breach = "under" if x.row.relation == "at least" else "over"
    fixed = not tally.parted and len(tally.given) == 1
    found = {"within": Share(n - tally.broken - tally.reached, n, fixed)}
    if x.row.relation != "fewer than":
        found["exactly at"] = Share(tally.reached, n, fixed)
    found[breach] = Share(tally.broken, n, fixed or (sure and tally.broken in (0, n)))
    return found


def _sure(shares: Sequence[Share]) -> bool:
    """Whether it is certain that any of these happens, or that none does."""
    return all(s.certain for s in shares) or any(s.certain and s.count for s in shares)
