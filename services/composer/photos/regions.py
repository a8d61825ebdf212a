"""Connected regions of a mask; pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Labels = NDArray[np.int64]


def regions(mask: Mask) -> Labels:
    """Numbers the regions of a mask (H, W) whose pixels touch at their sides: 1, 2, ... by size; 0 outside.

    >>> regions(np.array([[True, False, True], [False, False, True]])).tolist()
    [[2, 0, 1], [0, 0, 1]]
    """
    labels = np.arange(1, mask.size + 1, dtype=np.int64).reshape(mask.shape) * mask
    while True:  # each run of pixels takes its least label, along rows and columns in turn, until nothing changes
        spread = _spread(_spread(labels, mask).T, mask.T).T
        if np.array_equal(spread, labels):
            return _by_size(labels)
        labels = spread


def beyond(mask: Mask) -> Mask:
    """What of a mask is connected with the border of the picture."""
    labels = regions(mask)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.isin(labels, np.unique(border[border > 0]))


def _spread(labels: Labels, mask: Mask) -> Labels:
    """Each run of a row takes the least label in it."""
    height, width = mask.shape
    begins = np.ones((height, width), dtype=np.bool_)  # a row begins a run, and so does each change of the mask
    begins[:, 1:] = mask[:, 1:] != mask[:, :-1]
    flat = begins.ravel()
    least = np.minimum.reduceat(np.ascontiguousarray(labels).ravel(), np.flatnonzero(flat))
    found: Labels = least[np.cumsum(flat) - 1].reshape(height, width)
    return found


def _by_size(labels: Labels) -> Labels:
    numbers, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.argsort(-counts * (numbers > 0), kind="stable")  # what is outside comes last
    rank = np.empty_like(order)
    rank[order] = np.arange(1, len(order) + 1)
    return np.where(labels > 0, rank[places.reshape(labels.shape)], 0)
