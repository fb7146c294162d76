"""Containers and their nested ones know their full names."""

from dependency_injector import containers, providers


class Leaf(containers.DeclarativeContainer):
    value = providers.Dependency()


class Branch(containers.DeclarativeContainer):
    leaf = providers.Container(Leaf)


class Tree(containers.DeclarativeContainer):
    branch = providers.Container(Branch)


tree = Tree()
print(tree.parent_name, tree.branch.parent_name, tree.branch.leaf.parent_name)
print(tree.branch.leaf.value.parent_name, Tree.parent_name)
print(tree.branch.leaf.parent is tree.branch.container, tree.parent)
