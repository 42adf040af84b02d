"""Glossary: every word of the app with its meaning, from one table."""

from __future__ import annotations

import streamlit as st

from ui.glossary import GLOSSARY, PLACES
from ui.layout import keys_button, page_head
from ui.session import require_role

require_role()
with page_head("Glossary", "One word per thing, on every page"):
    keys_button("glossary")
wanted = (
    st.text_input(
        "Find a word",
        key="glossary.search",
        placeholder="Word or meaning",
        icon=":material/search:",
        label_visibility="collapsed",
        live="200ms",
    )
    or ""
).casefold()
found = [word for word in GLOSSARY if wanted in f"{word.name} {word.meaning}".casefold()]
if not found:
    st.caption("No word here has these letters.")
columns = st.columns(2, gap="large")
for at, place in enumerate(place for place in PLACES if any(word.place == place for word in found)):
    with columns[at % 2]:
        st.header(place, anchor=False)
        for word in found:
            if word.place == place:
                st.markdown(f"**{word.name}**  \n{word.meaning}")
