"""Links that several screens carry."""

from __future__ import annotations

import streamlit as st


def glossary_link() -> None:
    """The way to the words of the app; a link, so that it opens in a tab of its own as well."""
    st.page_link("../pages/glossary.py", label="Glossary", icon=":material/menu_book:")
