"""What `crosspost init` copies: the demo network, the campaigns, the example configuration.

`network.csv` stands in this folder. `campaigns/` and `config.example.toml` stand at the top of the source tree; the
wheel carries them here.
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
        FileNotFoundError: when it is neither in the package nor in the source tree that the package stands in.
    """
    found = resources.files(__name__).joinpath(*parts)
    if found.is_file() or found.is_dir():
        return found
    source = Path(__file__).parents[2]
    in_checkout = source.parent.joinpath(*parts)
    # Only in a source tree: beside an installed package may lie a project with campaigns of its own.
    if source.name == "src" and in_checkout.exists():
        return in_checkout
    raise FileNotFoundError(f"{'/'.join(parts)} is not shipped with this crosspost")
