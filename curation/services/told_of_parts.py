"""What is told of a model beside its figures, over the rows of one slice: repairs, cuts and a grammar."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.metrics.held import Held
from curation.metrics.lengths import Lengths, count_cut
from curation.metrics.repairs import Repairs, sum_up
from curation.services.evaluation_rows import GivenAnswer
from curation.services.evaluation_views import ModelResult


def narrow_told(one: ModelResult, slice_name: str, given: Sequence[GivenAnswer]) -> ModelResult:
    """A model with what is told of its answers to the rows of a slice.

    What was counted over all rows together is left out; of the model in its look it is still known.

    Args:
        one: the model with the figures of all rows.
        slice_name: the slice.
        given: its answers to the rows of the slice.
    """
    return msgspec.structs.replace(
        one,
        lengths=count_cut(given, Lengths()),
        held=Held(closed=sum(answer.is_closed for answer in given)) if one.held else None,
        repairs=_narrow_repairs(one, slice_name, given),
    )


def _narrow_repairs(one: ModelResult, slice_name: str, given: Sequence[GivenAnswer]) -> Repairs | None:
    last = one.mended or one.report
    if one.repairs is None or last is None:
        return None
    return sum_up(given, one.repairs.most, last.slices[slice_name].metrics)
