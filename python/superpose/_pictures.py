"""Pictures for pages: SVG that is small, and that may stand beside other SVG."""

from __future__ import annotations

import hashlib
import re

#: What the style of a shape is without its being said. Cairo's groups set nothing else that a shape would inherit.
_DEFAULT = re.compile(
    r"(?:fill-opacity:1|stroke-opacity:1|fill-rule:nonzero|stroke-linecap:butt|stroke-linejoin:miter|stroke:none);"
)
_BETWEEN_TAGS = re.compile(r">\s+<")
_COLOUR = re.compile(r"rgb\(([\d.]+)%,([\d.]+)%,([\d.]+)%\)")
_SHAPE = re.compile(r"<(?:path|use) [^>]*>")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
#: In an outline: spaces beside commands and minus signs, zeros before points, and where the pen is left in the end.
_NEEDLESS = re.compile(r' ?\b(Z) M[-\d. ]+(?=")| ?\b([MLCZ])\b ?| (?=-)|(?<![\d.])0(?=\.)')
#: A disc as Cairo draws it, in two halves: from its right end over (., low) to the left one, and back.
_DISC = re.compile(
    r'<path style=" ?fill:(?P<colour>#\w{6});" d="M(?P<right>[-\d.]+)(?P<y> ?[-\d.]+)'
    r'C(?P=right) ?(?P<low>[-\d.]+) ?(?P<left>[-\d.]+) ?[-\d.]+ ?(?P=left)(?P=y)C[-\d. ]+"/>'
)
#: Lines in the same style, one after the other.
_LINES = re.compile(r'<path style="(fill:none;[^"]*)" d="[^"]*"/>(?:<path style="\1" d="[^"]*"/>)+')
_OUTLINE = re.compile(r' d="([^"]*)"')
_ID = re.compile(r'(\bid="|href="#|url\(#)')


def svg_for_page(svg: str) -> str:
    """The same picture in half the bytes, as notebooks store it. Its ids are told from those of other pictures, as some
    pages (the classic notebook's) have all of them in one document.
    """
    small = _COLOUR.sub(_hexadecimal, _DEFAULT.sub("", _BETWEEN_TAGS.sub("><", svg))).replace(' style=""', "")
    small = _LINES.sub(_joined, _DISC.sub(_as_dot, _SHAPE.sub(_rounded, small)))
    name = hashlib.sha256(small.encode()).hexdigest()[:6]
    return _ID.sub(rf"\g<1>s{name}-", small)


def _hexadecimal(colour: re.Match[str]) -> str:
    return "#" + "".join(f"{round(float(percent) * 2.55):02x}" for percent in colour.groups())


def _short(number: float) -> str:
    """The number in hundredths of a point."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _rounded(shape: re.Match[str]) -> str:
    """The shape in hundredths of a point. One that is scaled stays: what is small in it may be large on the page."""
    if "transform=" in shape[0]:
        return shape[0]
    return _NEEDLESS.sub(r"\1\2", _NUMBER.sub(lambda number: _short(float(number[0])), shape[0]))


def _as_dot(disc: re.Match[str]) -> str:
    """The disc as a line of no length with round ends, which takes a quarter of the bytes."""
    right, y, low, left = (float(disc[name]) for name in ("right", "y", "low", "left"))
    if abs(low - y - (right - left) * 2 / 3) > 0.03:  # no disc
        return disc[0]
    style = f"fill:none;stroke-width:{_short(right - left)};stroke:{disc['colour']};stroke-linecap:round;"
    return f'<path style="{style}" d="M{_short((left + right) / 2)} {_short(y)}h0"/>'


def _joined(lines: re.Match[str]) -> str:
    """The lines as one, unless the page shines through where they cross."""
    if "opacity" in lines[1]:
        return lines[0]
    return f'<path style="{lines[1]}" d="{"".join(line.strip() for line in _OUTLINE.findall(lines[0]))}"/>'
