"""The roots of every error."""


class TenureError(Exception):
    """Base of every error that Tenure raises."""


Error = TenureError
"""The same, under the name that the declarative face uses."""


class ResourceError(TenureError):
    """Base of the errors about one resource; a user's opening code may raise these as well."""
