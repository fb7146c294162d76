"""Who may see the dashboard, and who is refused before anybody looks at a token."""

import pytest
from looking import scope

from tenure.dashboard.admission import Rules, checked_hosts, is_loopback, refusal_of
from tenure.dashboard.request import request_of

OPEN, TOKEN = Rules(False), Rules(True)


def refused(rules=OPEN, **options):
    refusal = refusal_of(request_of(scope(**options)), rules)
    return None if refusal is None else refusal.code


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:8000", "127.1.2.3", "[::1]:80", "localhost."]
)
def test_this_machine_by_its_own_name(host):
    """Without a token, whoever is here and calls it by a name of this machine may look."""
    assert refused(host=host) is None


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "localhost@evil.example",
     "192.168.1.7", "[2001:db8::1]", "0.0.0.0", "shop.localhost"],
)  # fmt: skip
def test_a_name_that_a_server_of_names_could_send_here(host):
    """A page whose name was pointed at this machine (DNS rebinding) is refused: the Host header is still its own."""
    assert refused(host=host) in (400, 421)


@pytest.mark.parametrize("host", [None, "", "127.0.0.1 evil", "127.0.0.1,evil", "127.0.0.1/x", "[::1", "a:b:c"])
@pytest.mark.parametrize("rules", [OPEN, TOKEN])
def test_a_request_that_does_not_say_whom_it_is_for(host, rules):
    """No Host header, or none that can be read, is a bad request, with a token as well."""
    assert refused(rules, host=host) == 400


def test_two_hosts():
    """Two Host headers are a bad request: proxies and servers would not agree which one counts."""
    assert refused(host="127.0.0.1", headers=[("host", "evil.example")]) == 400


@pytest.mark.parametrize(
    "client",
    [("192.168.1.7", 1), ("10.0.0.1", 1), ("2001:db8::1", 1), ("::ffff:10.0.0.1", 1), ("", 1), None, ("testclient", 1)],
)
def test_a_client_elsewhere(client):
    """Without a token another machine is refused, and so is one of which the server knows nothing."""
    assert refused(client=client) == 403


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_a_client_here(client):
    """Every spelling of loopback is this machine."""
    assert refused(client=(client, 1)) is None


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via"])
def test_a_proxy_on_this_machine(name):
    """Without a token what a proxy forwards is refused, whoever it says it is: its clients are elsewhere."""
    assert refused(headers={name: "127.0.0.1"}) == 403
    assert refused(TOKEN, headers={name: "127.0.0.1"}) is None


def test_with_a_token_others_may_ask():
    """With a token any client and any name are let through to the question for the token."""
    assert refused(TOKEN, client=("10.0.0.1", 1), host="dash.example") is None


def test_hosts():
    """`hosts` says by which names it may be called, with a token as well."""
    rules = Rules(True, checked_hosts(["Dash.example.", "[::1]"]))

    assert refused(rules, host="dash.EXAMPLE:443") is None
    assert refused(rules, host="[::1]:80") is None
    assert refused(rules, host="evil.example") == 421


@pytest.mark.parametrize("hosts", [["https://dash.example"], ["dash.example:80"], [""], ["a b"]])
def test_hosts_that_are_no_names(hosts):
    """What is no name of a host is refused when the dashboard is made."""
    with pytest.raises(ValueError, match="no name of a host"):
        checked_hosts(hosts)


def test_hosts_as_text():
    """One name that is not in a list would be taken letter by letter."""
    with pytest.raises(TypeError, match=r"hosts=\['dash'\]"):
        checked_hosts("dash")


@pytest.mark.parametrize("rules", [OPEN, TOKEN])
@pytest.mark.parametrize("headers", [
    {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9999"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
    {"sec-fetch-site": "cross-site"},
])  # fmt: skip
def test_a_page_of_another_site_that_asks(rules, headers):
    """What another page loads behind its reader's back is refused: images, scripts, streams, forms."""
    assert refused(rules, headers=headers) == 403


def test_a_link_from_another_site():
    """Following a link to the dashboard is fine; sending a form to it is not."""
    visit = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}

    assert refused(headers=visit) is None
    assert refused(headers=visit, method="POST") == 403


def test_its_own_pages():
    """What the dashboard's own page asks for is answered."""
    own = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "origin": "http://127.0.0.1:8000"}

    assert refused(headers=own) is None


@pytest.mark.parametrize("name", ["2130706433", "127.1", "0x7f.0.0.1", "localhost6", ""])
def test_what_only_looks_like_loopback(name):
    """Spellings that a resolver decides on are no loopback here."""
    assert not is_loopback(name)
