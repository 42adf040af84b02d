"""The card of a folder of tables: which file is which split, and how its rows are loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping

_HEAD = """---
configs:
- config_name: default
  data_files:
{files}
---

# Conversations with tools

Each row is one conversation. `messages` holds its turns, `tools` the definitions offered, `extra` whatever else the row
says (labels, tags, groups). All three are JSON as text, so that no table fills in keys of other rows or changes a type.
`manifest.json` beside this file says what was written, with digests.

"""
_AS_TEXT = """```python
import json
from datasets import load_dataset

rows = load_dataset(".", split="{split}")
messages = json.loads(rows[0]["messages"])
tools = json.loads(rows[0]["tools"] or "[]")
```

With pandas: `pandas.read_parquet("{file}")`, then `json.loads` on each column.
"""
_AS_JSON = """The columns are marked as JSON, so `datasets` 4.7 and newer opens them by itself. Arguments are objects,
as TRL wants them:

```python
from datasets import load_dataset

rows = load_dataset(".", split="{split}")
messages, tools = rows[0]["messages"], rows[0]["tools"]
```

An older `datasets` gives the text; call `json.loads` on it.
"""


def write_card(names: Mapping[str, str], *, is_json: bool) -> bytes:
    """The card for files by split; `is_json` where the loader opens the columns itself."""
    files = "\n".join(f"  - split: {split}\n    path: {json.dumps(name)}" for split, name in names.items())
    split, file = next(iter(names.items()), ("train", "train.parquet"))
    body = _AS_JSON if is_json else _AS_TEXT
    return (_HEAD.format(files=files) + body.format(split=split, file=file)).encode()
