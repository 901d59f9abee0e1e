"""The mistakes that people make in YAML, whatever the lines say."""

from __future__ import annotations

import random

from differential.lines import Lines, block, change, depth_of


def indent(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    by = rng.choice((1, 2, 4, -1, -2))
    line = " " * by + lines[at] if by > 0 else lines[at][-by:] if depth_of(lines[at]) >= -by else None
    return None if line is None else change(lines, at, line)


def indent_block(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    end, by = block(lines, at), rng.choice((1, 2, 4, -1, -2, -4))
    if by < 0 and depth_of(lines[at]) < -by:
        return None
    moved = [" " * by + line if by > 0 else line[-by:] for line in lines[at:end]]
    return [*lines[:at], *moved, *lines[end:]]


def tab(lines: Lines, at: int, rng: random.Random) -> Lines:
    line = lines[at]
    bare = line.lstrip(" ")
    places = (
        "\t" + bare,
        line + "\t",
        line.replace(": ", ":\t", 1),
        line.replace("  ", "\t"),
        line[: depth_of(line)] + "\t" + bare,
    )
    return change(lines, at, rng.choice(places))


def no_colon(lines: Lines, at: int, rng: random.Random) -> Lines:
    line = lines[at]
    return change(
        lines, at, rng.choice((line.replace(":", "", 1), line.replace(": ", ":", 1), line.replace(":", "=", 1)))
    )


def more_colons(lines: Lines, at: int, rng: random.Random) -> Lines:
    line = lines[at]
    return change(
        lines, at, rng.choice((line + ": x", line + ":", line.replace(":", "::", 1), line.replace(":", " : ", 1)))
    )


def quote(lines: Lines, at: int, rng: random.Random) -> Lines:
    line = lines[at]
    return change(
        lines, at, rng.choice((line + '"', line + "'", line.replace(": ", ': "', 1), line.replace("- ", "- '", 1)))
    )


def unquote(lines: Lines, at: int, rng: random.Random) -> Lines | None:
    quoted = [number for number, line in enumerate(lines) if '"' in line or "'" in line]
    if not quoted:
        return None
    there = rng.choice(quoted)
    line = lines[there]
    swapped = line.replace('"', "'") if '"' in line else line.replace("'", '"')
    return change(lines, there, rng.choice((line.replace('"', "", 1), line.replace('"', "").replace("'", ""), swapped)))


def dash(lines: Lines, at: int, rng: random.Random) -> Lines:
    line = lines[at]
    depth = depth_of(line)
    without = line.replace("- ", rng.choice(("", "  ", "-", "- - ", "* ")), 1)
    return change(lines, at, without if line.lstrip().startswith("- ") else f"{line[:depth]}- {line[depth:]}")


def cut(lines: Lines, at: int, rng: random.Random) -> Lines:
    return [*lines[:at], lines[at][: rng.randrange(len(lines[at]) + 1)]]


def comment(lines: Lines, at: int, rng: random.Random) -> Lines:
    line = lines[at]
    return change(lines, at, rng.choice(("# " + line, line + " # note", line + "# note", line.replace(" ", " #", 1))))


def append(lines: Lines, at: int, rng: random.Random) -> Lines:
    ends = (
        " x",
        ",",
        ";",
        " ",
        "\u00a0",
        " \\",
        "}",
        "}}",
        "]",
        " |",
        " >-",
        "\r",
        " \u201cx\u201d",
        "\u2028",
        "\x07",
        "\U0001f600",
    )
    return change(lines, at, lines[at] + rng.choice(ends))


def mark(lines: Lines, at: int, rng: random.Random) -> Lines:
    """Put a line in between that means something to YAML."""
    return [
        *lines[:at],
        rng.choice(("---", "...", "--- x", "%YAML 1.2", "%TAG", "", "   ", "text", "}", "- x", "? x")),
        *lines[at:],
    ]


def whole_file(lines: Lines, at: int, rng: random.Random) -> Lines:
    ways = (
        lambda: [line + "\r" for line in lines],
        lambda: ["\ufeff" + lines[0], *lines[1:]],
        lambda: ["  " + line for line in lines],
        lambda: ["---", *lines],
        lambda: [*lines, "---", *lines],
        lambda: ["flow:", *("  " + line for line in lines)],
        lambda: ["- " + lines[0], *("  " + line for line in lines[1:])],
        lambda: [line.replace("  ", "\t") for line in lines],
        lambda: [line.replace("  ", "    ") for line in lines],
    )
    return rng.choice(ways)()


MISTAKES = (
    indent,
    indent_block,
    tab,
    no_colon,
    more_colons,
    quote,
    unquote,
    dash,
    cut,
    comment,
    append,
    mark,
    whole_file,
)
