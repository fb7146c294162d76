"""What the application answers, without a server."""

import re
from urllib.parse import urlencode

import pytest
from looking import ask
from watched_shop import shop

from tenure.dashboard import Dashboard
from tenure.errors import BindingError

TOKEN = "correct-horse-battery"
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    """Nothing here waits for anything, so one library shows all."""
    return "asyncio"


async def test_page():
    """The page comes with headers that have a browser load nothing from elsewhere and run nothing inline."""
    answer = await ask(Dashboard(shop(), title='<shop> & "co"'))

    assert answer.code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert "<shop>" not in answer.text
    assert "&lt;shop&gt; &amp; &quot;co&quot;" in answer.text


def files():
    """Give every file of the page."""
    from importlib import resources

    return list(resources.files("tenure.dashboard").joinpath("static").iterdir())


@pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
async def test_files(file):
    """A file is served once with its tag; asked for again it is not sent. Pages are no files."""
    app = Dashboard(shop())
    answer = await ask(app, f"/static/{file.name}")

    if file.name.endswith(".html"):
        assert answer.code == 404
        return
    assert answer.code == 200
    assert answer.body == file.read_bytes()
    again = await ask(app, f"/static/{file.name}", headers={"if-none-match": answer.headers["etag"]})
    assert (again.code, again.body) == (304, b"")
    assert answer.headers["content-type"].startswith(("text/css", "text/javascript", "image/svg+xml"))


def test_nothing_from_elsewhere():
    """No file names an address outside, none holds what runs inline."""
    for file in files():
        text = file.read_text("utf-8")
        addresses = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]+[^\s\"']*", text, re.IGNORECASE))
        assert addresses <= {"http://www.w3.org/2000/svg"}, file.name
        assert not re.search(r"<script>|<style|\sstyle=|\son\w+=\"|innerHTML|insertAdjacentHTML|eval\(", text), (
            file.name
        )


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/",
        "/static/nothing.css",
        "/x",
        "/index.html",
        "/static/index.html",
    ],
)
async def test_what_is_not_there(path):
    """Nothing else of the package, or of the machine, can be asked for."""
    assert (await ask(Dashboard(shop()), path)).code == 404


@pytest.mark.parametrize("path", ["/", "/state", "/events", "/static/base.css", "/nothing"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
async def test_it_only_shows(path, method):
    """What would change something is refused, and what is allowed is said."""
    answer = await ask(Dashboard(shop()), path, method)

    assert answer.code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/state", "/events", "/static/base.css", "/nothing"])
async def test_head(path):
    """HEAD answers as GET does, without the body; a stream does not begin."""
    app = Dashboard(shop())
    answer = await ask(app, path, "HEAD")

    assert answer.body == b""
    assert answer.code == (404 if path == "/nothing" else 200)
    assert app.n_viewers == 0


async def test_refused_before_anything():
    """Another machine sees nothing: no page, no file, not whether there is one."""
    app = Dashboard(shop())

    for path in ("/", "/state", "/events", "/static/base.css", "/nothing"):
        answer = await ask(app, path, client=("10.0.0.1", 1))
        assert answer.code == 403, path
        assert "token" in answer.text


async def test_without_the_token():
    """With a token the page is a form, and everything else is refused; the files of the form are there."""
    app = Dashboard(shop(), token=TOKEN)
    page = await ask(app)

    assert page.code == 401
    assert 'type="password"' in page.text
    assert "Database" not in page.text
    for path in ("/state", "/events"):
        answer = await ask(app, path)
        assert (answer.code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="tenure"')
    assert (await ask(app, "/static/base.css")).code == 200


async def test_by_header():
    """A program shows the token in a header, from wherever it is."""
    app = Dashboard(shop(), token=TOKEN)
    options = {"client": ("10.0.0.1", 1), "host": "dash.example"}

    assert (await ask(app, "/state", headers={"authorization": f"Bearer {TOKEN}"}, **options)).code == 200
    assert (await ask(app, "/state", headers={"authorization": "Bearer wrong-wrong-wrong"}, **options)).code == 401


async def test_signing_in_and_out():
    """The form gives a cookie that lets in; signing out takes it away. The token stands in no address."""
    app = Dashboard(shop(), token=TOKEN)
    form = {"method": "POST", "headers": {"origin": "https://dash.example", "sec-fetch-site": "same-origin"},
            "client": ("10.0.0.1", 1), "host": "dash.example", "root": "/dash", "scheme": "https"}  # fmt: skip
    answer = await ask(app, "/dash/login", body=urlencode({"token": TOKEN}).encode(), **form)

    assert (answer.code, answer.headers["location"]) == (303, "/dash/")
    assert "Path=/dash; " in answer.headers["set-cookie"]
    assert answer.headers["set-cookie"].endswith("; HttpOnly; SameSite=Strict; Secure")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert (await ask(app, "/state", headers={"cookie": f"a=b; {cookie}"})).code == 200

    answer = await ask(app, "/dash/logout", **form)
    assert answer.code == 303
    assert "tenure_dashboard=; " in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_signing_in_with_something_else():
    """A wrong token is said to be wrong, and shown nowhere."""
    app = Dashboard(shop(), token=TOKEN)
    answer = await ask(app, "/login", "POST", body=b"token=wrong-token-of-mine")

    assert answer.code == 403
    assert "not the token" in answer.text
    assert "wrong-token-of-mine" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_form_that_is_too_long():
    """No more is read than a token needs."""
    assert (await ask(Dashboard(shop(), token=TOKEN), "/login", "POST", body=b"x" * 5000)).code == 413


async def test_a_form_of_another_site():
    """Another site cannot sign its visitor in."""
    app = Dashboard(shop(), token=TOKEN)

    assert (
        await ask(app, "/login", "POST", body=f"token={TOKEN}".encode(), headers={"origin": "https://evil.example"})
    ).code == 403


async def test_websockets_and_lifespan():
    """A websocket is closed; the lifespan protocol is spoken, for servers that insist on it."""
    app, sent = Dashboard(shop()), []
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive():
        return next(messages)

    async def send(message):
        sent.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    messages = iter([{"type": "websocket.connect"}])
    await app({"type": "websocket"}, receive, send)
    assert sent[2:] == ["websocket.close"]


@pytest.mark.parametrize(("options", "error", "said"), [
    ({"token": "short"}, ValueError, "has 5 characters and needs 16"),
    ({"hosts": "dash"}, TypeError, "hosts takes names"),
    ({"hosts": ["http://dash"]}, ValueError, "no name of a host"),
    ({"health_every_s": 0}, ValueError, "health_every_s is 0"),
    ({"health_every_s": float("nan")}, ValueError, "health_every_s is nan"),
    ({"max_viewers": 0}, ValueError, "max_viewers is 0"),
])  # fmt: skip
def test_what_it_is_not_made_with(options, error, said):
    """What cannot be meant is refused when it is made, and nothing observes the container then."""
    container = shop()
    with pytest.raises(error, match=said):
        Dashboard(container, **options)
    assert container.engine.observers == ()


def test_no_container():
    """A dashboard of something else is refused."""
    with pytest.raises(BindingError):
        Dashboard(object())
