"""Errors that core raises. Each says which input was wrong; none holds a secret."""

from .types import Failure


class CobranzaError(Exception):
    """Root of every error of this addon's core."""


class ProviderError(CobranzaError):
    """A provider call other than sending failed; ``failure`` says how.

    Sending never raises it: a send returns a SendResult.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(
            f"{failure.error_class} {failure.code} {failure.detail}".strip()
        )
        self.failure = failure


class NotStarted(ProviderError):  # noqa: N818 (what happened, not what went wrong)
    """A call to a provider was never made: nothing of it left, it may go later."""

    CODE = "not_started"

    def __init__(self) -> None:
        super().__init__(Failure("retry", code=self.CODE))


class SignatureError(CobranzaError, ValueError):
    """A webhook whose sender cannot be proved: answer 403 and store nothing."""


class TemplateError(CobranzaError, ValueError):
    """A template text that cannot be used. ``line`` is 1-based, ``code`` a stable word.

    ``value`` is the offending word (variable, filter, construct) or "".
    """

    def __init__(self, code: str, line: int = 1, value: str = "") -> None:
        super().__init__(f"line {line}: {code} {value}".strip())
        self.code = code
        self.line = line
        self.value = value


class ConfigurationError(Exception):
    """The code asked for something that does not exist; deliberately not caught."""
