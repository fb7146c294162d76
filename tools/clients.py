"""Write the table of docs/clients.md from the data: `python3 -m tools.clients`."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "clients.md"
_TABLE = re.compile(r"(?<=<!-- table -->\n).*?(?=<!-- end of table -->)", re.DOTALL)


def table() -> str:
    """Return the table of every client that is recognised, as Markdown."""
    from tenure.model.clients import all_adapters  # noqa: PLC0415 - from the sources beside this file

    lines = ["| client | opened by | closed by | what guessing would have got wrong |", "|---|---|---|---|"]
    for row in all_adapters():
        opened = f"`{row.open.text}`" if row.open is not None else ""
        lines.append(f"| `{row.name}` | {opened} | `{row.close.text}` | {row.trap} |")
    return "\n".join(lines) + "\n"


def written(page: str) -> str:
    """Return *page* with the table in its place."""
    return _TABLE.sub(lambda _: table(), page)


def main() -> int:
    """Write the page and return the exit status."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    raise SystemExit(main())
