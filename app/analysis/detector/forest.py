"""An isolation forest as plain arrays: grown by scikit-learn, scored by numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.detector.recording import Floats

TREES = 200
ROWS_PER_TREE = 256
LEAF = -1


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees × nodes. `feature` is `LEAF` in a leaf, where `path` is the length of the path that ends there."""

    feature: NDArray[np.int16]
    threshold: Floats
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    path: Floats
    usual: float

    def score(self, rows: Floats) -> Floats:
        """0..1 per row, larger = stranger; the number that scikit-learn calls −score_samples."""
        rows = rows.astype(np.float32).astype(np.float64)  # as scikit-learn compares
        trees = np.arange(len(self.feature))[None, :]
        node = np.zeros((len(rows), len(self.feature)), dtype=np.int64)
        place = np.arange(len(rows))[:, None]
        while True:
            feature = self.feature[trees, node]
            inner = feature != LEAF
            if not inner.any():
                break
            goes_left = rows[place, np.where(inner, feature, 0)] <= self.threshold[trees, node]
            below = np.where(goes_left, self.left[trees, node], self.right[trees, node])
            node = np.where(inner, below, node)
        length = self.path[trees, node].sum(axis=1) / len(self.feature)
        score: Floats = np.exp2(-length / self.usual)
        return score


def grow(rows: Floats, seed: int = 0) -> Forest:
    """Grow a forest on these rows. scikit-learn is imported here only: it takes two seconds and 80 MB."""
    from sklearn.ensemble import IsolationForest

    sample = min(ROWS_PER_TREE, len(rows))
    fitted = IsolationForest(n_estimators=TREES, max_samples=sample, random_state=seed).fit(rows.astype(np.float32))
    trees = [(one.tree_, columns) for one, columns in zip(fitted.estimators_, fitted.estimators_features_, strict=True)]
    most = max(tree.node_count for tree, _ in trees)
    shape = (len(trees), most)
    feature = np.full(shape, LEAF, dtype=np.int16)
    threshold, path = np.zeros(shape), np.zeros(shape)
    left, right = np.zeros(shape, dtype=np.int16), np.zeros(shape, dtype=np.int16)
    for number, (tree, columns) in enumerate(trees):
        count = tree.node_count
        inner = tree.children_left >= 0
        feature[number, :count][inner] = columns[tree.feature[inner]]
        threshold[number, :count] = tree.threshold
        left[number, :count], right[number, :count] = tree.children_left, tree.children_right
        path[number, :count] = _depth(tree.children_left, tree.children_right) + _usual_path(tree.n_node_samples)
    return Forest(feature, threshold, left, right, path, float(_usual_path(np.array([sample]))[0]))


def _depth(left: NDArray[np.intp], right: NDArray[np.intp]) -> Floats:
    depth = np.zeros(len(left))
    for node, (one, other) in enumerate(zip(left, right, strict=True)):  # a parent comes before its children
        if one >= 0:
            depth[one] = depth[other] = depth[node] + 1
    return depth


def _usual_path(rows: NDArray[np.intp]) -> Floats:
    """Mean length of an unsuccessful search in a binary tree of so many rows (Liu, Ting, Zhou 2008)."""
    count = np.maximum(rows, 3).astype(float)
    many = 2 * (np.log(count - 1) + np.euler_gamma) - 2 * (count - 1) / count
    return np.where(rows <= 1, 0.0, np.where(rows == 2, 1.0, many))
