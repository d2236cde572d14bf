"""Categories as VICS holds them, numbers from 0 to 255, and the codes of a scheme."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from everyframe.errors import SchemeError, UsageError
from everyframe.model.scheme import CategoryScheme

__all__ = ["MOST", "NumberedScheme", "number_of", "parse_mapping"]

MOST: Final = 255


def number_of(code: str) -> int | None:
    """Give the number that a code is, or None when it is none that VICS can hold."""
    plain = code.isascii() and code.isdecimal() and code == str(int(code))
    return int(code) if plain and int(code) <= MOST else None


@dataclass(frozen=True, slots=True)
class NumberedScheme:
    """Hold a scheme with the number of each code; ``given`` is what a person said of codes that are no numbers."""

    id: str
    given: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, scheme: CategoryScheme, given: Mapping[str, int]) -> "NumberedScheme":
        """Number a scheme.

        Raises:
            SchemeError: a code was named that the scheme does not have, or two codes get one number.
        """
        for code in given:
            scheme.category(code)
        made = cls(scheme.id, dict(given))
        numbers = [n for c in scheme.categories if (n := made.find(c.code)) is not None]
        doubled = {n for n in numbers if numbers.count(n) > 1}
        if doubled:
            raise SchemeError(f"two categories of {scheme.id} get the number {min(doubled)}; give each its own")
        return made

    def find(self, code: str) -> int | None:
        """Give the number of a code, or None."""
        return self.given[code] if code in self.given else number_of(code)

    def number(self, code: str) -> int:
        """Give the number of a code.

        Raises:
            SchemeError: it has none.
        """
        found = self.find(code)
        if found is None:
            raise SchemeError(
                f"category {code!r} of scheme {self.id} is no number from 0 to {MOST}, and VICS holds nothing else; "
                f"say which it is to be: --number {code}=1"
            )
        return found

    def code(self, number: int) -> str:
        """Give the code that has a number; the number itself when none was said to have it."""
        return next((code for code, n in self.given.items() if n == number), str(number))


def parse_mapping(given: tuple[str, ...]) -> dict[str, int]:
    """Read ``CODE=NUMBER``, as often as it was given.

    Raises:
        UsageError: it is not of this form.
    """
    found: dict[str, int] = {}
    for one in given:
        code, sign, text = one.rpartition("=")
        number = number_of(text)
        if not sign or not code or number is None:
            raise UsageError(f"--number {one}: say CODE=NUMBER, the number from 0 to {MOST}")
        found[code] = number
    return found
