"""The addresses of posts, as people copy them from a browser."""

from __future__ import annotations

from urllib.parse import urlsplit


def steps(url: str) -> list[str]:
    """Return the parts of an address's path, without empty ones; none where it is no web address."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return []
    is_address = parts.scheme in {"http", "https"} and bool(parts.netloc)
    return [step for step in parts.path.split("/") if step] if is_address else []


def last_step(url: str) -> str:
    """Return the last part of an address's path, which is the post's id on most platforms; "" where there is none."""
    return (steps(url) or [""])[-1]
