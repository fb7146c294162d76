"""What is told of a node or a link, in words: the details that appear when one points at it, and those of pages."""

from tenure.draw.view import FUNCTION, GIVEN, MISSING, RESOURCE, Link, Node


def kind_in_words(node: Node) -> str:
    """Return what *node* is, as "asynchronous resource"."""
    if node.kind == MISSING:
        return "missing: nothing is bound to it"
    if node.kind == GIVEN:
        return "given by whoever enters the scope"
    word = {RESOURCE: "resource", FUNCTION: "injected function"}.get(node.kind, "value")
    return f"{'asynchronous ' if node.is_async else ''}{word}"


def facts_of(node: Node) -> list[tuple[str, str]]:
    """Return what there is to say of *node*, each with the word for it; what is not known is left out."""
    found = [("what", kind_in_words(node))]
    if node.kind not in (FUNCTION, MISSING):
        found.append(("lifetime", node.lifetime))
    if node.made_by:
        found.append(("made by", node.made_by))
    if node.kind == RESOURCE:
        found.append(("opens", node.opens or "open once it is made"))
        found.append(("closes", node.closes or "nothing is owed"))
    if node.module:
        found.append(("module", node.module))
    found += [(note.level, note.text) for note in node.notes]
    if node.is_critical:
        found.append(("critical", "on the critical path that was measured"))
    return found


def told_of_node(node: Node) -> str:
    """Return the details of *node*, a line for each; of a finding what it says, not the places that it names below."""
    facts = (f"{word}: {said.partition(chr(10))[0]}" for word, said in facts_of(node))
    return "\n".join([node.label, *facts])


def told_of_link(link: Link, source: Node, target: Node) -> str:
    """Return what *link* says."""
    if not link.names:
        return f"{source.label} asks for {target.label} when it runs"
    names = [f"argument {int(name) + 1}" if name.isdecimal() else name for name in link.names]
    return f"{source.label} needs {target.label} for {', '.join(names)}"
