"""A share on a bar with the wanted band drawn in: plain boxes, so that Home needs no chart library."""

from __future__ import annotations

import streamlit as st

MOST = 30.0
TICKS = (0, 10, 20, 30)
_MOUNT = st.components.v2.component(
    "callwright.share_bar",
    html='<div class="bar" role="img"><i class="band"></i><i class="mark"></i></div><div class="ticks"></div>',
    css="""
:host { display: block; }
.bar { position: relative; height: 12px; margin: 9px 0; border-radius: 3px;
  background: color-mix(in srgb, var(--st-border-color) 60%, transparent); }
.band, .mark { position: absolute; top: 0; bottom: 0; }
.band { border-radius: 3px; background: var(--st-green-color); opacity: 0.55; }
.mark { top: -7px; bottom: -7px; width: 4px; translate: -50%; border-radius: 2px; background: var(--st-text-color); }
.ticks { position: relative; height: 1.4em; font-size: 0.75rem; color: var(--st-text-color); }
.ticks span { position: absolute; translate: -50%; white-space: nowrap; }
.ticks span:first-child { translate: 0; }
.ticks span:last-child { translate: -100%; }
""",
    js="""
export default function ({ data, parentElement }) {
  const at = (share) => `${(100 * share) / data.end}%`
  const find = (name) => parentElement.querySelector(`.${name}`)
  find("bar").setAttribute("aria-label", data.alt)
  find("band").style.left = at(data.low)
  find("band").style.width = at(data.high - data.low)
  find("mark").style.left = `clamp(2px, ${at(data.share)}, 100% - 2px)`
  find("ticks").replaceChildren(...data.ticks.map((tick) => {
    const one = document.createElement("span")
    one.textContent = `${tick} %`
    one.style.left = at(tick)
    return one
  }))
}
""",
)


def draw_share(share: float, low: float, high: float, *, key: str, alt_text: str) -> None:
    """`share` in percent, on a bar up to 30 % or beyond the share."""
    end = max(MOST, share + 5)
    ticks = TICKS if end == MOST else (0, round(low), round(high), round(end))
    data = {"share": share, "low": low, "high": high, "end": end, "ticks": ticks, "alt": alt_text}
    _MOUNT(key=key, data=data)
