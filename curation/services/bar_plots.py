"""Horizontal bars as SVG text: the same numbers give the same bytes, and nothing is needed to draw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, LEFT, RIGHT = 640, 190, 60
ROW, BAR, HEAD = 24, 14, 44
LONGEST_LABEL = 26
SERIES = ("#0072B2", "#C26F00", "#008A66", "#B8568C")
_TEXT, _SOFT, _LINE = "#0E1219", "#5F6878", "#DCE0E8"


def draw_bars(title: str, bars: Mapping[str, Sequence[int]], series: Sequence[str] = ("",)) -> bytes:
    """One bar a label, its parts side by side in the order of `series`; numbers stand at the end of each bar."""
    top = HEAD + (20 if len(series) > 1 else 0)
    height = top + ROW * max(len(bars), 1) + 12
    most = max((sum(parts) for parts in bars.values()), default=0) or 1
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" font-family="Inter, Helvetica, Arial, sans-serif" font-size="12">',
        f"<title>{_safe(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#FFFFFF"/>',
        f'<text x="16" y="26" font-size="15" font-weight="600" fill="{_TEXT}">{_safe(title)}</text>',
        *(_draw_legend(series) if len(series) > 1 else ()),
        f'<line x1="{LEFT}" y1="{top}" x2="{LEFT}" y2="{height - 8}" stroke="{_LINE}"/>',
    ]
    for n, (label, parts) in enumerate(bars.items()):
        lines += _draw_bar(label, parts, series, top + ROW * n, most)
    return "\n".join([*lines, "</svg>", ""]).encode()


def _draw_legend(series: Sequence[str]) -> list[str]:
    lines, x = [], 16
    for n, name in enumerate(series):
        lines.append(f'<rect x="{x}" y="38" width="10" height="10" rx="2" fill="{SERIES[n % len(SERIES)]}"/>')
        lines.append(f'<text x="{x + 15}" y="47" fill="{_SOFT}">{_safe(name)}</text>')
        x += 35 + 7 * len(name)
    return lines


def _draw_bar(label: str, parts: Sequence[int], series: Sequence[str], y: int, most: int) -> list[str]:
    short = label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
    lines = [f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end" fill="{_TEXT}">{_safe(short)}</text>']
    room, done = WIDTH - LEFT - RIGHT, 0
    for n, part in enumerate(parts):
        start, end = (round(room * at / most, 1) for at in (done, done + part))
        done += part
        if end > start:
            name = f"{label}, {series[n]}: {part:,}" if series[n] else f"{label}: {part:,}"
            lines.append(
                f'<rect x="{LEFT + start:.1f}" y="{y + 4}" width="{end - start:.1f}" height="{BAR}" '
                f'fill="{SERIES[n % len(SERIES)]}"><title>{_safe(name)}</title></rect>'
            )
    x = LEFT + room * done / most + 6
    return [*lines, f'<text x="{x:.1f}" y="{y + 15}" fill="{_SOFT}">{done:,}</text>']


def _safe(text: str) -> str:
    """Text for XML: escaped, and without the control characters that no XML may hold."""
    return escape("".join(one if one.isprintable() else " " for one in text))
