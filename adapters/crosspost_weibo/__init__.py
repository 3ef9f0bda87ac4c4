"""Weibo for crosspost: a stub that speaks to the sandbox, and the place for a real adapter."""

from crosspost_weibo.adapter import WeiboAdapter

__all__ = ["WeiboAdapter"]
