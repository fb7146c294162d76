"""The plugin for pytest: a test fails that leaves open what it opened, and no other."""

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

LEFT_OPEN = """
kept = []

def test_it():
    container = container_of()
    kept.append(container)
    container.get(Database)
"""

CLEAN = """
def test_it():
    with container_of() as container, container.resource_scope() as scope:
        scope.get(Session)
"""

NOTHING_OWED = """
kept = []

def test_it():
    container = Container()
    kept.append(container)
    container.bind(Database, scope="singleton")
    container.get(Database)
"""


@pytest.mark.parametrize("text", [CLEAN, NOTHING_OWED], ids=["all closed", "nothing owed"])
def test_what_leaves_nothing_open_passes(run, text):
    """A container that has nothing to close needs no closing."""
    run(text, "--tenure-leaks=fail").assert_outcomes(passed=1)


def test_a_container_that_is_left_open(run):
    """The test fails when it is torn down, and shows what was opened and where."""
    result = run(LEFT_OPEN, "--tenure-leaks=fail")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_it*",
            "something opened by this test is still open:",
            "  Database has been open for * s, owned by the container",
            "      opened by *test_it.py:* in test_it",
            "close what was opened: *",
        ]
    )


def test_the_traceback_ends_where_the_runner_begins(run):
    """Nobody wants to read the frames of pytest."""
    result = run(LEFT_OPEN, "--tenure-leaks=fail")

    assert "called from" not in result.stdout.str()


def test_a_container_that_was_dropped(run):
    """Also what was collected before the test ended, or lies in a cycle, leaks."""
    text = LEFT_OPEN.replace("    kept.append(container)\n", "")

    result = run(text, "--tenure-leaks=fail")

    result.assert_outcomes(passed=1, errors=1)


def test_a_scope_that_is_not_left(run):
    """The scope and what is open in it, each with where it began."""
    result = run(
        """
def test_it():
    container = container_of()
    scope = container.resource_scope()
    scope.__enter__().get(Session)
""",
        "--tenure-leaks=fail",
    )  # fmt: skip

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "3 things opened by this test are still open:",
            "  request has been entered and not left for * s",
            "      opened by *test_it.py:* in test_it",
            "  Database has been open for * s, owned by the container",
            "  Session has been open for * s, owned by the scope 'request'",
        ]
    )


def test_a_failing_test_is_told_of_its_leak_as_well(run):
    """Its own failure stays what it is."""
    result = run(LEFT_OPEN + "    assert 1 == 2\n", "--tenure-leaks=fail")

    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["*Database has been open*", "E*assert 1 == 2"])


def test_a_teardown_that_fails_keeps_its_error(run):
    """The leak is a note of it."""
    result = run(
        """
@pytest.fixture
def broken():
    yield
    raise OSError("disk full")

def test_it(broken):
    container = container_of()
    container.get(Database)
""",
        "--tenure-leaks=fail",
    )  # fmt: skip

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E*OSError: disk full", "E*something opened by this test is still open:"])


def test_the_next_test_is_not_blamed(run):
    """Each leak is told once."""
    result = run(LEFT_OPEN + "\ndef test_next():\n    assert kept\n", "--tenure-leaks=fail")

    result.assert_outcomes(passed=2, errors=1)


# How it is asked for.


def test_it_is_off_unless_asked_for(run):
    """Nobody's tests fail because Tenure is installed."""
    run(LEFT_OPEN).assert_outcomes(passed=1)


def test_by_the_configuration(run, pytester):
    """`tenure_leaks = fail`."""
    pytester.makeini("[pytest]\ntenure_leaks = fail\n")

    run(LEFT_OPEN).assert_outcomes(passed=1, errors=1)


def test_the_option_counts_before_the_configuration(run, pytester):
    """As everywhere in pytest."""
    pytester.makeini("[pytest]\ntenure_leaks = fail\n")

    run(LEFT_OPEN, "--tenure-leaks=off").assert_outcomes(passed=1)


@pytest.mark.parametrize(("options", "errors"), [((), 1), (("--tenure-leaks=warn",), 1), (("--tenure-leaks=off",), 0)])
def test_by_a_marker(run, options, errors):
    """It counts before the option, save where that is off."""
    text = LEFT_OPEN.replace("def test_it", '@pytest.mark.tenure_leaks("fail")\ndef test_it')

    run(text, *options).assert_outcomes(passed=1, errors=errors)


def test_a_marker_that_forgives(run):
    """A test may say that it leaks on purpose."""
    text = LEFT_OPEN.replace("def test_it", '@pytest.mark.tenure_leaks("off")\ndef test_it')

    run(text, "--tenure-leaks=fail", "--strict-markers").assert_outcomes(passed=1)


def test_warnings_only(run):
    """`warn` fails nothing."""
    result = run(LEFT_OPEN, "--tenure-leaks=warn", "-W", "default")

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*LeakWarning: something opened by this test is still open:"])


@pytest.mark.parametrize("marker", ["", "()", '("always")', '(mode="fail")'])
def test_a_marker_that_says_nothing_known(run, marker):
    """Is an error that names the test."""
    result = run(f"@pytest.mark.tenure_leaks{marker}\ndef test_it(): pass\n")

    assert result.ret != 0
    result.stdout.fnmatch_lines(["*test_it.py::test_it: the marker tenure_leaks takes one of 'fail', 'warn', 'off'*"])


def test_a_setting_that_says_nothing_known(run, pytester):
    """Is refused before any test runs."""
    pytester.makeini("[pytest]\ntenure_leaks = always\n")

    result = run(CLEAN)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*tenure_leaks is 'always', but it takes one of fail, warn, off"])


# What lasts longer than a test.

SHARED = """
@pytest.fixture(scope="{scope}")
def container():
    container = container_of()
    container.get(Database)
    yield container
    {close}

def test_first(container):
    with container.resource_scope() as scope:
        scope.get(Session)

def test_second(container):
    {second}
"""


@pytest.mark.parametrize("scope", ["class", "module", "session"])
def test_a_fixture_that_lasts_longer(run, scope):
    """What it keeps open is no leak of the tests in between."""
    run(SHARED.format(scope=scope, close="container.close()", second="pass"), "--tenure-leaks=fail").assert_outcomes(
        passed=2
    )


def test_a_longer_fixture_that_closes_nothing(run):
    """Its leak is told when it ends, with the last test that used it."""
    result = run(SHARED.format(scope="module", close="", second="pass"), "--tenure-leaks=fail")

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_second*", "  Database has been open for *"])


@pytest.mark.parametrize("then", ["", "\ndef test_third(container): pass\n"], ids=["closed with it", "goes on"])
def test_a_scope_in_a_shared_container(run, then):
    """Is the leak of the test that entered it, also where the container is closed, and cuts it off, right after."""
    second = "container.resource_scope().__enter__().get(Session)"
    text = SHARED.format(scope="module", close="container.close()", second=second) + then

    result = run(text, "--tenure-leaks=fail")

    result.assert_outcomes(passed=3 if then else 2, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_second*", "  request has been entered and not left for *"])


def test_a_leak_is_told_once(run):
    """Not again when the fixture ends that left its container open."""
    second = "container.resource_scope().__enter__().get(Session)"
    text = SHARED.format(scope="module", close="", second=second) + "\ndef test_third(container): pass\n"

    result = run(text, "--tenure-leaks=fail")

    result.assert_outcomes(passed=3, errors=2)
    report, _, _ = str(result.stdout).partition("short test summary info")  # which says it again where CI is set
    assert report.count("\n  request has been entered") == 1


def test_a_container_of_a_module(run):
    """It was made before the first test: its singletons are its own, a scope is whose test entered it."""
    text = """
container = container_of()

def test_first():
    container.get(Database)

def test_second():
    container.resource_scope().__enter__().get(Session)
"""

    result = run(text, "--tenure-leaks=fail")

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_second*", "  request has been entered and not left for *"])


def test_a_scope_that_is_cut_off_on_purpose(run):
    """Its body ends all the same: no leak."""
    text = """
def test_it():
    container = container_of()
    with pytest.raises(Exception, match="closed"), container.resource_scope() as scope:
        scope.get(Session)
        container.close()
"""

    run(text, "--tenure-leaks=fail").assert_outcomes(passed=1)


def test_what_a_shared_container_opens_on_the_way_is_its_own(run):
    """A singleton that the first test happens to need stays open for the others."""
    text = SHARED.replace("    container.get(Database)\n", "").format(
        scope="session", close="container.close()", second="pass"
    )

    run(text, "--tenure-leaks=fail").assert_outcomes(passed=2)


def test_a_scope_that_a_longer_fixture_entered(run):
    """What tests open in it is not theirs to close."""
    run(
        """
@pytest.fixture(scope="module")
def scope():
    with container_of() as container, container.resource_scope() as scope:
        yield scope

def test_it(scope):
    scope.get(Session)
""",
        "--tenure-leaks=fail",
    ).assert_outcomes(passed=1)


def test_a_fixture_of_the_test_closes_in_time(run):
    """Leaks are looked for after its teardown."""
    run(
        """
@pytest.fixture
def container():
    with container_of() as container:
        yield container

def test_it(container):
    container.get(Database)
""",
        "--tenure-leaks=fail",
    ).assert_outcomes(passed=1)


# The fixture.


def test_the_fixture_tells_what_is_open(run):
    """At any moment, also where leaks are off."""
    run(
        """
def test_it(tenure_leaks):
    assert tenure_leaks.leaks() == ()
    with container_of() as container:
        assert [leak.label for leak in tenure_leaks.leaks()] == ["Database"]
    assert tenure_leaks.leaks() == ()
"""
    ).assert_outcomes(passed=1)


def test_the_fixture_forgives(run):
    """What is open then may stay open; what is opened later may not."""
    text = """
kept = []

def test_it(tenure_leaks):
    kept.append(container_of())
    kept[0].get(Database)
    tenure_leaks.forgive()
"""

    run(text, "--tenure-leaks=fail").assert_outcomes(passed=1)
    run(text + "    kept[0].resource_scope().__enter__()\n", "--tenure-leaks=fail").assert_outcomes(passed=1, errors=1)


# With others.

ASYNC = """
{mark}
async def test_clean():
    async with container_of() as container, container.resource_scope() as scope:
        await scope.aget(Session)

kept = []

{mark}
async def test_leaky():
    kept.append(container_of())
    await kept[-1].aget(Database)

@{fixture}
async def container():
    async with container_of() as container:
        yield container

{mark}
async def test_fixture(container):
    async with container.resource_scope() as scope:
        await scope.aget(Session)
"""
ANYIO = ASYNC.format(mark="@pytest.mark.anyio", fixture="pytest.fixture")
ASYNCIO = "import pytest_asyncio\n" + ASYNC.format(mark="@pytest.mark.asyncio", fixture="pytest_asyncio.fixture")


def test_with_anyio(run):
    """On every loop that it runs tests on; the loop is no part of the traceback."""
    result = run(ANYIO, "--tenure-leaks=fail")

    loops = len([line for line in result.outlines if "ERROR at teardown of test_leaky" in line])
    result.assert_outcomes(passed=3 * loops, errors=loops)
    assert loops >= 1
    result.stdout.fnmatch_lines(["      opened by *test_it.py:* in test_leaky"])


@pytest.mark.slow
def test_with_pytest_asyncio(run):
    """The same with its marker and its fixtures."""
    pytest.importorskip("pytest_asyncio")

    result = run(
        ASYNCIO, "--tenure-leaks=fail",
        "-o", "asyncio_default_fixture_loop_scope=function", inprocess=False,
    )  # fmt: skip

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_leaky*"])


@pytest.mark.slow
def test_with_xdist(run):
    """The workers look for leaks, and tell them."""
    many = "".join(f"def test_{n}():\n    kept.append(container_of())\n    kept[-1].get(Database)\n" for n in range(4))

    result = run("kept = []\n" + many, "--tenure-leaks=fail", "-n", "2", inprocess=False)

    result.assert_outcomes(passed=4, errors=4)


@pytest.mark.slow
def test_what_the_plugin_imports():
    """Until leaks are looked for, nothing that a program may never need."""
    program = (
        "import sys, pytest; before = {*sys.modules}; import tenure.testing.pytest_plugin; "
        "print({*sys.modules} - before & {'asyncio', 'trio', 'tenure.observe', 'tenure.testing.leak_watch', 'inspect', "
        "'tenure.testing.clock', 'tenure.testing.faults', 'tenure.testing.fixtures', 'tenure.pool', 'anyio'})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("set()\n", "")
