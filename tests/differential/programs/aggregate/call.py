"""An aggregate calls the provider that its first argument names."""

from dependency_injector import errors, providers

readers = providers.Aggregate(
    yaml=providers.Factory(lambda path: f"yaml {path}"),
    json=providers.Callable(lambda path, strict=False: f"json {path} {strict}"),
    fixed=providers.Object("nothing"),
)

print(readers("yaml", "a.yml"))
print(readers("json", "a.json", strict=True))
print(readers("fixed"), readers.json("b.json"))
try:
    readers("xml", "a.xml")
except errors.NoSuchProviderError:
    print("no such provider")
