"""Facebook pages for crosspost, on facebook-sdk."""

from crosspost_facebook.adapter import FacebookAdapter

__all__ = ["FacebookAdapter"]
