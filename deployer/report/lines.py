"""Lines of a report for a person, in colours where they are asked for. Whatever they hold, they only show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING, Self

from deployer.report.harmless import one_line

if TYPE_CHECKING:
    from rich.text import Text as Styled


@dataclass(slots=True)
class Text:
    """One line, of pieces in styles of their own; `style` is that of the whole."""

    text: str
    style: str = ""
    more: list[tuple[str, str]] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """The line without its styles."""
        return self.text + "".join(text for text, _ in self.more)

    def append(self, text: str, style: str = "") -> Self:
        """Add a piece, and return the line."""
        self.more.append((text, style))
        return self


def render(lines: Iterable[Text], *, color: bool) -> str:
    """Return the lines as they are printed, each with its end. The environment has no say in it."""
    if not color:
        return "".join(f"{one_line(line.plain).expandtabs()}\n" for line in lines)
    from rich.console import Console  # noqa: PLC0415  it takes a tenth of the start, and a CI needs no colours

    output = StringIO()
    console = Console(
        file=output, force_terminal=True, color_system="standard", highlight=False, soft_wrap=True,
        legacy_windows=False, _environ={},
    )  # fmt: skip
    for line in lines:
        console.print(_style(line))
    return output.getvalue()


def _style(line: Text) -> Styled:
    """Return the line for rich, which drops some control characters by itself: so they are made visible before."""
    from rich.text import Text as Styled  # noqa: PLC0415  see `render`

    pieces = [(line.text, ""), *line.more]
    shown, ends, so_far = one_line("".join(text for text, _ in pieces)), [], ""
    for text, _ in pieces:
        so_far += text
        ends.append(len(one_line(so_far)))
    styled = Styled(style=line.style)
    for (_, style), start, end in zip(pieces, [0, *ends], [*ends[:-1], len(shown)], strict=False):
        styled.append(shown[start:end], style=style or None)
    return styled
