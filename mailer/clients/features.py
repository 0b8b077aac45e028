"""Say by which traits of an HTML document each feature of caniemail is recognised.

Takes nothing, gives one table from caniemail's slug to traits, and the features that are not looked for. A trait is a
kind and a name: `tag table`, `attribute align`, `property float`, `value display flex`, `unit rem`, `function calc`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DETECTORS", "HARMLESS", "NOT_LOOKED_FOR"]


def _each(kind: str, names: str) -> tuple[str, ...]:
    return tuple(f"{kind} {name}" for name in names.split())


def _alike(category: str, kind: str, names: str) -> dict[str, tuple[str, ...]]:
    """Return the features whose slug is the category and the name itself."""
    return {f"{category}-{name}": (f"{kind} {name}",) for name in names.split()}


_TAGS = _alike(
    "html",
    "tag",
    """
    abbr acronym address audio base bdi blockquote body code del dfn dialog div form hr img link marquee meter p picture
    pre progress rp rt ruby select small span strike strong style svg table textarea video wbr
    """,
) | {
    "html-h1-h6": _each("tag", "h1 h2 h3 h4 h5 h6"),
    "html-image-maps": ("tag map", "tag area", "attribute usemap"),
    "html-lists": _each("tag", "ul ol li dl dt dd"),
    "html-object": ("tag object", "tag embed"),
    "html-semantics": _each(
        "tag", "article aside details figcaption figure footer header main mark nav section summary time"
    ),
    "html-comments": ("comment",),
    "html-doctype": ("doctype",),
}

_ATTRIBUTES = (
    _alike(
        "html",
        "attribute",
        """
        align aria-describedby aria-hidden aria-label aria-labelledby aria-live background cellpadding cellspacing dir
        height hidden lang popover required role target valign width
        """,
    )
    | _alike("html-input", "input", "checkbox hidden radio reset submit text")
    | _alike("html-button", "button", "reset submit")
    | {
        "css-inert-attribute": ("attribute inert",),
        "html-anchor-links": ("link #",),
        "html-loading-attribute": ("attribute loading",),
        "html-mailto-links": ("link mailto",),
        "html-meta-color-scheme": ("meta color-scheme",),
        "html-srcset": ("attribute srcset", "attribute sizes"),
    }
)

_IMAGES = _alike("image", "image", "avif base64 bmp gif ico mp4 png svg webp") | {
    "image-heif": ("image heif", "image heic"),
    "image-jpg": ("image jpg", "image jpeg"),
    "image-tiff": ("image tiff", "image tif"),
}

_PROPERTIES = _alike(
    "css",
    "property",
    """
    accent-color align-items aspect-ratio backdrop-filter background background-blend-mode background-clip
    background-color background-image background-origin background-position background-repeat background-size
    border-collapse border-image border-radius border-spacing box-shadow box-sizing caption-side clear clip-path
    color-scheme column-count cursor direction display empty-cells filter float font font-kerning font-size
    font-size-adjust font-stretch font-weight height hyphenate-character hyphenate-limit-chars hyphens inline-size
    justify-content letter-spacing line-height list-style list-style-image list-style-position list-style-type
    mask-image max-block-size max-height max-inline-size max-width min-block-size min-height min-inline-size min-width
    mix-blend-mode object-fit object-position opacity orphans outline outline-offset overflow-wrap position resize
    shape-margin shape-outside tab-size table-layout text-align text-align-last text-decoration text-decoration-color
    text-decoration-line text-decoration-skip-ink text-decoration-style text-decoration-thickness
    text-emphasis-position text-indent text-justify text-orientation text-overflow text-shadow text-transform
    text-underline-offset text-underline-position text-wrap transform user-select vertical-align visibility white-space
    white-space-collapse widows width word-break word-spacing word-wrap writing-mode z-index
    """,
) | {
    "css-animation": _each(
        "property",
        """
        animation animation-delay animation-direction animation-duration animation-fill-mode animation-iteration-count
        animation-name animation-play-state animation-timing-function
        """,
    ),
    "css-block-inline-size": _each("property", "block-size inline-size"),
    "css-border": (
        "property border",
        *_each(
            "property",
            " ".join(f"border-{part}" for part in ("width", "style", "color", "top", "bottom", "left", "right")),
        ),
        *_each(
            "property",
            " ".join(
                f"border-{side}-{part}"
                for side in ("top", "bottom", "left", "right")
                for part in ("width", "style", "color")
            ),
        ),
    ),
    "css-border-inline-block": _each("property", "border-inline border-block"),
    "css-border-inline-block-individual": _each(
        "property",
        """
        border-inline-color border-block-color border-inline-style border-block-style border-inline-width
        border-block-width border-inline-start border-inline-end border-block-start border-block-end
        """,
    ),
    "css-border-inline-block-longhand": _each(
        "property",
        " ".join(
            f"border-{axis}-{end}-{part}"
            for axis in ("inline", "block")
            for end in ("start", "end")
            for part in ("color", "style", "width")
        ),
    ),
    "css-border-radius-logical": _each(
        "property", "border-start-start-radius border-start-end-radius border-end-start-radius border-end-end-radius"
    ),
    "css-column-layout-properties": _each(
        "property",
        """
        columns column-count column-fill column-gap column-rule column-rule-color column-rule-style column-rule-width
        column-span column-width
        """,
    ),
    "css-gap": _each("property", "gap column-gap row-gap"),
    "css-grid-template": _each(
        "property", "grid-template grid-template-areas grid-template-columns grid-template-rows"
    ),
    "css-inset": _each(
        "property",
        "inset inset-block inset-inline inset-inline-start inset-inline-end inset-block-start inset-block-end",
    ),
    "css-left-right-top-bottom": _each("property", "left right top bottom"),
    "css-margin": _each("property", "margin margin-left margin-right margin-top margin-bottom"),
    "css-margin-block-start-end": _each("property", "margin-block-start margin-block-end"),
    "css-margin-inline-block": _each("property", "margin-inline margin-block"),
    "css-margin-inline-start-end": _each("property", "margin-inline-start margin-inline-end"),
    "css-overflow": _each("property", "overflow overflow-x overflow-y overflow-block overflow-inline"),
    "css-padding": _each("property", "padding padding-left padding-right padding-top padding-bottom"),
    "css-padding-block-start-end": _each("property", "padding-block-start padding-block-end"),
    "css-padding-inline-block": _each("property", "padding-inline padding-block"),
    "css-padding-inline-start-end": _each("property", "padding-inline-start padding-inline-end"),
    "css-scroll-snap": _each("property", "scroll-snap-type scroll-snap-align scroll-snap-stop"),
    "css-text-emphasis": _each("property", "text-emphasis text-emphasis-color text-emphasis-style"),
    "css-transition": _each(
        "property",
        "transition transition-delay transition-duration transition-property transition-timing-function",
    ),
}

_VALUES = (
    _alike("css-unit", "unit", "ch cm em ex in mm pc pt px rem vh vmax vmin vw")
    | _alike("css-function", "function", "clamp light-dark max min")
    | {
        "css-conic-gradient": _each("function", "conic-gradient repeating-conic-gradient"),
        "css-display-flex": _each("value", "display:flex display:inline-flex"),
        "css-display-grid": _each("value", "display:grid display:inline-grid"),
        "css-display-none": ("value display:none",),
        "css-flex-direction": _each("value", "flex-direction:column flex-direction:column-reverse flex-flow:column"),
        "css-flex-wrap": _each("value", "flex-wrap:wrap flex-wrap:wrap-reverse flex-flow:wrap"),
        "css-important": ("important",),
        "css-intrinsic-size": _each("keyword", "fit-content min-content max-content"),
        "css-linear-gradient": _each("function", "linear-gradient repeating-linear-gradient"),
        "css-modern-color": _each("function", "lch oklch lab oklab"),
        "css-radial-gradient": _each("function", "radial-gradient repeating-radial-gradient"),
        "css-rgb": ("function rgb",),
        "css-rgba": ("function rgba",),
        "css-sytem-ui": _each("keyword", "system-ui ui-serif ui-sans-serif ui-rounded ui-monospace"),
        "css-unit-calc": ("function calc",),
        "css-unit-initial": ("keyword initial",),
        "css-unit-percent": ("unit %",),
        "css-variables": ("variable", "function var"),
    }
)

_RULES = (
    _alike("css-at", "rule", "font-face import keyframes media supports")
    | _alike("css-at-media", "media", "orientation prefers-color-scheme prefers-reduced-motion")
    | _alike(
        "css-pseudo-class",
        "pseudo-class",
        """
        active checked default first-child first-of-type focus focus-visible focus-within has hover lang last-child
        last-of-type link not nth-child nth-last-child nth-last-of-type nth-of-type only-child only-of-type target
        visited
        """,
    )
    | _alike("css-pseudo-element", "pseudo-element", "after before first-letter first-line marker placeholder")
    | _alike(
        "css-selector",
        "selector",
        """
        adjacent-sibling attribute chaining child class descendant general-sibling grouping id type universal
        """,
    )
    | {
        "css-at-media-device-pixel-ratio": _each(
            "media",
            "-webkit-device-pixel-ratio -webkit-min-device-pixel-ratio -webkit-max-device-pixel-ratio",
        ),
        "css-at-media-hover": _each("media", "hover any-hover"),
        "css-comments": ("css-comment",),
        "css-nesting": ("nesting",),
    }
)

#: Any of the traits of a feature tells that it is used.
DETECTORS: Final[Mapping[str, tuple[str, ...]]] = _TAGS | _ATTRIBUTES | _IMAGES | _PROPERTIES | _VALUES | _RULES

#: Features of the data that no HTML shows, each with the reason.
NOT_LOOKED_FOR: Final[Mapping[str, str]] = {
    "amp": "a part of the mail beside the HTML",
    "bimi": "a record of the sender's domain",
    "image-apng": "told from a still PNG only by the file's bytes",
    "image-hdr": "told from other images only by the file's bytes",
}

#: Features that only ask for something or stand around the letter: where one is not supported, every word of the mail
#: is still shown as meant. Why that is so.
HARMLESS: Final[Mapping[str, str]] = {
    "html-doctype": "It asks for standard layout, which a letter without columns or boxes does not depend on.",
    "html-meta-color-scheme": "It says that light and dark both suit; who ignores it paints as for any other mail.",
    "html-comments": "Nobody sees them.",
    "css-comments": "Nobody sees them.",
    "html-lang": "It helps screen readers to pronounce, and changes no looks.",
    "html-role": "It helps screen readers, and changes no looks.",
    "html-target": "Mail programs open links in a new window by themselves.",
    "html-loading-attribute": "Images load at once.",
}
