"""Pages that people keep: one file, no script, nothing loaded; every text in them is escaped by who writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
:root {
  color-scheme: light dark;
  --line: #d9d9de; --soft: #6b6b76; --error: #b3261e; --warning: #8a5a00; --info: #33658a
}
@media (prefers-color-scheme: dark) {
  :root { --line: #3a3a42; --soft: #a0a0ac; --error: #ff8a80; --warning: #e8b04a; --info: #8fbfe0 }
}
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
p, td { overflow-wrap: anywhere } .soft { color: var(--soft) }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.error { color: var(--error) } .warning { color: var(--warning) } .info { color: var(--info) }
section { border-bottom: 1px solid var(--line); padding: .6rem 0 } section h3 { font-size: .95rem; margin: 0 }
.wide { overflow-x: auto } .wide th, .wide td { white-space: nowrap; padding-right: 1rem }
section p { margin: .2rem 0 } code { font-size: .85em }
"""
END = "</body></html>\n"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def open_page(title: str) -> str:
    """The head of a page, up to where its body begins."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style></head>\n<body>\n"
    )


def write_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of texts and figures, all of them escaped; nothing where there is no row."""
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows)
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    return f"<table><thead><tr>{names}</tr></thead><tbody>\n{lines}</tbody></table>\n" if lines else ""


def _cell(value: object) -> str:
    kind = ' class="number"' if isinstance(value, int | float) else ""
    shown = f"{value:,}" if isinstance(value, int | float) else str(value)
    return f"<td{kind}>{escape(shown)}</td>"
