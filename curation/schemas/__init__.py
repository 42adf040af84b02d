"""JSON Schemas of tools: compiled once, checked offline, in linear time or behind a deadline."""

from curation.schemas.allowance import Allowance
from curation.schemas.compiled import Compiled, compile_schema
from curation.schemas.faults import SchemaFault
from curation.schemas.wording import SchemaError

__all__ = ["Allowance", "Compiled", "SchemaError", "SchemaFault", "compile_schema"]
