"""The icons of the installed product, drawn from static/icon.svg by the browser: `make icons`."""

from __future__ import annotations

from pathlib import Path

from tests.browser import chromium

STATIC = Path(__file__).parents[2] / "static"
ACCENT = "#0b6e5f"
SIZES = {"icon-180.png": (180, False), "icon-192.png": (192, False), "icon-512.png": (512, False)}
MASKABLE = {"icon-maskable-512.png": (512, True)}
"""A system may cut any shape out of a maskable one: the picture stays within the inner 80 %, on a full ground."""


def main() -> None:
    drawing = (STATIC / "icon.svg").read_text(encoding="utf-8")
    with chromium.running() as browser:
        for name, (size, full) in {**SIZES, **MASKABLE}.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            inner = round(size * 0.8) if full else size
            ground = ACCENT if full else "transparent"
            page.set_content(
                f"<style>html,body{{margin:0;height:100%;background:{ground};display:grid;place-items:center}}"
                f"svg{{width:{inner}px;height:{inner}px}}</style>{drawing}"
            )
            page.screenshot(path=STATIC / name, omit_background=not full)
            page.close()


if __name__ == "__main__":
    main()
