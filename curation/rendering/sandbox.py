"""The process behind `curation.rendering.guarded`: writes rows with templates of strangers' models."""

from __future__ import annotations

from curation.errors import UnreadableError
from curation.model.values import Json
from curation.processes.serving import serve
from curation.rendering.guarded import CPU_S, MEMORY_BYTES
from curation.rendering.jinja import UnusableTemplateError, render_template


def _answer(request: Json) -> Json:
    try:
        return {"text": render_template(request["source"], request["values"], request["with_marks"])}
    except UnusableTemplateError as error:
        return {"unusable": error.message}
    except UnreadableError as error:
        return {"refused": error.message}


if __name__ == "__main__":
    serve(_answer, cpu_s=CPU_S, memory_bytes=MEMORY_BYTES)
