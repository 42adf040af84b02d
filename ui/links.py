"""Links that several screens carry."""

from __future__ import annotations

import streamlit as st


def glossary_link() -> None:
    """The way to the words of the app."""
    if st.button("Glossary", key="glossary.open", type="tertiary", icon=":material/menu_book:"):
        st.switch_page("../pages/glossary.py")
