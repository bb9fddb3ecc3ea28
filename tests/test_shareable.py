"""What is secret in the settings does not leave the computer with them."""

from __future__ import annotations

import pytest
import yaml

from app import shareable

TOKEN = "0123456789abcdef-secret"


@pytest.mark.parametrize(
    "text",
    [
        f"# mine\ninterval: 12\nmetrics_token: {TOKEN}  # for Prometheus\n",
        f'interval: 12\n"metrics_token": "{TOKEN}"\n',
        f"{{interval: 12, metrics_token: {TOKEN}}}\n",
        f"interval: 12\nmetrics_token: >-\n  {TOKEN}\n",
        f"interval: 12\nvictoriametrics: http://user:{TOKEN}@127.0.0.1:8428\n",
        f"metrics_token: {TOKEN}\ninterval: 12",
        f"# metrics_token: {TOKEN}\ninterval: 12\n",
        f"interval: 12  #metrics_token: {TOKEN}\n",
        f"## 'mqtt_password' : '{TOKEN}'\ninterval: 12\nmetrics_token: x\n",
        f"interval: 12\n# was http://user:{TOKEN}@127.0.0.1:8428 before\n",
    ],
)
def test_secrets_are_left_out_and_the_rest_stays(text: str) -> None:
    shared = shareable.settings(text)
    assert TOKEN not in shared
    assert yaml.safe_load(shared) == {"interval": 12}


@pytest.mark.parametrize("text", ["", "interval: 12\n", "# only words\n", "site: https://heat.example.org\n", "[]\n"])
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert shareable.settings(text) == text


def test_what_cannot_be_read_is_left_out_altogether() -> None:
    assert TOKEN not in shareable.settings(f"a: [\nmetrics_token: {TOKEN}\n")


def test_comments_survive() -> None:
    assert "# mine" in shareable.settings(f"# mine\ninterval: 12\nmetrics_token: {TOKEN}\n")
