"""The dashboard of the shop that the tests look at, photographed in Chromium."""

import asyncio
import contextlib
import sys
from pathlib import Path

from tenure.dashboard import Dashboard, serving
from tests.real.browser import Browser

sys.path.insert(0, str(Path(__file__).parents[1] / "dashboard"))

from watched_shop import Checkout, Orders, Troubles, shop


async def photographed(
    path: Path, *, scheme: str, width: int = 1280, height: int = 1700, chosen: str = "", is_wrong: bool = False
) -> None:
    """Save what the page of a shop at work looks like, with a box *chosen*, and something wrong where that is asked."""
    container, browser = shop(), Browser()
    try:
        async with serving(Dashboard(container, title="shop", health_every_s=0.5)) as address:
            async with container, browser.page(width=width, height=height, scheme=scheme) as page:
                await page.open(address)
                await page.until("document.querySelectorAll('.box[data-state=open]').length > 4")
                troubles = container.get(Troubles)
                troubles.mail = troubles.database = is_wrong
                working = [asyncio.create_task(_work(container, number)) for number in range(3)]
                wanted = 2 if is_wrong else 0
                failed = "document.querySelectorAll('.box[data-state=failed], .box[data-state=unhealthy]').length"
                await page.until(
                    f"{failed} === {wanted} && /a second/.test(document.getElementById('tiles').innerText)"
                )
                await page.until("document.querySelectorAll('#scopes-body tbody tr').length > 1")
                await page.run(
                    f"""[...document.querySelectorAll(".box")].find((box) => box.querySelector("title").textContent
                        === "{chosen}")?.dispatchEvent(new MouseEvent("click", {{ bubbles: true }}))"""
                )
                whole = await page.run("document.documentElement.scrollHeight")
                await page.resize(width, min(int(whole), height))
                await page.picture(path)
                for task in working:
                    task.cancel()
                await asyncio.gather(*working, return_exceptions=True)
    finally:
        browser.remove()


async def _work(container: object, number: int) -> None:
    while True:
        with contextlib.suppress(ConnectionError):
            async with container.resource_scope("request") as scope:
                await scope.aget(Orders)
                if number == 0:
                    await scope.aget(Checkout)
                await asyncio.sleep(1)
        await asyncio.sleep(0.05)
