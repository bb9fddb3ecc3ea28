"""A model comes back as it was written, and nothing in a file is ever run."""

import io
import json
import pickle

import numpy as np
import pytest

from app.analysis.detector import model_file
from app.analysis.detector.model_file import BadModel, from_bytes, to_bytes
from app.analysis.detector.scoring import judge
from tests.analysis.detector.lived import as_recording


def test_a_model_read_back_scores_the_same(model, week):
    again = from_bytes(to_bytes(model))
    assert again.machine == model.machine
    assert judge(again, as_recording(week)).score.tolist() == judge(model, as_recording(week)).score.tolist()


def test_a_model_of_other_features_is_to_be_fitted_again(model, monkeypatch):
    content = to_bytes(model)
    monkeypatch.setattr(model_file, "FEATURES_VERSION", model_file.FEATURES_VERSION + 1)
    with pytest.raises(BadModel, match="another version"):
        from_bytes(content)


class Evil:
    def __reduce__(self):
        return (exec, ("raise SystemExit",))


def archive(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


BAD = {
    "nothing": b"",
    "a text": b"not a model",
    "a pickle": pickle.dumps(Evil()),
    "a pickled array": archive(head=np.array([Evil()], dtype=object)),
    "an archive without a head": archive(other=np.zeros(3)),
    "a head that is no object": archive(head=np.frombuffer(b"[1]", dtype=np.uint8)),
    "a head of another program": archive(head=np.frombuffer(json.dumps({"format": "x"}).encode(), dtype=np.uint8)),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_model_is_refused(what):
    with pytest.raises(BadModel):
        from_bytes(BAD[what])


def test_half_a_model_is_refused(model):
    content = to_bytes(model)
    with pytest.raises(BadModel):
        from_bytes(content[: len(content) // 2])
