"""The mistakes that people make in the lines of a flow: in keys, in values, in whole blocks.

Those in its YAML are in `layout`; those in what it says (a value of a wrong type, a task that belongs elsewhere) are in
`misfits`.
"""

from __future__ import annotations

import random
import re

from differential import layout
from differential.lines import Lines, Mistake, block, change
from differential.values import CRONS, DATES, DURATIONS, IDS, SCALARS, TEXTS, TYPES, WORDS, ZONES

_KEY = re.compile(r"^(\s*(?:- )?)([\w$\"'.-]+)(:)( .*|)$")


def _keyed(lines: Lines, at: int) -> re.Match[str] | None:
    return _KEY.match(lines[at])


def drop_line(lines: Lines, at: int, rng: random.Random) -> Lines:
    return [*lines[:at], *lines[at + 1 :]]


def drop_block(lines: Lines, at: int, rng: random.Random) -> Lines:
    return [*lines[:at], *lines[block(lines, at) :]]


def misspell_key(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    key = _keyed(lines, at)
    return change(lines, at, f"{key[1]}{_misspelt(key[2], rng)}{key[3]}{key[4]}") if key else None


def misspell_value(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    key = _keyed(lines, at)
    return change(lines, at, f"{key[1]}{key[2]}: {_misspelt(key[4][1:], rng)}") if key and key[4].strip() else None


def _misspelt(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    return rng.choice((word[:at] + word[at + 1 :], swapped, word[:at] + word[at] + word[at:], word + "s")) or "x"


def unknown_key(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    key = _keyed(lines, at)
    return [*lines[:at], " " * len(key[1]) + "extra: 1", *lines[at:]] if key and "-" not in key[1] else None


def other_key(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    key = _keyed(lines, at)
    return change(lines, at, f"{key[1]}{rng.choice(WORDS)}{key[3]}{key[4]}") if key else None


def key_in_other_case(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    key = _keyed(lines, at)
    if not key:
        return None
    snake = re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), key[2])
    word = rng.choice((key[2].upper(), key[2].lower(), key[2].capitalize(), snake, key[2].replace("_", "-")))
    return change(lines, at, f"{key[1]}{word}{key[3]}{key[4]}")


def odd_key(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    key = _keyed(lines, at)
    odd = ("5", "true", "null", "~", '""', "<<", "? a", "[a]", "a b", f'"{key[2]}"' if key else "")
    return change(lines, at, f"{key[1]}{rng.choice(odd)}{key[3]}{key[4]}") if key else None


def line_twice(lines: Lines, at: int, rng: random.Random) -> Lines:
    return [*lines[:at], lines[at], *lines[at:]]


def block_twice(lines: Lines, at: int, rng: random.Random) -> Lines:
    end = block(lines, at)
    return [*lines[:end], *lines[at:end], *lines[end:]]


def other_value(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    key = _keyed(lines, at)
    return change(lines, at, f"{key[1]}{key[2]}: {rng.choice(SCALARS)}") if key else None


def value_by_name(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    """Another id, cron, duration, time zone or date where there is one."""
    key = _keyed(lines, at)
    if not key:
        return None
    value = key[4].strip(" \"'")
    pools = {"cron": CRONS, "timezone": ZONES, "id": IDS, "namespace": IDS, "type": TYPES, "validator": TEXTS}
    pool: tuple[object, ...] | None = pools.get(key[2])
    if pool is None and re.match(r"P[T\d]", value):
        pool = DURATIONS
    if pool is None and re.match(r"\d+[-:]\d", value):
        pool = DATES
    if pool is None:
        return None
    chosen = rng.choice(pool)
    written = str(chosen) if rng.random() < 0.5 and chosen is not None else f'"{chosen}"'
    return change(lines, at, f"{key[1]}{key[2]}: {written}")


def value_in_other_case(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    key = _keyed(lines, at)
    if not key or not key[4].strip() or "{{" in key[4]:
        return None
    return change(lines, at, f"{key[1]}{key[2]}:{rng.choice((key[4].upper(), key[4].lower(), key[4].title()))}")


def emptied(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    key = _keyed(lines, at)
    if not key:
        return None
    return [*lines[:at], f"{key[1]}{key[2]}:{rng.choice(('', ' null', ' []', ' {}'))}", *lines[block(lines, at) :]]


def swap(lines: Lines, at: int, rng: random.Random) -> Lines:
    other = rng.choice([number for number, line in enumerate(lines) if line.strip()])
    first, second = lines[at], lines[other]
    return change(change(lines, at, second), other, first)


def move_block(lines: Lines, at: int, rng: random.Random) -> Lines:
    end = block(lines, at)
    rest = [*lines[:at], *lines[end:]]
    to = rng.randrange(len(rest) + 1)
    return [*rest[:to], *lines[at:end], *rest[to:]]


def copy_block(lines: Lines, at: int, rng: random.Random) -> Lines:
    to = rng.randrange(len(lines) + 1)
    return [*lines[:to], *lines[at : block(lines, at)], *lines[to:]]


MISTAKES: dict[str, Mistake] = {
    mistake.__name__.replace("_", " "): mistake
    for mistake in (
        *(drop_line, drop_block, misspell_key, misspell_value, unknown_key, other_key, key_in_other_case, odd_key),
        *(
            line_twice,
            block_twice,
            other_value,
            value_by_name,
            value_in_other_case,
            emptied,
            swap,
            move_block,
            copy_block,
        ),
        *layout.MISTAKES,
    )
}
"""By name; the line is one that holds something."""


def mistaken(text: str, kind: str, rng: random.Random) -> str | None:
    """Return the text with a mistake of a kind, None where there is no place for it."""
    lines = text.split("\n")
    places = [number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    changed = MISTAKES[kind](lines, rng.choice(places), rng) if places else None
    return None if changed is None else "\n".join(changed)
