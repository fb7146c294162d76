"""How Sphinx makes a site of these documents: `python3 dev.py docs`."""

import re
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SOURCES = HERE.parent / "src" / "tenure"

project = "Tenure"
author = "The Tenure developers"
project_copyright = author
version = release = version_of("tenure")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
root_doc = "index"
exclude_patterns = ["site"]
default_role = "code"  # docstrings say `name`, as the documents do

myst_heading_anchors = 6
myst_links_external_new_tab = True

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_mock_imports = ["arq", "ray"]  # which the environment does not have: what they are is not shown
napoleon_numpy_docstring = False
napoleon_custom_sections = [
    (heading, "Raises")
    for heading in sorted({
        re.sub(r"[^\w ]", "", found)
        for file in SOURCES.rglob("*.py")
        for found in re.findall(r"^ +((?:Raises|Warns) [a-z][^:\n]*):$", file.read_text("utf-8"), re.MULTILINE)
    })
]  # fmt: skip
add_module_names = False
python_use_unqualified_type_names = True

suppress_warnings = ["misc.highlighting_failure"]  # examples leave things out with "…"

html_theme = "furo"
html_title = f"Tenure {release}"
html_static_path = ["site"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style, pygments_dark_style = "friendly", "monokai"

LEAVES = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)]*)\)")
MARK = re.compile(r'<a id="([^"]+)"></a>')
MARKED = re.compile(r"\[([^\]]+)\]\(([^)#:]*\.md)?#([^)]+)\)")
TIMED = re.compile(r"^(?:Raises|Warns) [a-z][^:]*:$")


def as_pages(app: Any, name: str, source: list[str]) -> None:
    """Make plain text of links to files that are no documents, and HTML of links to marks that are HTML."""
    here = HERE / name

    def outside(match: "re.Match[str]") -> str:
        target = (here.parent / match[2].partition("#")[0]).resolve()
        return match[0] if target.is_relative_to(HERE) else match[1]

    def marked(match: "re.Match[str]") -> str:
        text = (here.parent / match[2]).read_text("utf-8") if match[2] else source[0]
        page = (match[2] or "").replace(".md", ".html")
        return f'<a href="{page}#{match[3]}">{match[1]}</a>' if match[3] in MARK.findall(text) else match[0]

    source[0] = MARKED.sub(marked, LEAVES.sub(outside, source[0]))


def as_sections(app: Any, what: str, name: str, subject: Any, options: Any, lines: list[str]) -> None:
    """Let headings such as "Raises at the start of *app*:" be headings, without marks, and attributes sentences."""
    if what in ("attribute", "data", "property"):
        lines.insert(0, "")  # else what stands before a colon is taken for the type
    for number, line in enumerate(lines):
        if TIMED.match(line):
            lines[number] = re.sub(r"[^\w ]", "", line) + ":"


def setup(app: Any) -> None:
    """Have Sphinx call what stands here."""
    app.connect("source-read", as_pages)
    app.connect("autodoc-process-docstring", as_sections, priority=400)  # before the sections are read
