"""Tell whether two colours of CSS can be told apart.

Takes colours as they are written, gives yes or no.
"""

from __future__ import annotations

import re

__all__ = ["look_alike"]

#: The names that hidden texts are written with.
_NAMES = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
    "black": (0, 0, 0),
}
#: Of 255 in each channel; closer than this is as good as invisible.
_NEAR = 16
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})\b")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})")


def look_alike(one: str, other: str) -> bool:
    """Tell whether two colours are the same or nearly so; False when one of them is not known."""
    first, second = _channels(one), _channels(other)
    if first is None or second is None:
        return False
    return all(abs(a - b) < _NEAR for a, b in zip(first, second, strict=True))


def _channels(colour: str) -> tuple[int, int, int] | None:
    text = colour.strip().lower()
    if found := _HEX.search(text):
        digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
        red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
        return red, green, blue
    if found := _RGB.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    return next((_NAMES[word] for word in text.split() if word in _NAMES), None)
