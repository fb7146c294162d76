"""The page of a graph in a real browser: search, zoom, neighbourhoods, the keyboard, narrow and wide."""

import anyio
import pytest

from tenure.draw import drawing
from tests.draw.graphs import layered_app
from tests.real.running import ServerMissingError

real = pytest.importorskip("tests.real.browser", reason="there is nothing here that drives a browser")
pytestmark = pytest.mark.slow

CHOSEN = "document.querySelector('.node.chosen')?.dataset.label"
TITLE = "document.querySelector('#details h3')?.textContent"
N_FAR = "document.querySelectorAll('.node.far').length"
BOX = "document.querySelector('svg').getAttribute('viewBox')"


@pytest.fixture(scope="module")
def browser():
    try:
        found = real.Browser()
    except ServerMissingError as missing:
        pytest.skip(str(missing))
    yield found
    found.remove()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "graph.html"
    path.write_text(drawing(layered_app(60), "html", title="shop:container"), encoding="utf-8")
    return path.as_uri()


def in_browser(browser, script, **options):
    """Run the asynchronous function *script* with a tab; it must not make the browser complain."""

    async def run():
        async with browser.page(**options) as page:
            await script(page)
            assert page.complaints == []

    anyio.run(run)


def test_search_chooses(browser, address):
    """What is typed is looked for; Enter chooses the first, shows what there is to say, and dims what is far."""

    async def script(page):
        await page.open(address)
        assert await page.run("document.querySelectorAll('#list li').length") == 60
        await page.press("/")
        assert await page.run("document.activeElement.id") == "search"
        for letter in "broker":
            await page.press(letter)
        assert await page.run("[...document.querySelectorAll('#list li span')].map(e => e.textContent)") == ["Broker"]
        await page.press("Enter")
        await page.until(f"{CHOSEN} === 'Broker'")
        assert await page.run(TITLE) == "Broker"
        assert await page.run("document.querySelector('#details').textContent.includes('asynchronous resource')")
        assert 40 < await page.run(N_FAR) < 59

    in_browser(browser, script)


def test_neighbours_are_as_far_as_one_says(browser, address):
    """One need away, two, or all; an address names what is chosen, and may change."""

    async def script(page):
        await page.open(address)
        await page.run("location.hash = '#Domain00Handler'")
        await page.until(f"{CHOSEN} === 'Domain00Handler'")
        found = [await page.run(N_FAR)]
        for depth in ("2", "all"):
            await page.run(f"depth.value = {depth!r}; depth.dispatchEvent(new Event('change'))")
            found.append(await page.run(N_FAR))

        assert found[0] > found[1] > found[2] > 40

    in_browser(browser, script)


def test_the_keyboard_is_enough(browser, address):
    """Arrows walk from box to box, Escape lets go, signs zoom."""

    async def script(page):
        await page.open(address + "#Transaction")
        await page.until(f"{CHOSEN} === 'Transaction'")
        await page.run("document.getElementById('drawing').focus()")
        await page.press("ArrowRight")
        right = await page.until(f"{CHOSEN} !== 'Transaction' && {CHOSEN}")
        await page.press("ArrowLeft")
        await page.until(f"{CHOSEN} !== {right!r}")
        before = await page.run(BOX)
        await page.press("+")
        assert await page.run(BOX) != before
        await page.press("0")
        whole = await page.run(BOX)
        await page.press("+")
        await page.press("0")
        assert await page.run(BOX) == whole
        await page.press("Escape")
        assert await page.run(f"{CHOSEN} ?? null") is None
        assert await page.run(N_FAR) == 0

    in_browser(browser, script)


def test_a_click_chooses_and_a_drag_moves(browser, address):
    """A click on a box shows it; one beside it lets go; dragging moves the drawing and chooses nothing."""

    async def at(page, selector):
        return await page.run(
            f"(() => {{ const r = document.querySelector({selector!r}).getBoundingClientRect();"
            "return [r.x + r.width / 2, r.y + r.height / 2] })()"
        )

    async def script(page):
        async def mouse(kind, x, y):
            await page.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

        await page.open(address)
        x, y = await at(page, ".node[data-label='Domain00Service'] .box")
        await mouse("mousePressed", x, y)
        await mouse("mouseReleased", x, y)
        await page.until(f"{CHOSEN} === 'Domain00Service'")
        before = await page.run(BOX)
        await mouse("mousePressed", x, y)
        await mouse("mouseMoved", x - 60, y - 40)
        await mouse("mouseReleased", x - 60, y - 40)
        await page.until(f"{BOX} !== {before!r}")
        assert await page.run(CHOSEN) == "Domain00Service"

    in_browser(browser, script)


@pytest.mark.parametrize("width", [320, 760, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen(browser, address, width, scheme):
    """Nothing is cut off at the side, the drawing has room, and controls are large enough to be hit (WCAG 2.5.8)."""

    async def script(page):
        await page.open(address)
        assert await page.run("document.documentElement.scrollWidth") <= width
        box = await page.run("(() => { const r = drawing.getBoundingClientRect(); return [r.width, r.height] })()")
        assert box[0] >= min(width, 300)
        assert box[1] >= 200
        sizes = await page.run(
            "[...document.querySelectorAll('button, select, input')].map(e => e.getBoundingClientRect())"
            ".filter(r => r.width).map(r => Math.min(r.width, r.height))"
        )
        assert min(sizes) >= 24
        colour = await page.run("getComputedStyle(document.querySelector('.paper')).fill")
        assert colour == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(16, 22, 29)")

    in_browser(browser, script, width=width, height=700, scheme=scheme)


def test_whoever_hears_it_is_told(browser, address):
    """Every control has a name, and the drawing says what it is."""

    async def script(page):
        await page.open(address)
        nodes = await page.tree()
        controls = [
            node for node in nodes if node["role"]["value"] in ("button", "searchbox", "combobox", "application")
        ]

        assert len(controls) > 60
        assert all(node["name"]["value"] for node in controls)

    in_browser(browser, script)
