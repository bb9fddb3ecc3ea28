"""The pictures of the README, taken from the demo: `make pictures`."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from tests.browser import chromium
from tests.browser.screens import furnished, sign_in

FOLDER = Path(__file__).parents[2] / "docs" / "images"
PICTURES = {
    "overview": ("/", "light", 1280, 860),
    "heat-pump": ("/heatpumps/hp-001", "light", 1280, 1180),
    "analysis": ("/heatpumps/hp-001/analysis", "dark", 1280, 1000),
    "alerts-on-a-phone": ("/alerts/events", "dark", 390, 800),
}
"""Name → address, appearance, width and height."""

COLOURS = 96
LARGEST_BYTES = 150_000
SETTLED_MS = 1500
DAYS = 40


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium.running() as browser, furnished(days=DAYS) as stage:
        for name, (path, theme, width, height) in PICTURES.items():
            context = browser.new_context(
                locale="en-GB",
                color_scheme=theme,  # type: ignore[arg-type]
                viewport={"width": width, "height": height},
                service_workers="block",
            )
            sign_in(context, stage)
            page = context.new_page()
            page.goto(f"{stage.address}{path}")
            page.wait_for_timeout(SETTLED_MS)
            _keep(page.screenshot(), FOLDER / f"{name}.png")
            context.close()


def _keep(shot: bytes, file: Path) -> None:
    """With few colours: a page has no more, and the file is a quarter."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(file, optimize=True)
    size = file.stat().st_size
    assert size < LARGEST_BYTES, f"{file} has {size} bytes"


if __name__ == "__main__":
    main()
