"""How clients and servers of protocols are opened and closed: data only."""

from typing import Any

from tenure.model.clients import Act, Adapter, at, awaits, calls

_CLOSE, _ACLOSE, _AWAIT_CLOSE = calls("close"), awaits("aclose"), awaits("close")
_SYNC_WITH = "its plain `with` is for `async with` only"
GRACE_S = 5
"""Seconds that a gRPC server gives the calls it is serving."""


async def _drained(client: Any) -> None:
    """Close a NATS client once its subscriptions have handled what has come; one that is cut off cannot drain."""
    if client.is_connected and not client.is_draining:
        await client.drain()
    elif not client.is_closed:
        await client.close()


def _flushed(producer: Any) -> None:
    producer.flush(10)
    if hasattr(type(producer), "close"):  # since 2.11 or so
        producer.close()


def _stopped(server: Any) -> None:
    server.stop(GRACE_S).wait()


def _is_started(server: Any) -> bool:
    return at("_state.stage.name")(server) not in (None, "STOPPED")


_HTTP = (
    Adapter("httpx.Client", ("httpx.Client",), _CLOSE),
    Adapter("httpx.AsyncClient", ("httpx.AsyncClient",), _ACLOSE),
    Adapter("httpx2.Client", ("httpx2.Client",), _CLOSE),
    Adapter("httpx2.AsyncClient", ("httpx2.AsyncClient",), _ACLOSE),
    Adapter("requests.Session", ("requests.sessions.Session",), _CLOSE),
    Adapter("niquests.Session", ("niquests.sessions.Session",), _CLOSE),
    Adapter("niquests.AsyncSession", ("niquests.async_session.AsyncSession",), _AWAIT_CLOSE, trap=_SYNC_WITH),
    Adapter("aiohttp.ClientSession", ("aiohttp.client.ClientSession",), _AWAIT_CLOSE, trap=f"{_SYNC_WITH}, and raises"),
    Adapter("aiohttp.BaseConnector", ("aiohttp.connector.BaseConnector",), _AWAIT_CLOSE, trap=_SYNC_WITH),
    Adapter("aiohttp.web.AppRunner", ("aiohttp.web_runner.BaseRunner",), awaits("cleanup"), awaits("setup"),
            trap="`shutdown()` is one part of `cleanup()`"),
    Adapter("openai.OpenAI", ("openai.OpenAI", "openai._base_client.SyncAPIClient"), _CLOSE),
    Adapter("openai.AsyncOpenAI", ("openai.AsyncOpenAI", "openai._base_client.AsyncAPIClient"), _AWAIT_CLOSE),
    Adapter("anthropic.Anthropic", ("anthropic.Anthropic", "anthropic._base_client.SyncAPIClient"), _CLOSE),
    Adapter("anthropic.AsyncAnthropic", ("anthropic.AsyncAnthropic", "anthropic._base_client.AsyncAPIClient"),
            _AWAIT_CLOSE),
)  # fmt: skip

_AWS = (
    Adapter("botocore.client.BaseClient", ("botocore.client.BaseClient",), _CLOSE),
    Adapter("boto3.resources.base.ServiceResource", ("boto3.resources.base.ServiceResource",),
            Act("meta.client.close()", lambda each: each.meta.client.close()), trap="has no `close` of its own"),
    Adapter("aiobotocore.client.AioBaseClient", ("aiobotocore.client.AioBaseClient",), _AWAIT_CLOSE,
            trap="`session.client()` gives a context manager, not the client"),
)  # fmt: skip

_BROKERS = (
    Adapter("aiokafka.AIOKafkaProducer", ("aiokafka.producer.producer.AIOKafkaProducer",), awaits("stop"),
            awaits("start", unless=at("_sender.sender_task"))),
    Adapter("aiokafka.AIOKafkaConsumer", ("aiokafka.consumer.consumer.AIOKafkaConsumer",), awaits("stop"),
            awaits("start", unless=at("_fetcher")), trap="a second `start()` fails"),
    Adapter("aiokafka.admin.AIOKafkaAdminClient", ("aiokafka.admin.client.AIOKafkaAdminClient",), _AWAIT_CLOSE,
            awaits("start")),
    Adapter("confluent_kafka.Producer", ("cimpl.Producer", "confluent_kafka.cimpl.Producer"),
            Act("flush(10); close()", _flushed), trap="what is not flushed is lost"),
    Adapter("confluent_kafka.Consumer", ("cimpl.Consumer", "confluent_kafka.cimpl.Consumer"), _CLOSE),
    Adapter("aio_pika.Connection", ("aio_pika.abc.AbstractConnection",), _AWAIT_CLOSE),
    Adapter("aio_pika.Channel", ("aio_pika.abc.AbstractChannel",), _AWAIT_CLOSE,
            awaits("initialize", unless=at("is_initialized")), trap="a second `initialize()` fails"),
    Adapter("aio_pika.pool.Pool", ("aio_pika.pool.Pool",), _AWAIT_CLOSE),
    Adapter("nats.aio.client.Client", ("nats.aio.client.Client",), Act("await drain()", _drained, is_async=True),
            trap="`close()` drops what has come and is not handled"),
)  # fmt: skip

_GRPC = (
    Adapter("grpc.Channel", ("grpc.Channel",), _CLOSE),
    Adapter("grpc.aio.Channel", ("grpc.aio._base_channel.Channel",), _AWAIT_CLOSE),
    Adapter("grpc.Server", ("grpc.Server",), Act(f"stop(grace={GRACE_S}).wait()", _stopped),
            calls("start", unless=_is_started), trap="`stop` takes a grace, and does not wait"),
    Adapter("grpc.aio.Server", ("grpc.aio._base_server.Server",), awaits("stop", grace=GRACE_S), awaits("start"),
            trap="`stop` takes a grace"),
)  # fmt: skip

ROWS = _HTTP + _AWS + _BROKERS + _GRPC
