"""X (Twitter) for crosspost, on tweepy."""

from crosspost_twitter.adapter import TwitterAdapter

__all__ = ["TwitterAdapter"]
