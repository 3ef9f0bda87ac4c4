"""Everything crosspost raises on purpose, as one tree; the facts are attributes, the message says what to do next.

    CrosspostError
    ├── UsageError                what was asked makes no sense, or names something that does not exist
    │   └── TemplateError         a text's placeholders are broken (crosspost.templating)
    ├── FindingsError             a file or a text has mistakes; all of them are in `findings`
    ├── NotPermittedError         the acting mission may not do this
    ├── ConfigurationError        config.toml or credentials.toml does not allow it
    ├── StoreError                the database cannot be used
    │   ├── ConflictError         another process changed what this one had read, and kept changing it
    │   └── StoreBusyError        it is locked, or its disk full: that may pass
    ├── PluginError               an adapter is missing, or cannot be loaded
    └── DeliveryFailure           one try at a platform failed (crosspost.adapter.failures)
        ├── NotSent               it certainly did not arrive: try again later
        │   ├── RateLimited       the platform says when
        │   └── UploadLost        what was uploaded is there no more
        ├── Refused               a definite no
        │   ├── Rejected          the words, link or media are refused: an author must edit
        │   │   └── Duplicate     the account has said this already
        │   ├── CredentialRefused the account's credential no longer serves
        │   ├── AccountBlocked    the platform stopped the account
        │   └── AppBlocked        the platform stopped the whole app
        └── Uncertain             it may have arrived: look, never resend on a guess

Exit codes of the command line hang on the class: 1 findings, 2 usage, 3 could not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crosspost.domain.findings import Finding


class CrosspostError(Exception):
    """Root of all that crosspost raises on purpose."""

    exit_code: ClassVar[int] = 3


class UsageError(CrosspostError):
    """Raised when what was asked makes no sense, or names something that does not exist."""

    exit_code = 2


class FindingsError(CrosspostError):
    """Raised when a file or a text has mistakes; nothing was changed. `findings` holds all of them."""

    exit_code = 1

    def __init__(self, message: str, findings: Sequence[Finding]) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class NotPermittedError(CrosspostError):
    """Raised when the acting mission may not do what was asked."""


class ConfigurationError(CrosspostError):
    """Raised when the configuration is missing, wrong, or forbids what was asked. `findings` holds its mistakes."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class StoreError(CrosspostError):
    """Raised when the database cannot be used: absent, locked, read-only, or of another schema or mode."""


class ConflictError(StoreError):
    """Raised when other processes kept changing what this one had read; nothing was changed."""


class StoreBusyError(StoreError):
    """Raised when the database is locked, or its disk full: that may pass, and who can wait tries again."""


class PluginError(CrosspostError):
    """Raised when no adapter goes by a platform's name, or when it cannot be loaded."""
