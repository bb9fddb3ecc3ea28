"""The pictures of the README and of the guide, taken from the demo: `make pictures`."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from app.commands.demo.words import Language
from tests.browser import chromium
from tests.browser.screens import LANGUAGES, furnished, sign_in
from tests.browser.stage import Stage

FOLDER = Path(__file__).parents[2] / "docs" / "images"
PICTURES = {
    "overview": ("/", "light", 1280, 860),
    "heat-pump": ("/heatpumps/hp-001", "light", 1280, 1180),
    "dashboard": ("/heatpumps/hp-001?range=7d#board", "light", 1280, 900),
    "setting": ("/heatpumps/hp-001/settings/temp_hot_water_target?value=51", "light", 1000, 430),
    "analysis": ("/heatpumps/hp-001/analysis", "dark", 1280, 1000),
    "alerts-on-a-phone": ("/alerts/events", "dark", 390, 800),
}
"""Name → address, appearance, width and height. Each is taken in every language: overview.png, overview-de.png."""

COLOURS = 96
LARGEST_BYTES = 150_000
SETTLED_MS = 1500
DAYS = 40


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium.running() as browser:
        for language in LANGUAGES:
            with furnished(language, days=DAYS) as stage:
                _take(browser, stage, language)


def _take(browser: Browser, stage: Stage, language: Language) -> None:
    for name, (path, theme, width, height) in PICTURES.items():
        context = browser.new_context(
            locale=LANGUAGES[language],
            color_scheme=theme,  # type: ignore[arg-type]
            viewport={"width": width, "height": height},
            service_workers="block",
        )
        sign_in(context, stage)
        page = context.new_page()
        page.goto(f"{stage.address}{path}")
        page.wait_for_timeout(SETTLED_MS)
        _keep(page.screenshot(), FOLDER / (f"{name}.png" if language == "en" else f"{name}-{language}.png"))
        context.close()


def _keep(shot: bytes, file: Path) -> None:
    """With few colours: a page has no more, and the file is a quarter."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(file, optimize=True)
    size = file.stat().st_size
    assert size < LARGEST_BYTES, f"{file} has {size} bytes"


if __name__ == "__main__":
    main()
