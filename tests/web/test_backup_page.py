"""The owner takes a backup along in the browser; nobody else can."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.store import archive, restoring
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor


def test_the_owner_downloads_the_whole_installation(
    owner: Visitor, system: System, add: Callable[..., HeatPump], tmp_path: Path
) -> None:
    add("Kindergarten")
    answer = owner.post("/backup/", buffered=True)
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    assert answer.headers["Content-Disposition"] == "attachment; filename=heat-pumps-2025-11-21-1403.zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_length == len(answer.data)
    (tmp_path / "taken.zip").write_bytes(answer.data)
    (tmp_path / "new").mkdir()
    assert restoring.restore(tmp_path / "taken.zip", tmp_path / "new", NOW).note.created_at == NOW
    assert not list(tmp_path.glob(".download*"))


def test_a_backup_holds_no_key(owner: Visitor, tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("sesame")
    (tmp_path / "config.yaml").write_text("interval: 30\n")
    with zipfile.ZipFile(io.BytesIO(owner.post("/backup/", buffered=True).data)) as taken:
        assert set(taken.namelist()) == {"monitor.db", "config.yaml", "backup.json"}


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_gets_one(viewer: Visitor, method: str) -> None:
    answer = getattr(viewer, method)("/backup/")
    assert answer.status_code == 403
    assert "Only the owner may do that." in answer.text


def test_only_the_owner_is_shown_the_way(owner: Visitor, viewer: Visitor) -> None:
    assert 'href="/backup/"' in owner.get("/settings/").text
    assert 'href="/backup/"' not in viewer.get("/settings/").text


def test_a_second_one_at_the_same_time_is_refused(owner: Visitor, system: System, tmp_path: Path) -> None:
    answers = []

    def meanwhile() -> bool:
        if not answers:
            answers.append(owner.post("/backup/"))
        return True

    archive.write(tmp_path, tmp_path / "first.zip", NOW, meanwhile)
    assert answers[0].status_code == 400
    assert "Another backup is being made" in answers[0].text


def test_the_page_lists_the_nightly_ones(owner: Visitor, system: System, tmp_path: Path) -> None:
    assert "Nightly backups are off." in owner.get("/backup/").text
    system.config = replace(system.config, backup_folder="backups", backup_keep=5)
    assert "There is none yet." in owner.get("/backup/").text
    nightly = system.nightly_backup()
    assert nightly is not None
    nightly.make_when_due()
    page = owner.get("/backup/").text
    assert "heat-pumps-2025-11-21.zip" in page
    assert f"The newest 5 are kept in {tmp_path / 'backups'}." in page
