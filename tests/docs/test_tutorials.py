"""Every stage of the tutorials prints what stands below its commands."""

import sys

import pytest

from tests.docs.tutorials import BLOCK, NAMES, STAGE, Terminal, masked, page_of, stages

STAGES = [
    pytest.param(files, blocks, id=f"{name}: {heading}")
    for name in NAMES
    for heading, files, blocks in stages(page_of(name))
]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of a POSIX shell")
@pytest.mark.parametrize(("files", "blocks"), STAGES)
def test_a_stage(files, blocks, tmp_path):
    """Its commands print what is shown, numbers of processes and times aside."""
    with Terminal(tmp_path, files) as terminal:
        for block in blocks:
            assert masked(terminal.played(block)) == masked(block)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_out(name):
    """Each block is a file or a console, and each state of each file is there when the commands below it are run."""
    page = page_of(name)
    blocks = [*BLOCK.finditer(page)]
    files = [(section, block["file"]) for section in STAGE.split(page) for block in BLOCK.finditer(section)]
    named = [each for each in files if each[1]]

    assert page.count("```") == 2 * len(blocks)
    assert all((block["language"] == "console") == (block["file"] is None) for block in blocks)
    assert len(named) == len({*named})
    assert {section for section, _ in files} == {
        section for section in STAGE.split(page) if "```console\n$ " in section
    }
