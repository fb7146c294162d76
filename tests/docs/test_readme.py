"""The README's example runs as it stands."""

import re
from pathlib import Path


def test_the_example_of_the_readme_runs(capsys):
    """It prints what a reader expects, and closes its connection."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    program = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert program is not None

    names: dict[str, object] = {"__name__": "readme"}
    exec(program[1], names)

    assert capsys.readouterr().out == "('ready',)\n"
    assert names["container"].snapshot().resources == ()
