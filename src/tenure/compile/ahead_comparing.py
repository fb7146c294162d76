"""Compare the bindings of a graph with the rows of a module that was written from such a graph; changes neither."""

from tenure.compile.ahead_rows import Row
from tenure.compile.ahead_text import text_of_binding, text_of_key
from tenure.model.binding import NOTHING, Binding
from tenure.model.graph import Graph


def bound_of(graph: Graph, rows: dict[str, Row]) -> dict[str, Binding]:
    """Return the bindings by the text of their key; classes that *rows* has as bound by themselves are bound so."""
    bound: dict[str, Binding] = {}
    twice: set[str] = set()
    for binding in graph:
        text = text_of_key(binding.key)
        if text is not None:
            if text in bound:
                twice.add(text)
            bound[text] = binding
    by_themselves = {text for text, row in rows.items() if not row[1] and text not in bound}
    users = [row for row in rows.values() if row[3] and not by_themselves.isdisjoint(row[3])] if by_themselves else ()
    for row in reversed(users):  # those that need others come after them in the table
        for need in bound[row[0]].needs if row[0] in bound else ():
            text = text_of_key(need.key) if need.key is not NOTHING else None
            if text in by_themselves and text not in bound and (found := graph.find(need.key)) is not None:
                bound[text] = found
    return {text: binding for text, binding in bound.items() if text not in twice} if twice else bound


def changes_of(rows: dict[str, Row], bound: dict[str, Binding], known: dict[str, Binding]) -> list[str]:
    """Return a line for each binding that came, went or is another now; what is *known* is as it was."""
    changes = [f"{text}: is bound no more" for text, row in rows.items() if row[1] and text not in bound]
    for text, binding in bound.items():
        if known.get(text) is binding:
            continue
        row = rows.get(text)
        now = text_of_binding(binding)
        if row is not None and row[2] != now:
            changes.append(f"{text}: was {row[2]}; is {now}")
        elif row is None and binding.declared and not binding.is_self:
            changes.append(f"{text}: is new: {now}")
        elif row is not None and binding.declared is not bool(row[1]):
            changes.append(f"{text}: {'was' if binding.declared else 'is'} bound by itself")
    if not changes:  # else this follows from what has changed
        changes = [f"{text}: is bound by itself no more" for text in rows if text not in bound]
        order = [row[1] for text, binding in bound.items() if binding.declared and (row := rows.get(text)) is not None]
        if order != sorted(order):
            changes.append("the order of the bindings is another")
    return changes
