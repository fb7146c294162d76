"""A real thread pool, opened and closed by a generator."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from dependency_injector import containers, providers


@contextmanager
def thread_pool(max_workers):
    executor = ThreadPoolExecutor(max_workers=max_workers)
    yield executor
    executor.shutdown(wait=True)


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    executor = providers.Resource(thread_pool, max_workers=config.workers)
    squares = providers.Factory(lambda executor, numbers: list(executor.map(lambda n: n * n, numbers)), executor)


app = App(config={"workers": 2})
app.init_resources()
print(app.squares(range(5)))
executor = app.executor()
app.shutdown_resources()
executor.submit(print)
