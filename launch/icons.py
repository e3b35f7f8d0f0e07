"""Draws static/icons/ from static/img/daisy.svg with Chromium: `python -m launch.icons`, when the daisy changes.

A maskable icon fills its square, and the flower stays inside the circle of 80 % that every phone leaves visible.
"""

import shutil
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
GREEN = "#174f3c"
SIZES = [
    ("romashka-180.png", 180, True),  # Apple rounds the corners itself
    ("romashka-192.png", 192, False),
    ("romashka-512.png", 512, False),
    ("romashka-maskable-192.png", 192, True),
    ("romashka-maskable-512.png", 512, True),
]


def draw() -> None:
    from playwright.sync_api import sync_playwright  # a tool of developers; the product runs without it

    daisy = (STATIC / "img" / "daisy.svg").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, size, is_full in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            ground = GREEN if is_full else "transparent"
            page.set_content(
                f"<style>html, body {{ margin: 0; background: {ground}; }} svg {{ display: block; }}</style>{daisy}"
            )
            page.screenshot(path=STATIC / "icons" / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    draw()
