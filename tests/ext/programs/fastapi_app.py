from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI, Request

from tenure import containers, providers
from tenure.ext.starlette import Lifespan
from tenure.wiring import Provide, inject


class Connection: ...


@asynccontextmanager
async def init_database():
    print("opening database connection")
    yield Connection()
    print("closing database connection")


router = APIRouter()


@router.get("/")
@inject
async def index(request: Request, db: Connection = Depends(Provide["db"])):
    # use the database connection here
    print(f"using {type(db).__name__}")
    return "OK!"


class Container(containers.DeclarativeContainer):
    __self__ = providers.Self()
    db = providers.Resource(init_database)
    lifespan = providers.Singleton(Lifespan, __self__)
    app = providers.Singleton(FastAPI, lifespan=lifespan)
    _include_router = providers.Resource(
        app.provided.include_router.call(),
        router,
    )


if __name__ == "__main__":
    import uvicorn

    container = Container()
    app = container.app()
    uvicorn.run(app, host="localhost", port=8000)
