"""How the code of nodes reads, flavour by flavour; `nodes` fills it in and compiles it."""

from tenure.testing.contract import adapter as flavours

SOURCES = {
    flavours.GENERATOR: """
def open_{low}({parameters}) -> Iterator[{name}]:
    life, value = body.open(({arguments}))
    outcome = None
    try:
        outcome = yield value
    except BaseException as error:
        outcome = error
        if not body.swallows:
            raise
    finally:
        body.close(life, outcome)
""",
    flavours.ASYNC_GENERATOR: """
async def open_{low}({parameters}) -> AsyncIterator[{name}]:
    life, value = await body.aopen(({arguments}))
    outcome = None
    try:
        outcome = yield value
    except BaseException as error:
        outcome = error
        if not body.swallows:
            raise
    finally:
        await body.aclose(life, outcome)
""",
    flavours.CLASS: """
class {name}(Value):
    def __init__(self{comma}{parameters}) -> None:
        self.needs = ({arguments})
    def __enter__(self):
        self.life, _ = body.open(self.needs, self)
        return self
    def __exit__(self, kind, error, trace):
        body.close(getattr(self, "life", ("{name}", 0)), error)
        return body.swallows
""",
    flavours.ASYNC_CLASS: """
class {name}(Value):
    def __init__(self{comma}{parameters}) -> None:
        self.needs = ({arguments})
    async def __aenter__(self):
        self.life, _ = await body.aopen(self.needs, self)
        return self
    async def __aexit__(self, kind, error, trace):
        await body.aclose(getattr(self, "life", ("{name}", 0)), error)
        return body.swallows
""",
    flavours.PAIR: """
def open_{low}({parameters}) -> {name}:
    return body.open(({arguments}))[1]

def close_{low}(value: {name}) -> None:
    body.close(value.life)
""",
    flavours.ASYNC_PAIR: """
async def open_{low}({parameters}) -> {name}:
    return (await body.aopen(({arguments})))[1]

async def close_{low}(value: {name}) -> None:
    await body.aclose(value.life)
""",
    flavours.PLAIN: """
def open_{low}({parameters}) -> {name}:
    return body.make(({arguments}))
""",
}

ODD_SOURCES = {
    flavours.GENERATOR: """
def open_{low}({parameters}) -> Iterator[{name}]:
    for _ in range(n_yields):
        try:
            yield {name}()
        finally:
            pass
""",
    flavours.ASYNC_GENERATOR: """
async def open_{low}({parameters}) -> AsyncIterator[{name}]:
    for _ in range(n_yields):
        try:
            yield {name}()
        finally:
            pass
""",
}
