"""What `crosspost init` copies: the demo network, the campaigns, the example configuration.

`campaigns/` and `config.example.toml` stand at the top of the source tree; the wheel carries them in this folder.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def shipped(*parts: str) -> Traversable:
    """Return a file or folder that is shipped.

    Raises:
        FileNotFoundError: when it is neither in the package nor in a source tree around it.
    """
    checkout = Path(__file__).parents[3]
    in_checkout = checkout.joinpath(*parts)
    if (checkout / "pyproject.toml").is_file() and in_checkout.exists():
        return in_checkout
    found = resources.files(__name__).joinpath(*parts)
    if not (found.is_file() or found.is_dir()):
        raise FileNotFoundError(f"{'/'.join(parts)} is not shipped with this crosspost")
    return found
