"""Something is asked for that nothing makes: unknown names, abstract types, parameters that say too little."""

import enum
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, NewType, Protocol, TypeVar

import pytest
from fault_support import at, is_idle

from tenure import Container
from tenure.errors import BindingError, MissingBindingError, PathStep, TenureError

if TYPE_CHECKING:
    import nowhere

    class Nowhere: ...


T = TypeVar("T")
Url = NewType("Url", str)


class Settings:
    def __init__(self) -> None: ...


class Database:
    def __init__(self, settings: Settings, url: str) -> None: ...


class Users:
    def __init__(self, database: Database) -> None: ...


class Clock(ABC):
    @abstractmethod
    def now(self) -> float: ...


class SystemClock(Clock):
    def now(self) -> float:
        return 0.0


class Job:
    def __init__(self, clock: Clock) -> None: ...


class Greeter(Protocol):
    def greet(self) -> str: ...


class Silent:
    def __init__(self, thing) -> None: ...


class UsesSilent:
    def __init__(self, silent: Silent) -> None: ...


class Unresolved:
    def __init__(self, thing: "Nowhere") -> None: ...


class UnresolvedOptional:
    def __init__(self, thing: "Nowhere | None") -> None:
        self.thing = thing


class UnresolvedList:
    def __init__(self, things: "list[Nowhere]") -> None: ...


class UnresolvedDotted:
    def __init__(self, thing: "nowhere.Thing") -> None: ...


class Repo(Generic[T]):
    def __init__(self, item: T) -> None: ...


class Anything:
    def __init__(self, thing: Any) -> None: ...


class Colour(enum.Enum):
    RED = 1


class Painter:
    def __init__(self, colour: Colour) -> None: ...


class Linked:
    def __init__(self, url: Url) -> None: ...


def refused(container, key):
    with pytest.raises(MissingBindingError) as caught:
        container.get(key)
    assert is_idle(container)
    return caught.value


def test_missing_names_every_step_with_its_parameter_and_place():
    """The text shows the way from what was asked for to what is missing, each step with parameter, file and line."""
    error = refused(Container(), Users)

    assert str(error) == (
        "nothing is bound to str: str is never made by itself; give it with bind(Database, arguments={'url': ...})\n"
        f"  Users   ({at(Users)})\n  └─ database: Database   ({at(Database)})\n     └─ url: str"
    )


def test_missing_carries_the_path_as_data():
    """Key, path, reason and near names are attributes."""
    error = refused(Container(), Users)

    assert error.key is str
    assert error.path == (
        PathStep(Users, None, at(Users)),
        PathStep(Database, "database", at(Database)),
        PathStep(str, "url", None),
    )
    assert error.reason in str(error)
    assert error.near == ()


def test_missing_is_a_lookup_error_of_tenure():
    """A missing binding can be caught as `LookupError` and as `TenureError`."""
    error = refused(Container(), "nothing")

    assert isinstance(error, LookupError)
    assert isinstance(error, TenureError)


def test_missing_name_suggests_the_near_one():
    """A mistyped name is answered with the bound one that looks like it."""
    container = Container()
    container.bind("database_url", value="sqlite://")

    error = refused(container, "databse_url")

    assert error.near == ("'database_url'",)
    assert str(error).endswith("\n  did you mean 'database_url'?")


def test_missing_name_without_a_near_one_says_how_to_bind_it():
    """An unknown name that nothing looks like is answered with the call that binds it."""
    error = refused(Container(), "database_url")

    assert str(error) == (
        "nothing is bound to 'database_url': a name is bound with container.bind('database_url', ...)"
    )


def test_missing_class_suggests_the_near_class():
    """A class that is not bound is answered with the bound class that is called almost the same."""

    class Setings:
        pass

    container = Container(autobind=False)
    container.bind(Setings)

    error = refused(container, Settings)

    assert len(error.near) == 1
    assert error.near[0].endswith("Setings")


def test_missing_without_autobind_says_that_autobind_is_off():
    """Where classes are not bound by themselves, the text says so."""
    error = refused(Container(autobind=False), Settings)

    assert "autobind=False" in str(error)
    assert "container.bind(Settings" in str(error)


def test_abstract_class_asks_for_an_implementation():
    """An abstract class that nothing is bound to asks for an implementation."""
    error = refused(Container(), Clock)

    assert str(error) == (
        "nothing is bound to Clock: it is abstract; bind an implementation: container.bind(Clock, Implementation)"
    )


def test_abstract_class_names_the_bound_implementation():
    """Where a bound class would do for the abstract one, the text names it."""
    container = Container()
    container.bind(SystemClock)

    error = refused(container, Job)

    assert "it is abstract; SystemClock would do; bind an implementation: container.bind(Clock, " in str(error)
    assert f"\n  Job   ({at(Job)})\n  └─ clock: Clock" in str(error)


def test_protocol_asks_for_an_implementation():
    """A Protocol is never made by itself."""
    error = refused(Container(), Greeter)

    assert "container.bind(Greeter, Implementation)" in str(error)


@pytest.mark.parametrize("target", [Clock, Greeter])
def test_binding_an_abstract_target_is_refused(target):
    """What cannot be made cannot be bound as what makes it."""
    container = Container()

    with pytest.raises(BindingError) as caught:
        container.bind("clock", target)

    assert str(caught.value) == (
        f"{target.__name__} is abstract and cannot be made; "
        f"bind an implementation: bind({target.__name__}, Implementation)"
    )
    assert "clock" not in container


def test_parameter_without_annotation_is_named_with_the_way_out():
    """A parameter that says nothing about what it takes is named, with the call that gives it a value."""
    error = refused(Container(), UsesSilent)

    assert "the parameter has no annotation and no default" in str(error)
    assert "bind(Silent, arguments={'thing': ...})" in str(error)
    assert f"\n  UsesSilent   ({at(UsesSilent)})\n  └─ silent: Silent   ({at(Silent)})\n     └─ thing: ?" in str(error)


def test_parameter_without_annotation_is_no_key_in_quotes():
    """What is missing is told as parameter and owner, not as a string that nobody wrote."""
    error = refused(Container(), Silent)

    assert "'Silent(thing)'" not in str(error)
    assert "'?'" not in str(error)
    assert error.near == ()


def test_lambda_with_a_bare_parameter_is_refused_before_it_is_called():
    """A factory whose parameter has no annotation is not called."""
    called = []
    container = Container()
    container.bind(Settings, lambda x: called.append(x))

    error = refused(container, Settings)

    assert "x" in error.path[-1].parameter
    assert called == []


def test_unresolved_name_is_shown_as_written():
    """A name that exists for type checkers only is shown as it stands in the source, with what to do."""
    error = refused(Container(), Unresolved)

    assert "ForwardRef" not in str(error)
    assert str(error).startswith("nothing is bound to Nowhere: the annotation 'Nowhere' cannot be resolved")
    assert "import" in str(error)
    assert str(error).count("Nowhere") >= 3


def test_unresolved_name_inside_a_list_is_shown_as_written():
    """An unresolved name inside `list[...]` is what the text is about, not `Any`."""
    error = refused(Container(), UnresolvedList)

    assert "Nowhere" in str(error)
    assert "Any" not in str(error)


def test_unresolved_dotted_name_is_shown_as_written():
    """An unresolved name of a module is shown whole."""
    error = refused(Container(), UnresolvedDotted)

    assert "nowhere.Thing" in str(error)
    assert "Any" not in str(error)


def test_unresolved_optional_gets_none():
    """`"Nowhere | None"` is None where no bound class has that name."""
    assert Container().get(UnresolvedOptional).thing is None


def test_unresolved_optional_finds_the_bound_class_of_that_name():
    """`"Nowhere | None"` is the value of the bound class that has the name."""
    found = type("Nowhere", (), {})
    container = Container()
    container.bind(found)

    assert isinstance(container.get(UnresolvedOptional).thing, found)


def test_generic_without_arguments_names_the_type_variable():
    """A generic class asked for bare says that its type variable stands for nothing."""
    error = refused(Container(), Repo)

    assert f"\n  Repo   ({at(Repo)})\n  └─ item: T" in str(error)
    assert "Repo[" in str(error)


def test_any_asks_for_nothing_in_particular():
    """A parameter annotated `Any` is answered with the call that gives it a value."""
    error = refused(Container(), Anything)

    assert "bind(Anything, arguments={'thing': ...})" in str(error)


def test_new_type_is_bound_by_hand():
    """A NewType is asked for under its own name."""
    error = refused(Container(), Linked)

    assert str(error).startswith("nothing is bound to Url: ")
    assert "container.bind(Url" in str(error)


def test_enum_is_never_made_by_itself():
    """An enumeration that is not bound is what is missing, not a parameter of the standard library."""
    error = refused(Container(), Painter)

    assert error.key is Colour
    assert "enum.py" not in str(error)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (None, "None"),
        (int, "int"),
        (Settings | Clock, "Settings | Clock"),
        (Literal["a"], "Literal['a']"),
        (Callable[[], Settings], "Callable[[], Settings]"),
        (type[Settings], "type[Settings]"),
        (dict[int, Settings], "dict[int, Settings]"),
        (Annotated[Settings, "b"], "Settings['b']"),
        (typing.Any, "Any"),
    ],
)
def test_key_that_nothing_makes_is_shown_as_written(key, shown):
    """Whatever kind of key is missing, the text begins with it as it was written."""
    error = refused(Container(), key)

    assert str(error).startswith(f"nothing is bound to {shown}: ")


def test_qualified_key_suggests_the_other_qualifier():
    """A qualifier that nothing is bound to is answered with the bound ones, and with a call that runs."""
    container = Container()
    container.bind(Settings, name="replica")

    error = refused(container, Annotated[Settings, "replca"])

    assert "did you mean Settings['replica']?" in str(error)
    assert "name='replca'" in str(error)


def test_instance_is_no_key():
    """Asking for an object instead of its class is answered with the class."""
    error = refused(Container(), Settings())

    assert "get(Settings)" in str(error)


def test_bound_function_is_no_key():
    """Asking for a function that was bound is answered with the key it was bound under."""

    def make_clock() -> SystemClock:
        return SystemClock()

    container = Container()
    container.bind(make_clock)

    error = refused(container, make_clock)

    assert "get(SystemClock)" in str(error)


@pytest.mark.parametrize("key", [[], {}, set()])
def test_unhashable_key_is_refused_by_get(key):
    """What cannot be hashed cannot be a key: `get` says so as a dict does, for it looks into one at once."""
    container = Container()

    with pytest.raises(TypeError, match=f"unhashable type: '{type(key).__name__}'"):
        container.get(key)

    assert is_idle(container)


def test_list_of_nothing_asks_for_a_binding():
    """`list[T]` without any binding of `T` is missing, not a cycle."""
    error = refused(Container(), list[Settings])

    assert "no binding of Settings to collect; bind at least one" in str(error)


def test_dict_of_nothing_asks_for_a_binding():
    """`dict[str, T]` without any binding of `T` is missing, not a cycle."""
    error = refused(Container(), dict[str, Settings])

    assert "no binding of Settings to collect; bind at least one" in str(error)


def test_what_is_missing_can_be_bound_and_got_afterwards():
    """A failed `get` is not remembered: after the binding it succeeds."""
    container = Container()
    refused(container, Users)

    container.bind(Database, arguments={"url": "sqlite://"})

    assert isinstance(container.get(Users), Users)


@pytest.mark.anyio
async def test_missing_is_the_same_error_from_aget():
    """`aget` says what `get` says."""
    container = Container()

    with pytest.raises(MissingBindingError) as caught:
        await container.aget(Users)

    assert str(caught.value) == str(refused(Container(), Users))
    assert is_idle(container)


def test_nothing_is_opened_when_something_below_is_missing(log):
    """What could be opened stays closed where something else is missing."""

    def settings():
        log.append("open")
        yield Settings()

    container = Container()
    container.bind(Settings, settings)

    refused(container, Users)

    assert log == []
