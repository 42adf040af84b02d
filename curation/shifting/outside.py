"""Tools from far away, for data sets that offer everything they have in every row."""

from __future__ import annotations

from curation.model.definition import Definition
from curation.model.source import quote


def _define(name: str, description: str, **arguments: str) -> Definition:
    """A tool of text arguments, all of them required."""
    properties = ",".join(
        f"{quote(key)}:{{{quote('type')}:{quote('string')},{quote('description')}:{quote(said)}}}"
        for key, said in arguments.items()
    )
    required = ",".join(map(quote, arguments))
    parameters = (
        f'{{"type":"object","properties":{{{properties}}},"required":[{required}],"additionalProperties":false}}'
    )
    inner = f'{{"name":{quote(name)},"description":{quote(description)},"parameters":{parameters}}}'
    return Definition(f'{{"type":"function","function":{inner}}}')


OUTSIDE: tuple[Definition, ...] = (
    _define("moon_phase", "How much of the moon is lit on a night.", night="The night, as YYYY-MM-DD."),
    _define("tide_table", "High and low water at a harbour.", harbour="The harbour.", day="The day, as YYYY-MM-DD."),
    _define("chess_opening", "The name of a chess opening by its first moves.", moves="The moves, as 1.e4 e5."),
    _define("knitting_gauge", "Stitches that a width of knitting takes.", yarn="The yarn.", width="In centimetres."),
    _define("tune_guitar", "The pitch of a guitar string in a tuning.", tuning="The tuning.", string="1 to 6."),
    _define("bird_song", "Which birds sing like this in a region.", song="The song in words.", region="The region."),
    _define("star_rising", "When a star rises over the horizon.", star="The star.", horizon="Where one stands."),
    _define("roman_numeral", "Writes a figure in Roman numerals.", figure="The figure."),
)
"""Nobody who wants one of them is served by another data set's tools, and hardly anybody who is asks for these."""
