"""Credentials for the imitation: invented, random, and of no use anywhere else."""

from __future__ import annotations

import secrets

from crosspost.sandbox.town import Resident

#: The names of the secrets that each imitated platform's app and accounts have.
_APP = {
    "twitter": ("consumer_key", "consumer_secret"),
    "facebook": ("app_secret",),
    "weibo": ("client_id", "client_secret"),
}
_ACCOUNT = {
    "twitter": ("access_token", "access_token_secret"),
    "facebook": ("access_token",),
    "weibo": ("access_token",),
}


def invent_app(platform: str) -> dict[str, str]:
    """Return secrets for the app of an imitated platform; none for another."""
    return {name: secrets.token_urlsafe(24) for name in _APP.get(platform, ())}


def invent_account(platform: str, account_id: str) -> dict[str, str]:
    """Return secrets for an account of an imitated platform; none for another."""
    invented = {name: secrets.token_urlsafe(24) for name in _ACCOUNT.get(platform, ())}
    number = Resident(account_id, platform, "", "").user_id if invented else ""
    if platform == "facebook":
        invented["page_id"] = number
    if platform == "twitter":
        # X begins its access tokens with the account's number.
        invented["access_token"] = f"{number}-{invented['access_token']}"
    return invented
