"""The page of a graph: what is in it, that nothing is fetched, and that names cannot get out of their place."""

import json
import re
from html.parser import HTMLParser

from tenure.draw.page import POLICY, page_of
from tenure.draw.view import Group, Link, Node, Note, View
from tests.draw.graphs import on_random_views

EVIL = "</script><script>alert(1)</script><!-- & \"'"
VOID = {"meta", "input", "link", "br"}


class Reader(HTMLParser):
    """Reads a page strictly: every element is ended, in order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.elements, self.texts = [], [], {}
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1], len(self.elements)] = data

    def facts(self):
        """Return the data that the script reads."""
        at = next(at for at, (tag, attrs) in enumerate(self.elements, 1) if attrs.get("id") == "facts")
        return json.loads(self.texts["script", at])


def view():
    nodes = (
        Node("n0", EVIL, "resource", "singleton", EVIL, True, EVIL, place="app.py:3"),
        Node("n1", "Settings", "value", "singleton", EVIL, False, "app", notes=(Note("error", "x", EVIL),)),
    )
    return View(EVIL, nodes, (Link("n0", "n1", (EVIL,)),), (Group(EVIL, EVIL),))


def test_names_stay_in_their_place():
    """What looks like the end of a script is data, in the drawing, the title and the facts."""
    page = Reader(page_of(view()))
    scripts = [attrs for tag, attrs in page.elements if tag == "script"]

    assert scripts == [{"type": "application/json", "id": "facts"}, {}]
    assert page.facts()["nodes"]["n0"]["label"] == EVIL
    assert page.facts()["links"] == [["n0", "n1", [EVIL]]]


def test_facts_are_told():
    """Words and what they say, as in the drawing, and where it is written."""
    facts = Reader(page_of(view())).facts()["nodes"]

    assert ["what", "asynchronous resource"] in facts["n0"]["facts"]
    assert ["place", "app.py:3"] in facts["n0"]["facts"]
    assert (facts["n1"]["level"], facts["n1"]["kind"]) == ("error", "value")


def test_nothing_is_fetched():
    """A policy in the page forbids it, and there is nothing that would."""
    page = Reader(page_of(view()))
    policy = next(attrs for tag, attrs in page.elements if attrs.get("http-equiv") == "Content-Security-Policy")

    assert policy["content"] == POLICY
    assert POLICY.startswith("default-src 'none'")
    assert not [attrs for _, attrs in page.elements if {"src", "href", "srcset", "action"} & set(attrs)]
    assert set(re.findall(r"https?:[^\"\s]*", page_of(view()))) == {"http://www.w3.org/2000/svg"}


def test_controls_have_names():
    """Whoever hears the page is told what each control does."""
    page = Reader(page_of(view()))

    for tag, attrs in page.elements:
        if tag in ("button", "input"):
            assert attrs["aria-label"]
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


@on_random_views
def test_any_view_makes_a_page(view):
    """With every node in the facts."""
    page = Reader(page_of(view))

    assert list(page.facts()["nodes"]) == [node.id for node in view.nodes]
