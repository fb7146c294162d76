"""Attributes, items and calls form chains of any length."""

from dependency_injector import providers


class Node:
    def __init__(self, label, children=()):
        self.label = label
        self.children = list(children)

    def child(self, number):
        return self.children[number]

    def table(self):
        return {each.label: each for each in self.children}


tree = providers.Factory(
    Node, "root", providers.List(providers.Factory(Node, "a"), providers.Factory(Node, "b", [Node("c")]))
)
print(tree.provided.child.call(1).children[0].label())
print(tree.provided.table.call()["a"].label.upper.call()())
print(tree.provided.child.call(0).label[0]())
