"""`python -m tests.servers`: the load-and-fault report; `python3 dev.py servers` runs it in its environment."""

import argparse
import sys

from tests.real.running import ServerMissingError
from tests.real.started import server_of
from tests.servers import report
from tests.servers.clients.every import CLIENTS, client_class
from tests.servers.load import Load

QUICK, WHOLE = 1_000, 10_000


def main(arguments: list[str]) -> int:
    """Run it; return 0 if nothing was wrong, 1 if something was, 2 where there is no such client."""
    parser = argparse.ArgumentParser(prog="dev.py servers", description="Real servers under load and faults.")
    parser.add_argument("names", nargs="*", metavar="CLIENT", help=", ".join(CLIENTS))
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} requests each instead of {WHOLE}")
    parser.add_argument("--write", action="store_true", help="write the report into docs/servers.md")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in CLIENTS]
    if unknown:
        parser.error(f"no client {unknown[0]!r}; there are {', '.join(CLIENTS)}")
    loads: list[Load] = []
    missing: list[str] = []
    for name in options.names or CLIENTS:
        try:
            found = client_class(name)
            server = server_of(found.kind)
        except ServerMissingError as error:
            missing.append(f"{name} ({error})")
            continue
        print(f"{name} ...", file=sys.stderr, flush=True)
        loads.append(Load(found(server), server, QUICK if options.quick else WHOLE).run())
    told = report.text(loads, missing)
    print(told)
    if options.write:
        report.write(told)
    return int(any(report.problems(load) for load in loads))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
