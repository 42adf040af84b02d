"""Charts that set two dataset versions side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from ui.charts import names_axis
from ui.theme import tokens

BAR = 9


def pairs(counts: Mapping[str, tuple[int, int]], versions: Sequence[str]) -> Any:
    """Two bars a name, the older version gray, the figure at each end."""
    look = tokens()
    rows = [
        {"name": name, "version": version, "n": n, "shown": f"{n:,}"}
        for name, both in counts.items()
        for version, n in zip(versions, both, strict=True)
    ]
    most = max((n for both in counts.values() for n in both), default=1) or 1
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("name:N", sort=list(counts), axis=names_axis(look, 130), scale=alt.Scale(paddingInner=0.3)),
        yOffset=alt.YOffset("version:N", sort=list(versions)),
        x=alt.X("n:Q", axis=None, scale=alt.Scale(domain=[0, most * 1.2], nice=False)),
    )
    drawn = base.mark_bar(height=BAR, cornerRadiusEnd=2).encode(
        color=alt.Color(
            "version:N", scale=alt.Scale(domain=list(versions), range=[look.gray, look.series[0]]), legend=None
        )
    )
    figures = base.mark_text(align="left", dx=4, fontSize=11, color=look.text).encode(text="shown:N")
    return alt.layer(drawn, figures).properties(height=len(counts) * 34 + 8)
