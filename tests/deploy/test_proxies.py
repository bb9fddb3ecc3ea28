"""The examples for proxies: taken by the proxies themselves where there are any, and such that we may trust them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.tools import required

PROXIES = Path(__file__).parents[2] / "deploy" / "proxy"


def test_caddy_takes_its_example() -> None:
    caddy = required("caddy", "caddy")
    command = [caddy, "validate", "--adapter", "caddyfile", "--config", str(PROXIES / "Caddyfile")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr


def test_nginx_takes_its_example(tmp_path: Path) -> None:
    nginx, openssl = required("nginx", "nginx-light"), required("openssl", "openssl")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=heat.example.org"]
    command = [openssl, *made, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    example = (PROXIES / "nginx.conf").read_text().replace("/etc/letsencrypt/live/heat.example.org", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{example}\n}}\n")
    command = [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_an_example_is_whole_and_says_what_the_program_must_know(name: str) -> None:
    text = (PROXIES / name).read_text()
    lines = [line.split("#")[0] for line in text.splitlines()]
    assert "".join(lines).count("{") == "".join(lines).count("}")
    assert "HEATPUMP_BEHIND_HTTPS=true" in text
    assert "127.0.0.1:8080" in text


def test_nginx_lets_no_visitor_say_where_he_comes_from() -> None:
    """The program believes the last entry of each of these headers: nginx must set them all."""
    text = (PROXIES / "nginx.conf").read_text()
    for header in ("X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme", "X-Forwarded-Host $host"):
        assert f"proxy_set_header {header};" in text
