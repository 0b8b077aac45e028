"""Make an ASCII id of a name in any script, where that can be done without guessing."""

from __future__ import annotations

__all__ = ["slug"]

#: Letters that have no decomposition in Unicode but a usual ASCII spelling.
SPELLINGS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "ng", "ħ": "h"}
    | dict.fromkeys("'’‘ʼ`´", "")
)


def slug(name: str, max_length: int) -> str:
    """Return lower-case ASCII words joined by hyphens; "" for a name without Latin letters (佐藤 美咲)."""
    import re
    import unicodedata

    spelled = unicodedata.normalize("NFKD", name.lower().translate(SPELLINGS))
    bare = "".join(character for character in spelled if not unicodedata.combining(character))
    return "-".join(re.findall("[a-z0-9]+", bare.lower()))[:max_length].strip("-")
