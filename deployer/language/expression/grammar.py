"""The grammar of Pebble: whether tokens form expressions and tags, and which names and variables they use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from deployer.language.expression.tokens import Malformed, Token

_CONSTANTS = ("true", "TRUE", "false", "FALSE", "none", "NONE", "null", "NULL")
_LARGEST = 2**63 - 1
_NO_VARIABLES = ("true", "false", "null", "none")
_OTHERWISE = ("??", "???")


@dataclass(frozen=True, slots=True)
class Named:
    """A name of `kind` (`filters`, `functions` or `tests`) in an expression."""

    kind: str
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Use:
    """A variable that an expression reads, with the steps that are written out: `inputs`, `day` for `inputs['day']`.

    The path ends where a step is computed. `guarded` says that the expression is made for the case that there is none:
    with `??`, `default` or `is defined`.
    """

    path: tuple[str, ...]
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a string uses, except for what it defines itself: macros, and the variables of `for`, `set` and macros."""

    named: Sequence[Named] = ()
    uses: Sequence[Use] = ()


def read(tokens: Sequence[Token], words: Mapping[str, list[str]]) -> Reading:
    """Return what tokens use. Raises Malformed."""
    reading = _Reading(tokens, words)
    reading.body(())
    return Reading(
        [each for each in reading.named if each.kind != "functions" or each.name not in reading.macros],
        [each for each in reading.uses if each.path[0] not in reading.own],
    )


class _Reading:
    def __init__(self, tokens: Sequence[Token], words: Mapping[str, list[str]]) -> None:
        self._tokens, self._at = tokens, 0
        self._unary, self._binary = set(words["unary"]), set(words["binary"])
        known: dict[str, Callable[[], None]] = {
            "if": self._if,
            "for": self._for,
            "set": self._set,
            "macro": self._macro,
            "filter": self._filter,
            "block": self._block,
        }
        self._tags = {name: known[name] for name in words["tags"] if name in known}
        self.named: list[Named] = []
        self.macros: set[str] = {"parent", "block"}  # functions of Pebble's own
        self.uses: list[Use] = []
        self.own: set[str] = {"loop"}

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _is(self, kind: str, value: str = "") -> bool:
        now = self._now
        return now.kind == kind and (not value or now.value == value)

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _expect(self, kind: str, value: str = "", wanted: str = "") -> Token:
        if not self._is(kind, value):
            self._fail(wanted or f"`{value or kind}`")
        return self._next()

    def _fail(self, wanted: str = "a value") -> None:
        found = f"`{self._now.value}`" if self._now.value else "the end"
        raise Malformed(f"expected {wanted}, found {found}", self._now.at)

    def body(self, ends: Collection[str]) -> str:
        """Read up to one of the tags that end this body, and return its name, which has been read."""
        while not self._is("end"):
            if self._next().kind == "{{":
                self._expression()
                self._expect("}}")
                continue
            tag = self._expect("name", wanted="the name of a tag")
            if tag.value in ends:
                return tag.value
            if tag.value not in self._tags:
                hint = "`raw` works only within one line; use `verbatim`" if tag.value == "raw" else ""
                raise Malformed(f"there is no tag `{tag.value}` here", tag.at, hint)
            self._tags[tag.value]()
        if ends:
            end = next(each for each in ends if each.startswith("end"))
            raise Malformed(f"`{end}` is missing", self._now.at, f"write `{{% {end} %}}`")
        return ""

    def _if(self) -> None:
        tag = "elseif"
        while tag == "elseif":
            self._expression()
            self._expect("%}")
            tag = self.body(("else", "elseif", "endif"))
        self._otherwise(tag, "endif")

    def _for(self) -> None:
        self.own.add(self._variable())
        self._expect("name", "in")
        self._expression()
        self._expect("%}")
        self._otherwise(self.body(("else", "endfor")), "endfor")

    def _otherwise(self, tag: str, end: str) -> None:
        if tag == "else":
            self._expect("%}")
            self.body((end,))
        self._expect("%}")

    def _set(self) -> None:
        self.own.add(self._variable())
        self._expect("mark", "=")
        self._expression()
        self._expect("%}")

    def _macro(self) -> None:
        self.macros.add(self._expect("name").value)
        self._expect("mark", "(")
        first = True
        while not self._is("mark", ")"):
            if not first:
                self._expect("mark", ",")
            first = False
            self.own.add(self._variable())
            if self._is("mark", "="):
                self._next()
                self._expression()
        self._next()
        self._close("endmacro")

    def _filter(self) -> None:
        self._name("filters")
        while self._is("operator", "|"):
            self._next()
            self._name("filters")
        self._close("endfilter")

    def _block(self) -> None:
        name = self._next().value if self._is("text") else self._expect("name", wanted="the name of a block").value
        self._expect("%}")
        self.body(("endblock",))
        if self._is("name", name):
            self._next()
        self._expect("%}")

    def _close(self, end: str) -> None:
        self._expect("%}")
        self.body((end,))
        self._expect("%}")

    def _variable(self) -> str:
        name = self._expect("name", wanted="the name of a variable")
        if name.value in _NO_VARIABLES:
            raise Malformed(f"`{name.value}` is not a variable name", name.at)
        return name.value

    def _expression(self) -> None:
        """Read values between operators, and possibly a ternary; operator precedence does not matter here.

        So one that is followed by a guard counts as guarded in all of its parts.
        """
        first = len(self.uses)
        self._value()
        while self._now.kind == "operator" and self._now.value in self._binary:
            operator = self._next().value
            name = ""
            if operator == "|":
                name = self._name("filters")
            elif operator in ("is", "is not"):
                name = self._name("tests")
            if operator in _OTHERWISE or name in ("default", "defined"):
                self.uses[first:] = [Use(each.path, guarded=True) for each in self.uses[first:]]
            if not name:
                self._value()
        if self._is("mark", "?"):
            self._next()
            self._expression()
            self._expect("mark", ":")
            self._expression()

    def _name(self, kind: str) -> str:
        if self._is("operator", "|"):
            raise Malformed("`||` is not an operator", self._now.at, "write `or`")
        token = self._expect("name", wanted=f"the name of a {kind[:-1]}")
        self.named.append(Named(kind, token.value, token.at))
        if self._is("mark", "("):
            self._arguments()
        return token.value

    def _value(self) -> None:
        while self._now.kind == "operator" and self._now.value in self._unary:
            self._next()
        token = self._next()
        match token.kind, token.value:
            case "mark", "(":
                self._expression()
                self._expect("mark", ")")
                self._postfix()
            case "mark", "[":
                self._items("]", self._expression)
            case "mark", "{":
                self._items("}", self._entry)
            case "name", _:
                self._named_value(token)
            case "number", value:
                if "." not in value and int(value.removesuffix("L")) > _LARGEST:
                    raise Malformed(f"`{value}` is too large", token.at)
                self._postfix()
            case (("text" | "#{"), _):
                self._at -= 1
                self._text()
                self._postfix()
            case _:
                self._at -= token.kind != "end"
                self._fail()

    def _named_value(self, token: Token) -> None:
        """Read the rest of a call, a constant or a variable, after its name."""
        if token.value not in _CONSTANTS and self._is("mark", "("):
            self.named.append(Named("functions", token.value, token.at))
            self._arguments()
            self._postfix()
            return
        place = len(self.uses)
        steps = self._postfix()
        if token.value not in _CONSTANTS:
            self.uses.insert(place, Use((token.value, *steps)))

    def _text(self) -> None:
        text = False
        while self._is("#{") or (self._is("text") and not text):
            text = self._next().kind == "text"
            if not text:
                self._expression()
                self._expect("}#")

    def _entry(self) -> None:
        self._expression()
        self._expect("mark", ":")
        self._expression()

    def _items(self, end: str, item: Callable[[], None]) -> None:
        """Read the items of a list or a mapping; neither may end with a comma."""
        if not self._is("mark", end):
            item()
            while not self._is("mark", end):
                self._expect("mark", ",")
                item()
        self._next()

    def _postfix(self) -> list[str]:
        """Read what follows a value, `.name`, `.name(…)`, `[…]`, and return the steps up to the first computed one."""
        steps: list[str | None] = []
        while self._is("mark", ".") or self._is("mark", "["):
            if self._next().value == "[":
                steps.append(self._key())
                continue
            steps.append(self._attribute())
            if self._is("mark", "("):
                steps[-1] = None
                self._arguments(named=False)
        if self._is("mark", "("):
            raise Malformed("`(` after something that is not a function", self._now.at)
        return list(takewhile(bool, steps))  # type: ignore[arg-type]

    def _key(self) -> str | None:
        """Read what is between brackets, and return it where it is written out."""
        at, token = self._at, self._now
        self._expression()
        self._expect("mark", "]")
        if self._at != at + 2 or "\\" in token.value:
            return None
        return token.value[1:-1] if token.kind == "text" else token.value if token.kind == "number" else None

    def _attribute(self) -> str:
        name = self._now
        if name.kind in ("operator", "number"):
            key = name.value if name.kind == "number" else f"'{name.value}'"
            raise Malformed(f"`{name.value}` cannot follow a dot", name.at, f"write [{key}] without the dot")
        return self._expect("name", wanted="a name after the dot").value

    def _arguments(self, *, named: bool = True) -> None:
        self._expect("mark", "(")
        first, by_name = True, False
        while not self._is("mark", ")"):
            if not first:
                self._expect("mark", ",")
            first = False
            after = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
            if after.kind == "mark" and after.value == "=":
                if not named:
                    raise Malformed("a method cannot have named arguments", self._now.at)
                self._variable()
                self._next()
                by_name = True
            elif by_name:
                raise Malformed("a positional argument follows a named one", self._now.at)
            self._expression()
        self._next()
