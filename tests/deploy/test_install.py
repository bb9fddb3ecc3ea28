"""`make install`, `make rollback` and `make uninstall` into a folder of the test, without root."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
HOME, STATE, SETTINGS = "opt/heat-pump-monitor", "var/lib/heat-pump-monitor", "etc/heat-pump-monitor"
UNIT = "etc/systemd/system/heat-pump-monitor.service"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def lock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lock file with one small package of our own, which lies beside it."""
    folder = tmp_path_factory.mktemp("wheels")
    wheel = folder / "one_small_package-1.0-py3-none-any.whl"
    contents = {
        "one_small_package.py": b"",
        "one_small_package-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: one-small-package\nVersion: 1.0\n",
        "one_small_package-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},{len(content)}\n"
        for name, content in contents.items()
    )
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        archive.writestr("one_small_package-1.0.dist-info/RECORD", record)
    file = folder / "small.lock"
    file.write_text(f"one-small-package==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    return file


def run(script: str, target: Path, lock: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """The real packages are borrowed from the environment of the tests, so that nothing has to be fetched."""
    own = {"DESTDIR": str(target), "PYTHON": sys.executable, "PYTHONPATH": sysconfig.get_paths()["purelib"]}
    if lock is not None:
        own |= {"LOCK": str(lock), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(lock.parent)}
    return subprocess.run(
        [str(REPOSITORY / "deploy" / script)],
        env=os.environ | own | variables,
        capture_output=True,
        text=True,
        timeout=300,
        cwd="/",
    )


def tree(target: Path) -> set[str]:
    return {str(path.relative_to(target)) for path in target.rglob("*") if "__pycache__" not in path.parts}


def test_installed_twice_rolled_back_and_removed(target: Path, lock: Path) -> None:
    first = run("install.sh", target, lock)
    assert first.returncode == 0, first.stderr
    current = target / HOME / "current"
    python = current / ".venv/bin/python"
    borrowed = os.environ | {"PYTHONPATH": sysconfig.get_paths()["purelib"]}
    said = subprocess.run(
        [python, "-B", "run.py", "--version"], cwd=current, env=borrowed, capture_output=True, text=True
    )
    assert said.returncode == 0
    assert said.stdout.startswith("heat-pump monitor ")
    assert subprocess.run([python, "-c", "import one_small_package"]).returncode == 0
    assert (target / STATE).stat().st_mode & 0o777 == 0o750
    assert (target / SETTINGS / "settings.env").stat().st_mode & 0o777 == 0o640
    assert (target / UNIT).read_bytes() == (REPOSITORY / "deploy/systemd/heat-pump-monitor.service").read_bytes()

    (target / SETTINGS / "settings.env").write_text("HEATPUMP_PORT=81\n")
    (target / STATE / "monitor.db").write_text("years of readings")
    former = current.resolve()
    (former / "app" / "version.py").write_text('__version__ = "0.0.9"\n')
    again = run("install.sh", target, lock)
    assert again.returncode == 0, again.stderr
    assert current.resolve() != former
    assert (target / HOME / "previous").resolve() == former
    assert (target / SETTINGS / "settings.env").read_text() == "HEATPUMP_PORT=81\n"
    assert (target / STATE / "monitor.db").exists()

    repaired = run("install.sh", target, lock)
    assert repaired.returncode == 0, repaired.stderr
    assert (target / HOME / "previous").resolve() == former, "installed once more, the version before it stays"

    newer = current.resolve()
    back = run("rollback.sh", target)
    assert back.returncode == 0, back.stderr
    assert (current.resolve(), (target / HOME / "previous").resolve()) == (former, newer)

    removed = run("uninstall.sh", target)
    assert removed.returncode == 0, removed.stderr
    assert not (target / HOME).exists()
    assert not (target / UNIT).exists()
    assert (target / STATE / "monitor.db").read_text() == "years of readings"
    assert run("uninstall.sh", target).returncode == 0
    assert run("uninstall.sh", target, PURGE="yes").returncode == 0
    assert not (target / STATE).exists()
    assert not (target / SETTINGS).exists()


def test_a_package_that_is_not_the_locked_one_leaves_nothing_behind(target: Path, lock: Path) -> None:
    forged = lock.with_name("forged.lock")
    forged.write_text(f"one-small-package==1.0 --hash=sha256:{'0' * 64}\n")
    result = run("install.sh", target, forged)
    assert result.returncode == 1
    assert "not installed: a package could not be had" in result.stderr
    assert tree(target) <= {"opt", "opt/heat-pump-monitor", "opt/heat-pump-monitor/releases"}


def test_an_upgrade_that_fails_leaves_the_running_version_alone(target: Path, lock: Path) -> None:
    """Its whole release is there already, so the test need not make a second environment."""
    release = target / HOME / "releases" / "0.1.0-former"
    release.mkdir(parents=True)
    (target / HOME / "current").symlink_to("releases/0.1.0-former")
    leftover = target / HOME / "releases" / ".new-123"
    leftover.mkdir()
    before = tree(target) - {str(leftover.relative_to(target))}
    broken = lock.with_name("broken.lock")
    broken.write_text("a-package-that-nobody-has==1.0 --hash=sha256:" + "0" * 64 + "\n")
    result = run("install.sh", target, broken, PIP_NO_INDEX="1")
    assert result.returncode == 1
    assert tree(target) == before
    assert (target / HOME / "current").readlink() == Path("releases/0.1.0-former")


@pytest.mark.parametrize(
    ("script", "variables", "reason"),
    [
        ("install.sh", {"PYTHON": "/bin/false"}, "is not Python 3.11 or newer"),
        ("rollback.sh", {}, "nothing is installed"),
        ("uninstall.sh", {"PURGE": "perhaps"}, "PURGE is perhaps"),
    ],
)
def test_what_cannot_be_is_one_sentence(target: Path, script: str, variables: dict[str, str], reason: str) -> None:
    result = run(script, target, **variables)
    assert result.returncode == 1
    assert reason in result.stderr
    assert result.stderr.count("\n") == 1
    assert tree(target) == set()
