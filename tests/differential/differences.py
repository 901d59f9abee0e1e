"""Where our verdict and the engine's are not the same, and how that is shown."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from differential.mutants import Mutant
from differential.oracle import Oracle
from differential.ours import refused

from deployer.language.types import Types


class Wrong(StrEnum):
    """The ways to be wrong."""

    ACCEPTED = "wrongly accepted"
    REFUSED = "wrongly refused"
    BROKEN = "broken by"


@dataclass(frozen=True, slots=True)
class Difference:
    """A flow on which the two verdicts differ, with what the one that refuses it says, or our own error."""

    mutant: Mutant
    wrong: Wrong
    says: str

    @property
    def kind(self) -> str:
        """The mistake that is in it."""
        return kind_of(self.mutant)

    def as_file(self) -> str:
        """Return the flow with a comment that says what is the matter; what follows is the text as it was judged."""
        says = " ".join(self.says.split())
        return f"# {self.wrong}; {self.kind} in {self.mutant.origin}; {says}\n{self.mutant.text}"


def kind_of(mutant: Mutant) -> str:
    """Return the name that a mutant is counted by."""
    return mutant.kinds[0] if len(mutant.kinds) == 1 else "several" if mutant.kinds else "none"


def differences(mutants: Sequence[Mutant], oracle: Oracle, types: Types) -> list[Difference]:
    """Return where we and the engine differ on these flows."""
    found = []
    for mutant, says in zip(mutants, oracle.verdicts([mutant.text for mutant in mutants]), strict=True):
        try:
            reasons = refused(mutant.text, types)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is a bug that a user would see)
            found.append(Difference(mutant, Wrong.BROKEN, f"{type(error).__name__}: {error}"))
            continue
        if says and not reasons:
            found.append(Difference(mutant, Wrong.ACCEPTED, says))
        if reasons and not says:
            found.append(Difference(mutant, Wrong.REFUSED, "; ".join(reasons)))
    return found


def table(mutants: Sequence[Mutant], found: Sequence[Difference]) -> str:
    """Return what was judged and where it differs, by kind of mistake."""
    judged = Counter(map(kind_of, mutants))
    wrong = Counter((each.kind, each.wrong) for each in found)
    total = Counter(each.wrong for each in found)
    rows = [("mistake", "flows", *map(str, Wrong))]
    rows += [(kind, str(judged[kind]), *(str(wrong[kind, way]) for way in Wrong)) for kind in sorted(judged)]
    rows += [("all", str(len(mutants)), *(str(total[way]) for way in Wrong))]
    return "\n".join(f"{row[0]:28}{row[1]:>8}" + "".join(f"{cell:>20}" for cell in row[2:]) for row in rows)


def reasons(found: Sequence[Difference]) -> list[tuple[int, Difference]]:
    """Return one difference for each thing that is said, with how many say the like, most first."""
    first: dict[tuple[Wrong, str], Difference] = {}
    many: Counter[tuple[Wrong, str]] = Counter()
    for each in sorted(found, key=lambda difference: len(difference.mutant.text)):
        key = (each.wrong, _gist(each.says))
        first.setdefault(key, each)
        many[key] += 1
    return [(number, first[key]) for key, number in many.most_common()]


def keep(found: Sequence[Difference], folder: Path) -> None:
    """Write an example for each kind of mistake and each thing that is said into a folder of their own."""
    shutil.rmtree(folder, ignore_errors=True)
    seen: set[tuple[str, Wrong, str]] = set()
    for each in sorted(found, key=lambda difference: len(difference.mutant.text)):
        key = (each.kind, each.wrong, _gist(each.says))
        if key not in seen:
            seen.add(key)
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{each.wrong} {each.kind} {len(seen)}".replace(" ", "-")
            (folder / f"{name}.yaml").write_bytes(each.as_file().encode("utf-8", "surrogatepass"))


def _gist(says: str) -> str:
    """Return what is said without what is particular about the flow."""
    says = re.sub(r"[\w$]+(\.[\w$]+)+|[\"'`\[(].*?[\"'`\])]|\d+", "", says)
    return says[:80]
