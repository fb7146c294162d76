"""Attributes are set after the object was made, providers among them resolved."""

from dependency_injector import providers


class Report:
    title = "untitled"

    def __init__(self, rows):
        self.rows = rows
        self.seen_title = self.title


report = providers.Factory(Report, [1, 2])
report.add_attributes(title=providers.Callable(str.upper, "sales"), page=1)

made = report()
print(made.rows, made.title, made.page, made.seen_title)
report.set_attributes(page=2)
print(report().title, report().page)
report.clear_attributes()
print(vars(report()))
