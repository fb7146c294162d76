"""Lists and dicts nest with all else."""

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"hosts": {"a": "10.0.0.1", "b": "10.0.0.2"}, "port": "80"})
cluster = providers.Factory(
    dict,
    nodes=providers.List(
        providers.Dict(host=config.hosts.a, port=config.port.as_int()),
        providers.Dict(host=config.hosts.b, port=config.port.as_int()),
    ),
)
print(cluster())
