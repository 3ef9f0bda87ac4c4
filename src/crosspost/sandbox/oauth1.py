"""The server's side of OAuth 1.0a (RFC 5849) with HMAC-SHA1, as X wants it from its callers."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from crosspost.sandbox.calls import Call

#: Seconds that a caller's clock may differ from the server's.
CLOCK_TOLERANCE = 300


@dataclass(frozen=True, slots=True)
class Signed:
    """What an `Authorization: OAuth …` header says, percent-decoding done."""

    fields: Mapping[str, str]

    @classmethod
    def read(cls, call: Call) -> Signed | None:
        """Return what the request's header says; None when it is signed in another way or not at all."""
        header = call.authorization("OAuth")
        pairs = (part.strip().partition("=") for part in header.split(","))
        found = {unquote(name): unquote(value.strip('"')) for name, _, value in pairs if name}
        return cls(found) if "oauth_token" in found else None

    @property
    def token(self) -> str:
        """The user's access token."""
        return self.fields.get("oauth_token", "")

    def proves(self, call: Call, app: Mapping[str, str], account: Mapping[str, str]) -> bool:
        """Say whether the request was signed, just now, by one who holds the app's and the account's secrets."""
        return (
            self.fields.get("oauth_signature_method") == "HMAC-SHA1"
            and bool(app.get("consumer_secret") and account.get("access_token_secret"))
            and self.fields.get("oauth_consumer_key") == app.get("consumer_key")
            and self._is_fresh(call)
            and hmac.compare_digest(
                self._signature(call, app, account).encode(), self.fields.get("oauth_signature", "").encode()
            )
        )

    def _is_fresh(self, call: Call) -> bool:
        said = self.fields.get("oauth_timestamp", "")
        return said.isdecimal() and abs(int(said) - call.now.timestamp()) <= CLOCK_TOLERANCE

    def _signature(self, call: Call, app: Mapping[str, str], account: Mapping[str, str]) -> str:
        from oauthlib.oauth1.rfc5849 import Client, signature

        covered = [pair for pair in self.fields.items() if pair[0] not in {"oauth_signature", "realm"}]
        covered += [*call.query.items(), *call.signed_form.items()]
        base = signature.signature_base_string(
            call.method, signature.base_string_uri(call.url), signature.normalize_parameters(covered)
        )
        holder = Client(
            app["consumer_key"], app["consumer_secret"], resource_owner_secret=account["access_token_secret"]
        )
        signed: str = signature.sign_hmac_sha1_with_client(base, holder)
        return signed
