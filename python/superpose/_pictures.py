"""Pictures for pages: SVG that is small, and that may stand beside other SVG."""

from __future__ import annotations

import hashlib
import re

#: What the style of a shape is without its being said. Cairo's groups set nothing else that a shape would inherit.
_DEFAULT = re.compile(
    r"(?:fill-opacity:1|stroke-opacity:1|fill-rule:nonzero|stroke-linecap:butt|stroke-linejoin:miter|stroke:none);"
)
_COLOUR = re.compile(r"rgb\(([\d.]+)%,([\d.]+)%,([\d.]+)%\)")
_SHAPE = re.compile(r"<(?:path|use) [^>]*>")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_COMMAND = re.compile(r" ?\b([MLCZ])\b ?")
_ID = re.compile(r'(\bid="|href="#|url\(#)')


def svg_for_page(svg: str) -> str:
    """The same picture in half the bytes or little more, as notebooks store it. Its ids are told from those of other
    pictures, as some pages (the classic notebook's) have all of them in one document.
    """
    small = _SHAPE.sub(_rounded, _COLOUR.sub(_hexadecimal, _DEFAULT.sub("", svg))).replace(' style=""', "")
    name = hashlib.sha256(small.encode()).hexdigest()[:6]
    return _ID.sub(rf"\g<1>s{name}-", small)


def _hexadecimal(colour: re.Match[str]) -> str:
    return "#" + "".join(f"{round(float(percent) * 2.55):02x}" for percent in colour.groups())


def _rounded(shape: re.Match[str]) -> str:
    """The shape in hundredths of a point. One that is scaled stays: what is small in it may be large on the page."""
    if "transform=" in shape[0]:
        return shape[0]
    return _COMMAND.sub(r"\1", _NUMBER.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), shape[0]))
