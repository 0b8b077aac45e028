"""Name the elements of HTML by what they do to the words in them."""

from __future__ import annotations

__all__ = ["BLOCKS", "INLINE", "UNREAD"]

#: Elements that begin and end a line.
BLOCKS = frozenset(
    """
    address article aside blockquote body dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre
    section table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905  # forty quoted words cannot be read
)
#: Elements that run on within a line.
INLINE = frozenset(
    """
    a abbr b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub sup time
    tt u var wbr
    """.split()  # noqa: SIM905  # so are these
)
#: Elements whose words no page shows.
UNREAD = frozenset({"head", "script", "style", "template", "title"})
