"""Pages for people: what every account has published, seen as a visitor of the platform would see it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from crosspost.sandbox import script
from crosspost.sandbox.door import endpoint

if TYPE_CHECKING:
    from starlette.requests import Request

    from crosspost.sandbox.published import Published
    from crosspost.sandbox.state import Sandbox
    from crosspost.sandbox.town import Resident

PAGES = Path(__file__).parent / "pages"
TITLES = {"twitter": "X (Twitter)", "facebook": "Facebook", "weibo": "Weibo"}

#: Posts on the overview, and on one page of an account.
_NEWEST, _ON_A_PAGE = 24, 50
_URL = re.compile(r"(https?://[^\s<>\"'\u2066-\u2069\u3000-\u303f\uff00-\uffef]+)")

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Row:
    """An account in the overview: how many posts stand on it, and when the last was published."""

    resident: Resident
    count: int
    last: datetime | None


class Pages:
    """Renders the pages of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._templates = Environment(
            loader=FileSystemLoader(PAGES), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals.update(titles=TITLES, original_of=self._original)
        self._templates.filters.update(when=_when, iso=_iso, pieces=_pieces, paragraphs=_paragraphs)
        self._templates.filters.update(dir=script.direction, lang=script.language)
        self._style = (PAGES / "style.css").read_text("utf-8")

    async def overview(self, request: Request) -> Response:
        """Show all accounts, or those that a search finds, and what was published last."""
        query = request.query_params.get("q", "").strip()[:100]
        residents = self._sandbox.town.residents()
        found = [resident for resident in residents if _is_found(resident, query)]
        ids = {resident.account_id for resident in found}
        posts = self._sandbox.ledger.posts()
        counts = Counter(post.platform for post in posts if not post.deleted)
        newest = [post for post in reversed(posts) if not query or post.account in ids][:_NEWEST]
        return self._page(
            "overview.html",
            query=query,
            groups=_groups(found, posts),
            total=len(residents),
            counts=counts,
            newest=newest,
            names={resident.account_id: resident.name for resident in residents},
        )

    async def account(self, request: Request) -> Response:
        """Show what an account has published, newest first."""
        account_id = request.path_params["account_id"]
        resident = self._sandbox.town.resident(account_id)
        platform = resident.platform if resident else account_id.rpartition("/")[2]
        posts = self._sandbox.ledger.of_account(platform, account_id)
        if resident is None and not posts:
            return self._page("missing.html", 404, what=f"account {account_id}")
        asked = request.query_params.get("page", "1")
        pages = max(1, -(-len(posts) // _ON_A_PAGE))
        number = min(int(asked), pages) if asked.isdecimal() and asked != "0" else 1
        shown = posts[(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE]
        name = resident.name if resident else account_id
        handle = resident.username if resident else posts[0].handle
        about = {"account_id": account_id, "platform": platform, "name": name, "handle": handle}
        return self._page("account.html", **about, posts=shown, total=len(posts), number=number, pages=pages)

    async def style(self, request: Request) -> Response:  # noqa: ARG002 - the same for all
        """Serve the style sheet."""
        return Response(self._style, media_type="text/css", headers={**_HEADERS, "cache-control": "max-age=60"})

    def post(self, platform: str, post_id: Callable[[Request], str]) -> Callable[[Request], object]:
        """Return what shows one post of a platform, the id of which the function reads from the request."""

        async def show(request: Request) -> Response:
            post = self._sandbox.ledger.post(platform, post_id(request))
            if post is None:
                return self._page("missing.html", 404, what="post")
            resident = self._sandbox.town.resident(post.account)
            return self._page("post.html", post=post, name=resident.name if resident else post.account)

        return show

    async def reposts(self, request: Request) -> Response:
        """Show a post of X and the accounts that have reposted it."""
        post = self._sandbox.ledger.post("twitter", request.path_params["id"])
        if post is None:
            return self._page("missing.html", 404, what="post")
        town, reposts = self._sandbox.town, self._sandbox.ledger.reposts(post)
        names = {one.account: person.name for one in (post, *reposts) if (person := town.resident(one.account))}
        return self._page("reposts.html", post=post, reposts=reposts, names=names)

    def _original(self, post: Published) -> Published | None:
        """Return what a repost passes on."""
        return self._sandbox.ledger.post(post.platform, post.repost_of) if post.repost_of else None

    def _page(self, template: str, status: int = 200, **values: object) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(**values), status, _HEADERS)


def page_routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes of the pages. Those of single posts are the addresses that the platforms give them."""
    pages = Pages(sandbox)

    def by(*names: str) -> Callable[[Request], str]:
        return lambda request: "_".join(request.path_params[name] for name in names)

    posts = [
        ("/twitter/{handle}/status/{id}", pages.post("twitter", by("id"))),
        (
            "/facebook/{page:int}/posts/{id:int}",
            pages.post("facebook", lambda r: "{page}_{id}".format(**r.path_params)),
        ),
        ("/facebook/{id}", pages.post("facebook", by("id"))),
        ("/weibo/{uid:int}/{id}", pages.post("weibo", by("id"))),
    ]
    return [
        Route("/", pages.overview),
        Route("/style.css", pages.style),
        Route("/accounts/{account_id:path}", pages.account),
        Route("/twitter/{handle}/status/{id}/retweets", pages.reposts),
        *(Route(path, show) for path, show in posts),
    ]


def platform_routes(sandbox: Sandbox) -> list[Route]:
    """Return the platforms' own routes, and for each platform one for all paths that it does not have."""
    return [
        Route(f"/{platform.name}{path}", endpoint(sandbox, platform, route), methods=methods)
        for platform in sandbox.platforms
        for path, route, methods in [
            *((route.path, route, [route.method]) for route in platform.routes),
            ("/{rest:path}", None, ["GET", "POST", "PUT", "DELETE", "PATCH"]),
        ]
    ]


def _is_found(resident: Resident, query: str) -> bool:
    """Say whether the account's id, handle or name begins with what is searched for, or any word in them."""
    wanted = query.casefold().removeprefix("@")
    said = [text.casefold() for text in (resident.account_id, resident.username, resident.name)]
    words = (word for text in said for word in re.split(r"[\s/_.()-]+", text))
    return any(word.startswith(wanted) for word in (*said, *words))


def _groups(residents: Iterable[Resident], posts: Iterable[Published]) -> dict[str, list[Row]]:
    """Return the accounts by platform, those that said most first, else in the order of the network."""
    counts: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for post in posts:
        if not post.deleted:
            counts[post.account] += 1
            last[post.account] = post.created_at
    groups: dict[str, list[Row]] = {platform: [] for platform in TITLES}
    for one in residents:
        groups[one.platform].append(Row(one, counts[one.account_id], last.get(one.account_id)))
    return {platform: sorted(rows, key=lambda row: -row.count) for platform, rows in groups.items() if rows}


def _when(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%-d %b %Y, %H:%M:%S} UTC"


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def _paragraphs(text: str) -> list[str]:
    """Return what blank lines part: each has a direction and a language of its own."""
    return [paragraph for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Return the text in pieces, each with whether it is a link, which the page sets apart.

    Links cannot be followed: from here nothing leads outside.
    """
    return [(piece, number % 2 == 1) for number, piece in enumerate(_URL.split(text)) if piece]
