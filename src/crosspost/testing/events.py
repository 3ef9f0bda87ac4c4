"""What happens to requests, and what is in them: the cases that the contract tests go through."""

from __future__ import annotations

from crosspost.testing.scripted import Behaviour, Drop, Reply

#: The smallest PNG there is.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718"
    "e3660000000049454e44ae426082"
)

PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
#: The headers of a page.
_HTML = (("content-type", "text/html; charset=utf-8"),)

#: What a request may meet of which nobody can tell whether it took effect.
NO_VERDICT: dict[str, Behaviour] = {
    "500 with JSON": Reply.of({"title": "Internal Server Error", "status": 500}, 500),
    "502 with a page of HTML": Reply(502, PAGE, _HTML),
    "503 without a body": Reply(503, b"", ()),
    "504 without a content type": Reply(504, PAGE, ()),
    "200 with a page of HTML": Reply(200, PAGE, _HTML),
    "200 without a content type": Reply(200, b"ok", ()),
    "200 with broken JSON": Reply(200, b'{"data": {"id": "12'),
    "200 with an empty object": Reply.of({}),
    "200 with JSON that is no object": Reply.of(["ok"]),
    "200 with nothing": Reply(200, b""),
    "half an answer": Reply(200, b'{"data"', length=400),
    "a redirect": Reply(302, b"", (("location", "https://login.example/"),)),
    "a connection dropped": Drop(),
}

#: Texts that platforms and libraries are known to maim.
WORDS = {
    "right to left": "وزارة الخارجية 2027 — \u200fמשרד החוץ",
    "CJK": "外務省からのお知らせ。外交部：通知",
    "emoji": "Fête nationale 🇫🇷 👩🏽‍🚀 ⌚️",
    "decomposed": "Re\u0301publique franc\u0327aise, A\u030angstrom, \u1112\u1161\u11ab",
    "markup": "a < b && b > c — «5 % de + »",
    "several lines": "Première ligne\nDeuxième ligne\n\nQuatrième",
}
