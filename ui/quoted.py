"""What a model said, exactly, in the typeface of code: a code block would bring the colours of every language."""

from __future__ import annotations

import streamlit as st

_MOUNT = st.components.v2.component(
    "callwright.quoted",
    html="<pre></pre>",
    css="""
pre { margin: 0; padding: 0.75rem 1rem; border-radius: 0.5rem; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 0.875rem/1.5 var(--st-code-font, monospace); color: var(--st-code-text-color);
  background: var(--st-code-background-color); }
""",
    js="""
export default ({ data, parentElement }) => { parentElement.querySelector("pre").textContent = data.text }
""",
)


def quoted(text: str, *, key: str) -> None:
    """Draw the text as it is; nothing in it is markup. An empty one would be a bar without a word."""
    if not text.strip():
        st.caption("nothing but blanks" if text else "nothing")
        return
    _MOUNT(key=key, data={"text": text})
