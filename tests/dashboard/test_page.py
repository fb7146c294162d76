"""The page in a real Chromium: what is seen, how it is worked, and by whom it can be read."""

import asyncio
import contextlib
import itertools

import pytest
from judging import CONTROLS, level, name, role, script
from watched_shop import SECRET, Checkout, Mailer, Orders, Troubles, shop

from tenure import Container
from tenure.dashboard import Dashboard, Pace, serving
from tests.real.browser import Browser
from tests.real.running import ServerMissingError

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
TOKEN = "correct-horse-battery"
LIVE = "document.getElementById('link').dataset.link === 'live'"
DRAWN = (
    "document.querySelectorAll('.box').length > 5 && document.querySelectorAll('#resources-table tbody tr').length > 5"
)
QUICK = Pace(gap_s=0.02, look_s=0.1)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def browser():
    """One Chromium for all; each test has tabs and cookies of its own."""
    try:
        found = Browser()
    except ServerMissingError as missing:
        pytest.skip(str(missing))
    yield found
    found.remove()


@contextlib.asynccontextmanager
async def looked_at(browser, container=None, *, port=0, path="", width=1440, height=900, scheme="light", **options):
    """Serve a dashboard, and open it in a tab; nothing may complain."""
    app = Dashboard(container or shop(), pace=QUICK, health_every_s=0.2, title="shop", **options)
    async with serving(app, port=port) as address:
        async with browser.page(width=width, height=height, scheme=scheme) as page:
            page.address, page.app = address, app
            await page.open(address + path)
            yield page
            assert page.complaints == []


def box(label):
    """Return JavaScript that gives the box of a key."""
    return f"[...document.querySelectorAll('.box')].find((box) => box.querySelector('title').textContent === '{label}')"


def is_in(label, state):
    """Return JavaScript that tells whether the box and the row of a key show a state."""
    rows = "[...document.querySelectorAll('#resources-table tbody tr')]"
    row = f"{rows}.find((row) => row.querySelector('button').textContent === '{label}')"
    return f"{box(label)}?.dataset.state === '{state}' && {row}?.querySelector('.state').textContent === '{state}'"


@contextlib.asynccontextmanager
async def busy(browser, **options):
    """Look at a shop that is at work, with something wrong of each kind, and with a box chosen."""
    container = shop()
    async with container, looked_at(browser, container, **options) as page:
        await page.until(is_in("Database", "open"))
        troubles = container.get(Troubles)
        troubles.mail = troubles.database = True
        async with container.resource_scope("request") as scope:
            await scope.aget(Orders)
            with pytest.raises(ConnectionRefusedError):
                await scope.aget(Checkout)
            await settled(page)
            yield page


async def settled(page):
    """Wait until the page shows that it knows everything of a busy shop, and choose a box."""
    await page.until(f"{is_in('Database', 'unhealthy')} && {is_in('Mailer', 'failed')}")
    await page.run(f"{box('Catalogue')}.dispatchEvent(new MouseEvent('click', {{ bubbles: true }}))")
    await page.until("!document.getElementById('details').hidden")
    # what moves would be judged in the middle of it
    await page.run("""Promise.all(document.getAnimations().filter((each) => each.effect.getTiming().iterations < 99)
        .map((each) => each.finished))""")


async def test_a_start(browser):
    """From not started to started: each box, the rows, the waterfall, the tiles."""
    container = shop()
    async with looked_at(browser, container) as page:
        await page.until(is_in("Database", "not open"))
        async with container:
            await page.until(is_in("Database", "open"))
            await page.until("document.querySelectorAll('.fall tbody tr').length === 6")
            assert await page.run("document.querySelectorAll('.fall [data-critical]').length") >= 2
            assert "critical path" in await page.run("document.getElementById('waterfall-hint').textContent")
            tiles = await page.run("document.getElementById('tiles').innerText")
            assert "started" in tiles
            await page.until("document.querySelector('#pools-body .row span').textContent === 'connections'")
        await page.until(is_in("Database", "not open"))
        await page.until("document.querySelectorAll('#waterfall-choice button').length === 2")


async def test_a_resource_that_fails_and_recovers(browser):
    """A failure is seen in the graph, the table, the list of errors, the title, and said; so is its end."""
    container = shop()
    async with container, looked_at(browser, container) as page:
        await page.until(is_in("Mailer", "not open"))
        container.get(Troubles).mail = True
        with pytest.raises(ConnectionRefusedError):
            async with container.resource_scope("request") as scope:
                await scope.aget(Mailer)
        await page.until(is_in("Mailer", "failed"))
        await page.until("document.getElementById('said').textContent.includes('Mailer is failing to open')")
        await page.until("document.getElementById('errors-body').textContent.includes('ConnectionRefusedError')")
        assert (await page.run("document.title")).startswith("✕ ")

        container.get(Troubles).mail = False
        async with container.resource_scope("request") as scope:
            await scope.aget(Mailer)
            await page.until(is_in("Mailer", "open"))
            await page.until("document.getElementById('said').textContent.includes('Mailer is well again')")
            await page.until("document.querySelectorAll('#scopes-body tbody tr').length === 1")
            assert await page.run("document.title") == "shop · Tenure"
        assert SECRET not in await page.run("document.documentElement.outerHTML")


async def test_a_check_that_fails_and_recovers(browser):
    """What a check says is seen while somebody looks."""
    container = shop()
    async with container, looked_at(browser, container) as page:
        await page.until("document.getElementById('health-body').textContent.includes('Database')")
        container.get(Troubles).database = True
        await page.until(is_in("Database", "unhealthy"))
        await page.until("document.getElementById('health-body').textContent.includes('ConnectionError')")
        container.get(Troubles).database = False
        await page.until(is_in("Database", "open"))


async def test_by_keyboard_alone(browser):
    """Each control is reached by Tab, seen to be reached, and works; arrows go through the graph."""
    async with looked_at(browser) as page:
        await page.until(DRAWN)
        reached = []
        for _ in range(60):
            await page.press("Tab")
            reached.append(await page.run(script("focused")))
            if reached[-1]["tag"] == "body":
                break
        assert [each["name"] for each in reached if not each["isMarked"]] in ([], [reached[-1]["name"]])
        names = [each["name"] for each in reached]
        assert names[0] == "Skip to the content"
        for wanted in ("Theme: auto", "Graph", "Health", "Smaller", "Fit", "Larger", "filter", "Name", "Database"):
            assert wanted in names, wanted
        assert sum(each["tag"] == "g" for each in reached) == 1

        await page.run(f"{box('Orders')}.focus()")
        await page.press("ArrowRight")
        assert (await page.run(script("focused")))["label"] in ("Transaction", "Catalogue", "Search")
        await page.press("ArrowLeft")
        assert (await page.run(script("focused")))["label"] == "Orders"
        await page.press("End")
        await page.press("Home")
        await page.run(f"{box('Catalogue')}.focus()")
        await page.press("Enter")
        assert await page.run("document.getElementById('details-heading').textContent") == "Catalogue"
        assert await page.run(
            "[...document.querySelectorAll('#details .names button')].map((each) => each.textContent)"
        ) == ["Database", "Cache", "Orders"]
        await page.run("document.querySelector('#details .names button').focus()")
        await page.press("Enter")
        assert (await page.run(script("focused")))["label"] == "Database"
        await page.press("Escape")
        assert await page.run("document.getElementById('details').hidden")


async def test_the_skip_link_and_the_places(browser):
    """The first link leads past the header; the others to their sections."""
    async with looked_at(browser) as page:
        await page.press("Tab")
        await page.press("Enter")
        assert (await page.run(script("focused")))["id"] == "main"
        await page.run("document.querySelector('.places a[href=\"#health\"]').focus()")
        await page.press("Enter")
        assert (await page.run(script("focused")))["id"] == "health"
        assert await page.run("location.pathname + location.hash") == "/"


async def test_filter_and_order(browser):
    """The table shows what is looked for, in the order that is asked for, and says which that is."""
    container = shop()
    async with container, looked_at(browser, container) as page:
        await page.until(is_in("Database", "open"))
        rows = "[...document.querySelectorAll('#resources-table tbody button')].map((each) => each.textContent)"
        await page.run("document.querySelector('#resources-table thead button').click()")
        listed = await page.run(rows)
        assert listed == sorted(listed, key=str.lower)
        assert await page.run("document.querySelector('th[aria-sort]').ariaSort") == "ascending"
        await page.run("document.querySelector('#resources-table thead button').click()")
        assert await page.run(rows) == listed[::-1]
        await page.run("document.getElementById('filter').focus()")
        for letter in "data":
            await page.press(letter)
        assert await page.run(rows) == ["Database"]
        assert await page.run("document.getElementById('resources-hint').textContent") == "1 of 9 resources"


@pytest.mark.parametrize("width", [320, 768, 1440])
async def test_no_width_is_too_small(browser, width):
    """Nothing leaves the window to the side, nothing is cut off, and every target can be hit."""
    async with busy(browser, width=width) as page:
        assert await page.run(script("overflow")) == []
        assert await page.run(script("cut_off")) == []
        assert await page.run(script("small")) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_contrast(browser, scheme):
    """Every text, mark and edge stands out from what is behind it, by the ratios of WCAG AA, in both themes."""
    async with busy(browser, scheme=scheme) as page:
        found = await page.run(script("contrast"))
        assert found["n"] > 100
        assert found["wrong"] == []


async def test_themes(browser):
    """The button goes through the themes; the choice outlives the page; without one the system's counts."""
    ground = "getComputedStyle(document.body).backgroundColor"
    async with looked_at(browser) as page:
        light = await page.run(ground)
        await page.prefer(**{"prefers-color-scheme": "dark"})
        dark = await page.run(ground)
        assert light != dark
        for expected in (light, dark, dark):  # light, dark, auto
            await page.run("document.getElementById('theme').click()")
            assert await page.run(ground) == expected
        await page.run("document.getElementById('theme').click()")
        await page.open(page.address)
        assert await page.run(ground) == light


async def test_less_motion(browser):
    """Nothing moves for whoever asked for that."""
    moving = """[...document.querySelectorAll("*")].map((each) => getComputedStyle(each))
        .filter((style) => style.animationName !== "none" || style.transitionDuration !== "0s").length"""
    async with looked_at(browser) as page:
        await page.until("document.querySelectorAll('.box').length > 5")
        assert await page.run(moving) > 0
        await page.prefer(**{"prefers-reduced-motion": "reduce"})
        assert await page.run(moving) == 0


async def test_as_a_screen_reader_meets_it(browser):
    """Landmarks, headings in order, a name for every control and table, a region that says what changes."""
    async with busy(browser) as page:
        tree = await page.tree()
        roles = [role(node) for node in tree]

        for landmark in ("banner", "navigation", "main", "contentinfo", "complementary"):
            assert roles.count(landmark) == 1, landmark
        assert [name(node) for node in tree if role(node) == "navigation"] == ["Sections"]
        assert [name(node) for node in tree if role(node) == "complementary"] == ["Catalogue"]
        assert [(role(node), node["ignored"]) for node in tree if role(node) in CONTROLS and not name(node)] == []
        assert [node for node in tree if role(node) in ("region", "group", "table", "image") and not name(node)] == []
        headings = [(level(node), name(node)) for node in tree if role(node) == "heading"]
        assert headings[0] == (1, "shop")
        assert [each for each, _ in headings].count(1) == 1
        assert all(after <= before + 1 for (before, _), (after, _) in itertools.pairwise(headings))
        assert roles.count("status") == 1
        said = {name(node) for node in tree if role(node) == "button"}
        assert {"Database, unhealthy, asynchronous", "Mailer, failed, asynchronous", "Orders, value"} <= said
        assert await page.run(script("twice")) == []
        assert await page.run("document.documentElement.lang") == "en"


async def test_names_are_only_text(browser):
    """A name that looks like markup is shown as it is, and runs nothing."""
    evil = "<img src=x onerror=\"document.title='owned'\">"
    container = Container()
    container.bind(evil, value=1)
    container.bind(f"b{evil}", lambda: 1, scope="singleton", close=lambda _: None)
    async with looked_at(browser, container) as page:
        await page.until("document.querySelectorAll('.box').length === 2")
        await page.run("document.querySelector('.box').dispatchEvent(new MouseEvent('click', { bubbles: true }))")
        assert "<img src=x" in await page.run("document.getElementById('details-heading').textContent")
        assert await page.run("document.querySelectorAll('main img, svg img').length") == 0
        assert await page.run("document.title") == "shop · Tenure"


async def test_a_line_that_is_lost(browser):
    """When the server goes the page says so, keeps what it showed, and is live again when the server is back."""
    container = shop()
    async with contextlib.AsyncExitStack() as stack:
        page = await stack.enter_async_context(browser.page())
        async with serving(Dashboard(container, pace=QUICK)) as address:
            port = int(address.rstrip("/").rpartition(":")[2])
            await page.open(address)
            await page.until(f"{LIVE} && {DRAWN}")
        await page.until("document.getElementById('link').dataset.link === 'lost'")
        assert await page.run("document.querySelectorAll('.box').length") > 5
        async with serving(Dashboard(container, pace=QUICK), port=port):
            await page.until("document.getElementById('link').dataset.link === 'live'", 40)
            await page.until("document.getElementById('said').textContent.includes('answers again')")
    assert all("ERR_CONNECTION" in each or "ERR_INCOMPLETE" in each for each in page.complaints), page.complaints


async def test_a_tab_that_nobody_sees(browser):
    """A hidden tab looks at nothing, and nothing observes the container for it."""
    container = shop()
    async with container, looked_at(browser, container) as page:
        await page.until(is_in("Database", "open"))
        assert len(container.engine.observers) == 1
        hide = """(() => {{
            Object.defineProperty(document, "hidden", {{ value: {0}, configurable: true }});
            document.dispatchEvent(new Event("visibilitychange"));
        }})()"""
        await page.run(hide.format("true"))
        async with asyncio.timeout(20):
            while page.app.n_viewers:
                await asyncio.sleep(0.01)
        assert container.engine.observers == ()
        assert await page.run("document.getElementById('link-text').textContent") == "paused"
        await page.run(hide.format("false"))
        await page.until("document.getElementById('link').dataset.link === 'live'")


async def test_signing_in(browser):
    """The form is read by everybody, refuses a wrong token, lets in with the right one; no script has the cookie."""
    container = shop()
    app = Dashboard(container, token=TOKEN, title="shop")
    async with serving(app) as address, browser.page(width=320, scheme="dark") as page:
        await page.open(address)
        tree = await page.tree()
        assert [name(node) for node in tree if role(node) == "textbox"] == ["Token"]
        assert [name(node) for node in tree if role(node) == "heading"] == ["Sign in"]
        found = await page.run(script("contrast"))
        assert (found["n"] > 4, found["wrong"], await page.run(script("overflow"))) == (True, [], [])

        for text in ("wrong-wrong-wrong-wrong", TOKEN):
            await page.run("document.getElementById('token').focus()")
            for letter in text:
                await page.press(letter)
            n_loads = len(page.seen("Page.loadEventFired"))
            await page.press("Enter")
            async with asyncio.timeout(20):
                while len(page.seen("Page.loadEventFired")) == n_loads:
                    await asyncio.sleep(0.01)
            if text != TOKEN:
                assert await page.run("document.getElementById('said').textContent") == "That is not the token."
        await page.until("document.querySelectorAll('.box').length > 5")
        assert await page.run("document.cookie") == ""
        assert TOKEN not in await page.run("location.href")
        await page.run("document.querySelector('#logout button').click()")
        await page.until("document.getElementById('token') !== null")
    refused = [each for each in page.complaints if "401" not in each and "403" not in each]
    assert refused == []


async def test_a_large_graph(browser):
    """Three hundred keys are drawn, have one stop of Tab among them, and stay in their frame."""
    container = Container()
    for number in range(300):
        needs = {f"k{number // 3}"} if number else set()
        container.bind(f"k{number}", _maker(needs), scope="singleton", close=lambda _: None)
    async with looked_at(browser, container, width=768) as page:
        await page.until("document.querySelectorAll('.box').length === 300")
        assert await page.run("document.querySelectorAll('.box[tabindex=\"0\"]').length") == 1
        assert await page.run(script("overflow")) == []


def _maker(needs):
    from typing import Annotated

    def make(below: object = None) -> object:
        return object()

    make.__annotations__ = {"below": next(iter(needs), None) or Annotated[object, "none"], "return": object}
    return make
