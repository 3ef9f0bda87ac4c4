"""Answers as plain values, so that a platform's rules are functions of a request and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. Header names are in small letters; the content type is among the headers."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def with_headers(self, *headers: tuple[str, str]) -> Answer:
        """Return the same answer with more headers."""
        return replace(self, headers=(*self.headers, *headers))


class Refusal(Exception):  # noqa: N818 - not an error of the program: the platform says no
    """Raised where a platform says no; carries what it answers."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.body[:200]!r}")
        self.answer = answer


def as_json(value: object, status: int = 200) -> Answer:
    """Return the value as a JSON answer."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return Answer(status, body, (("content-type", "application/json; charset=UTF-8"),))


def bad_gateway() -> Answer:
    """Return the HTML page that a load balancer sends when what stands behind it does not answer."""
    said = "502 Bad Gateway"
    page = f"<!DOCTYPE html>\n<html><head><title>{said}</title></head><body><h1>{said}</h1></body></html>".encode()
    return Answer(502, page, (("content-type", "text/html; charset=utf-8"),))
