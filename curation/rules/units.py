"""Units in names and descriptions of numbers, in the languages people describe tools in."""

from __future__ import annotations

import re
from functools import lru_cache

_SPLIT = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
MEASURES = frozenset(
    {
        *("duration", "timeout", "delay", "interval", "elapsed", "ttl", "age"),
        *("distance", "radius", "height", "width", "length", "area", "volume", "weight", "mass"),
        *("speed", "velocity", "temperature", "pressure", "power", "voltage", "frequency", "bandwidth"),
        *("amount", "price", "cost", "budget", "salary", "fee"),
    }
)
"""Last words of names that count nothing without a unit."""
_UNITS: dict[str, str] = {
    "ms": "milliseconds", "millis": "milliseconds", "millisecond": "milliseconds", "milliseconds": "milliseconds",
    "s": "seconds", "sec": "seconds", "secs": "seconds", "second": "seconds", "seconds": "seconds",
    "sekunde": "seconds", "sekunden": "seconds", "min": "minutes", "mins": "minutes", "minute": "minutes",
    "minutes": "minutes", "minuten": "minutes", "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours",
    "hours": "hours", "stunde": "hours", "stunden": "hours", "day": "days", "days": "days", "tag": "days",
    "tage": "days", "tagen": "days", "week": "weeks", "weeks": "weeks", "wochen": "weeks", "month": "months",
    "months": "months", "monate": "months", "monaten": "months", "year": "years", "years": "years", "jahre": "years",
    "jahren": "years", "mm": "millimetres", "millimeter": "millimetres", "millimeters": "millimetres",
    "millimetres": "millimetres", "cm": "centimetres", "centimeter": "centimetres", "centimeters": "centimetres",
    "centimetres": "centimetres", "zentimeter": "centimetres", "m": "metres", "meter": "metres", "meters": "metres",
    "metre": "metres", "metres": "metres", "km": "kilometres", "kilometer": "kilometres", "kilometers": "kilometres",
    "kilometre": "kilometres", "kilometres": "kilometres", "mile": "miles", "miles": "miles", "inch": "inches",
    "inches": "inches", "ft": "feet", "foot": "feet", "feet": "feet", "mg": "milligrams", "g": "grams",
    "gram": "grams", "grams": "grams", "gramm": "grams", "kg": "kilograms", "kilogram": "kilograms",
    "kilograms": "kilograms", "kilogramm": "kilograms", "lb": "pounds", "lbs": "pounds", "tonne": "tonnes",
    "tonnes": "tonnes", "tons": "tons", "litre": "litres", "litres": "litres", "liter": "litres", "liters": "litres",
    "ml": "millilitres", "gallons": "gallons", "byte": "bytes", "bytes": "bytes", "kb": "kilobytes", "mb": "megabytes",
    "gb": "gigabytes", "mbps": "megabits", "px": "pixels", "pixel": "pixels", "pixels": "pixels", "celsius": "celsius",
    "fahrenheit": "fahrenheit", "kelvin": "kelvin", "percent": "percent", "percentage": "percent", "prozent": "percent",
    "pct": "percent", "usd": "USD", "dollar": "USD", "dollars": "USD", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "gbp": "GBP", "cent": "cents", "cents": "cents", "yen": "JPY", "jpy": "JPY", "yuan": "CNY", "cny": "CNY",
    "mph": "mph", "kmh": "km/h", "kph": "km/h", "knots": "knots", "hz": "hertz", "hertz": "hertz", "khz": "kilohertz",
    "mhz": "megahertz", "watt": "watts", "watts": "watts", "kw": "kilowatts", "volt": "volts", "volts": "volts",
    "pa": "pascals", "pascal": "pascals", "hpa": "hectopascals", "bar": "bar", "psi": "psi",
    "joule": "joules", "joules": "joules", "newton": "newtons", "newtons": "newtons", "amperes": "amperes",
    "radians": "radians", "degree": "degrees", "degrees": "degrees", "grad": "degrees", "acres": "acres",
    "hectares": "hectares", "characters": "characters", "tokens": "tokens", "words": "words", "pages": "pages",
}  # fmt: skip
_SIGNS = {"%": "percent", "°c": "celsius", "°f": "fahrenheit", "$": "USD", "€": "EUR", "£": "GBP", "¥": "yen or yuan"}
_SIGNS |= {"毫秒": "milliseconds", "秒": "seconds", "分钟": "minutes", "小时": "hours", "天": "days", "年": "years"}
_SIGNS |= {"公里": "kilometres", "千米": "kilometres", "厘米": "centimetres", "米": "metres", "公斤": "kilograms"}
_SIGNS |= {"千克": "kilograms", "克": "grams", "元": "CNY", "摄氏": "celsius", "百分": "percent", "岁": "years"}
_SAYS_ELSEWHERE = re.compile(
    r"\bunits?\b|\bcurrency\b|\bEinheit|\bWährung|\bcurrencies\b|单位|货币|币种|\bISO \d", re.IGNORECASE
)
_LETTERS = frozenset("smhgm")
"""Units of one letter, which a text may hold for other reasons."""


@lru_cache(maxsize=8192)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, in small letters: `maxDelay_ms` gives max, delay, ms."""
    return tuple(word.lower() for word in _SPLIT.findall(name))


@lru_cache(maxsize=8192)
def unit_of(name: str, description: str) -> str | None:
    """The one unit that a name or its description speaks of; None when there is none, or more than one."""
    found = {_UNITS[word] for word in name_words(name)[1:] if word in _UNITS}
    if not found:
        text = description.lower()
        found = {_UNITS[word] for word in re.findall(r"[a-zäöüß]+", text) if word in _UNITS and word not in _LETTERS}
        found = found or {unit for sign, unit in _SIGNS.items() if sign in text}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=8192)
def lacks_unit(name: str, description: str) -> bool:
    """Whether a name measures something and neither it nor its description says in what."""
    words = name_words(name)
    if not words or words[-1] not in MEASURES or "ratio" in words or any(word in _UNITS for word in words[1:]):
        return False
    text = description.lower()
    if _SAYS_ELSEWHERE.search(description) or any(sign in text for sign in _SIGNS):
        return False
    return not any(word in _UNITS for word in re.findall(r"[a-zäöüß]+", text))
