"""In which order changes are carried out: what is called before what calls it, deletions last and the other way round.

Pure. Kinds go one after the other, as `KINDS` lists them. Flows may call each other in a circle; those of
one circle go together. What has triggers goes by itself (see `Change.alone`), unless it is looked at afterwards and the
server then shows what it has noticed (see `Change.shows`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from deployer.kinds import KINDS
from deployer.model.change import Action, Change
from deployer.model.resource import Key


def waves(changes: Sequence[Change], *, looked: bool = False) -> list[list[Change]]:
    """Return the changes in groups; those of one group may go in any order, one group after the other.

    `looked` says that what is written is looked at afterwards, and written again where the server has missed it.
    """
    kinds = list(KINDS)
    by_key = {change.key: change for change in changes}
    levels = _levels({key: change.needs & by_key.keys() for key, change in by_key.items()})
    written: dict[tuple[int, int], list[Change]] = {}
    pruned: dict[tuple[int, int], list[Change]] = {}
    for change in changes:
        groups = pruned if change.action is Action.PRUNE else written
        groups.setdefault((kinds.index(change.key.kind), levels[change.key]), []).append(change)
    levelled = [written[place] for place in sorted(written)] + [pruned[place] for place in sorted(pruned, reverse=True)]
    return [wave for level in levelled for wave in _split(level, looked=looked)]


def unreached(changes: Sequence[Change], refused: Collection[Key]) -> dict[Key, list[Key]]:
    """Return which changes that write would be skipped, as they call something that is refused or is skipped itself."""
    missed = set(refused)
    found: dict[Key, list[Key]] = {}
    while new := [each for each in changes if each.writes and each.key not in missed and each.needs & missed]:
        found |= {each.key: sorted(each.needs & missed) for each in new}
        missed |= {each.key for each in new}
    return found


def _split(level: Sequence[Change], *, looked: bool) -> Iterator[list[Change]]:
    """Yield those that may go at once, and each of the others by itself."""
    alone = {each.key for each in level if each.writes and each.alone and not (looked and each.shows)}
    if together := [change for change in level if change.key not in alone]:
        yield together
    yield from ([change] for change in level if change.key in alone)


def _levels(needs: Mapping[Key, Collection[Key]]) -> dict[Key, int]:
    """Return for each key a number above those of all that it needs, the same within a circle (Tarjan's algorithm)."""
    levels: dict[Key, int] = {}
    numbers: dict[Key, int] = {}
    lowest: dict[Key, int] = {}
    open_: list[Key] = []
    for root in sorted(needs):
        todo = [(root, iter(sorted(needs[root])))] if root not in numbers else []
        while todo:
            key, below = todo[-1]
            if key not in numbers:
                numbers[key] = lowest[key] = len(numbers)
                open_.append(key)
            step = next(below, None)
            if step is None:
                todo.pop()
                if todo:
                    lowest[todo[-1][0]] = min(lowest[todo[-1][0]], lowest[key])
                if lowest[key] == numbers[key]:
                    at = open_.index(key)
                    circle, open_[at:] = open_[at:], []
                    under = [levels[each] for one in circle for each in needs[one] if each in levels]
                    levels |= dict.fromkeys(circle, max(under, default=-1) + 1)
            elif step not in numbers:
                todo.append((step, iter(sorted(needs[step]))))
            elif step not in levels:
                lowest[key] = min(lowest[key], numbers[step])
    return levels
