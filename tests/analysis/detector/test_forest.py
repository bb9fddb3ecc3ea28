"""The forest as plain arrays says exactly what scikit-learn says."""

import numpy as np
import pytest

from app.analysis.detector.forest import ROWS_PER_TREE, TREES, grow


@pytest.mark.parametrize("rows", [3, 40, 1000])
def test_the_arrays_score_as_scikit_learn_does(rows):
    from sklearn.ensemble import IsolationForest  # takes seconds, and every process that runs tests reads this file

    random = np.random.default_rng(rows)
    known = random.standard_normal((rows, 7))
    strange = np.concatenate([known, 5 * random.standard_normal((200, 7))])
    forest = IsolationForest(n_estimators=TREES, max_samples=min(ROWS_PER_TREE, rows), random_state=0)
    forest.fit(known.astype(np.float32))
    assert grow(known).score(strange) == pytest.approx(-forest.score_samples(strange.astype(np.float32)), abs=1e-12)
