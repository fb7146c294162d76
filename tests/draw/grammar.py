"""Strict readers of the parts of Mermaid's and Graphviz's grammars that drawings use: anything else is an error."""

import json
import re

_TEXT = r'"(?P<text>[^"<>&`\\|\n]*)"'
"""Text in quotes: no quote, no line end, and nothing that Markdown or HTML would read."""
_SHAPES = [(r"\(\[", r"\]\)"), (">", r"\]"), (r"\[/", r"/\]"), (r"\{\{", r"\}\}"), (r"\[", r"\]")]
_STYLE = r"classDef \w+ [\w:#,-]+|class n\d+(,n\d+)* \w+|linkStyle \d+(,\d+)* [\w:#,-]+"


def parse_mermaid(text):
    """Return groups, nodes with their labels, and links of a flowchart; SyntaxError on anything else."""
    lines = text.splitlines()
    if lines[0] == "---":
        assert lines[2] == "---"
        json.loads(lines[1].removeprefix("title: "))  # YAML takes JSON's strings
        del lines[:3]
    assert lines.pop(0) == "flowchart LR"
    reader = _Mermaid()
    for line in lines:
        reader.read(line.strip())
    assert not reader.is_inside
    return reader.groups, reader.nodes, reader.links


class _Mermaid:
    def __init__(self):
        self.groups, self.nodes, self.links, self.is_inside = [], {}, [], False

    def read(self, line):
        if match := re.fullmatch(rf"subgraph (g\d+)\[{_TEXT}\]", line):
            assert not self.is_inside
            self.is_inside = True
            self.groups.append(match["text"])
        elif line == "end":
            assert self.is_inside
            self.is_inside = False
        elif match := re.fullmatch(r"(n\d+) (-->|==>|-\.->|--x) (n\d+)", line):
            assert {match[1], match[3]} <= set(self.nodes)
            self.links.append(match.groups())
        elif not re.fullmatch(_STYLE, line):
            self._read_node(line)

    def _read_node(self, line):
        found = [m for begin, end in _SHAPES if (m := re.fullmatch(rf"(n\d+){begin}{_TEXT}{end}", line))]
        if not found or not self.is_inside or found[0][1] in self.nodes:
            raise SyntaxError(line)
        self.nodes[found[0][1]] = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), found[0]["text"])


_TOKEN = re.compile(r'\s*(?:("(?:[^"\\\n]|\\.)*")|(->)|([\w.]+)|([{}\[\];=,]))')


def parse_dot(text):
    """Return the nodes with their attributes, and the links with theirs, of a digraph."""
    reader = _Dot(text)
    reader.expect("digraph")
    reader.value()
    reader.statements()
    assert not reader.tokens
    return reader.nodes, reader.links


class _Dot:
    def __init__(self, text):
        self.tokens, at = [], 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                raise SyntaxError(text[at : at + 40])
            self.tokens.append(match[0].strip())
            at = match.end()
        self.tokens.reverse()
        self.nodes, self.links = {}, []

    def expect(self, wanted):
        found = self.tokens.pop()
        if found != wanted:
            raise SyntaxError(f"{found!r} where {wanted!r} was expected")

    def value(self):
        found = self.tokens.pop()
        return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], found[1:-1]) if found[0] == '"' else found

    def attributes(self):
        found = {}
        self.expect("[")
        while self.tokens[-1] != "]":
            name = self.value()
            self.expect("=")
            found[name] = self.value()
            if self.tokens[-1] == ",":
                self.tokens.pop()
        self.expect("]")
        return found

    def statements(self):
        self.expect("{")
        while self.tokens[-1] != "}":
            self._statement(self.value())
        self.expect("}")

    def _statement(self, name):
        if name == "subgraph":
            self.value()
            self.statements()
            return
        if self.tokens[-1] == "=":
            self.expect("=")
            self.value()
        elif self.tokens[-1] == "->":
            self.expect("->")
            self.links.append((name, self.value(), self.attributes()))
        else:
            found = self.attributes()
            if name not in ("graph", "node"):
                self.nodes[name] = found
        self.expect(";")
