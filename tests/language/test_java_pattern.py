r"""Java's patterns: which are valid, and what they match; all asked of Java 25."""

from __future__ import annotations

import pytest

from deployer.language.java_pattern import matches, problem

KNOWN = (
    "L|Lu|LC|L1|all|ASCII|Alnum|javaLowerCase|IsLatin|IsLATIN|IsLatn|IsAlphabetic|IsWhite_Space|IsHexDigit|IsLu|IsAlpha|"
    "Isalpha|IsjavaLowerCase|InBasicLatin|InBasic Latin|Inbasic_latin|InLatin-1 Supplement|sc=Latn|script=Latin|"
    "blk=BasicLatin|gc=Lu|GC=Lu"
)
UNKNOWN = "lu|LU|ALL|alpha|X|javaFoo|IsFoo|InFoo|gc=Xx|gc=lu|sc=Foo|block=Foo|isLatin"
COMPILED = ("^*", "^+", "$*", "^{2}", "(?:^*)", r"\b*", "^*?", r"\x{10FFFF}", r"\N{LATIN SMALL LETTER A}")


@pytest.mark.parametrize("name", KNOWN.split("|"))
def test_properties_that_java_knows(name: str) -> None:
    assert problem(rf"\p{{{name}}}") is None


@pytest.mark.parametrize("name", UNKNOWN.split("|"))
def test_properties_that_java_does_not_know(name: str) -> None:
    assert problem(rf"\p{{{name}}}") == f"there is no property `{name}`"


@pytest.mark.parametrize("pattern", COMPILED)
def test_patterns_that_java_compiles(pattern: str) -> None:
    assert problem(pattern) is None


@pytest.mark.parametrize("pattern", ["|*", "(*)", "a**", "^**", "a|*", r"\x{110000}", r"\N{FOO}", r"\p", r"\pX", "[a-"])
def test_patterns_that_java_refuses(pattern: str) -> None:
    assert problem(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "does"),
    [
        (r"\p{L}+", "\u00e4\u00d6", True),
        (r"\P{L}+", "\u00e4", False),
        (r"\p{Alpha}+", "\u00e4", False),
        (r"[\p{Lu}\d]+", "\u00d61", True),
        ("[a-z&&[^b]]+", "acd", True),
        ("[a-z&&[^b]]+", "abc", False),
        ("[a-z&&[b-d]]+", "bcd", True),
        ("[a-z&&[b-d]]+", "abc", False),
        (r"\R", "a", False),
        (r"\R", "\r\n", True),
        (".", "\u2028", False),
        ("(?s).", "\u2028", True),
        (r"(?<n>a)\k<n>", "aa", True),
        (r"\d", "\u0661", False),
    ],
)
def test_what_a_pattern_matches(pattern: str, text: str, does: bool) -> None:
    assert matches(pattern, text) is does
