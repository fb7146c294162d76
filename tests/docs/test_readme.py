"""The README's examples run as they stand."""

import re
from pathlib import Path


def test_the_examples_of_the_readme_run(capsys):
    """One after the other they print what a reader expects, and close their connections."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    programs = re.findall(r"```python\n(.*?)```", text, re.DOTALL)

    names: dict[str, object] = {"__name__": "readme"}
    for program in programs:
        exec(program, names)

    assert capsys.readouterr().out == "('ready',)\n('declared',)\n"
    assert names["container"].snapshot().resources == ()
    assert names["app"].snapshot().resources == ()
