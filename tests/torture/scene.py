"""The scene: a demo folder with short timeouts, and campaigns whose every text is unlike all others on its account.

Across accounts the texts of a wave are much alike: on X most are reposts.
"""

from __future__ import annotations

import json
import shutil
import tomllib
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from tests.e2e.conftest import make_folder
from tests.torture import faults

LANGUAGES = ("fr", "en", "es", "de", "it", "pt", "ru", "uk", "tr", "zh-Hans", "ja", "ko", "ar", "he", "fa")

#: One wave in so many has an image.
_IMAGE_EVERY = 2

#: How soon those waves are due that are prepared ahead.
_MOMENT = timedelta(seconds=15)

#: One wave in so many, the last of them, is over soon: some of it expires, originals among it.
_SHORT_EVERY, _SHORT, _LONG = 3, "20s", "20h"

#: The missions that the waves go to, by turns.
REGIONS = ("region-europe", "region-africa", "region-americas", "region-asia-pacific", "region-middle-east")

#: When what may be out is looked for: longer than lists lag; and for a run that is to be short.
PATIENTLY, HASTILY = "1s, 3s, 6s, 10s", "1s, 4s"

_LOOK_AFTER = 'look_after = "1s, 2s"'
_SETTINGS = {
    'late_after = "15m"': 'late_after = "12h"',
    'request_timeout = "20s"': f'request_timeout = "{faults.REQUEST_TIMEOUT}s"',
    'lease = "30s"': 'lease = "6s"',
}


#: An account, a campaign and a language: one delivery, and the words of one post.
Key = tuple[str, str, str]


class Scene:
    """A folder, its sandbox, and its queue as plain SQL shows it."""

    def __init__(self, path: Path, database: str, look_after: str = PATIENTLY) -> None:
        self.folder = make_folder(path, database)
        self.database = database
        #: The faults in force, each with the name of its kind.
        self.named: list[tuple[str, dict[str, Any]]] = []
        #: How many requests each kind of trouble has struck, over all lives of the sandbox.
        self.struck: dict[str, int] = {kind.name: 0 for kind in faults.KINDS}
        self.url = database.replace("postgresql://", "postgresql+psycopg://") or f"sqlite:///{path / 'crosspost.db'}"
        self._engine = create_engine(self.url, pool_pre_ping=True)
        _adjust(path / "config.toml", look_after)
        self.sandbox: Any = None
        self.open_platforms()

    def open_platforms(self) -> None:
        """Start the sandbox; what it published before is kept in its journal."""
        self.sandbox = self.folder.start_sandbox("--repeats")

    def close_platforms(self) -> None:
        """Stop the sandbox: its platforms refuse every connection."""
        self.count_faults()
        self.sandbox.terminate()
        self.sandbox.wait(timeout=60)

    def misbehave(self, named: list[tuple[str, dict[str, Any]]]) -> None:
        """Put faults in force."""
        self.count_faults()
        self.named = named
        self.folder.faults(*(rule for _, rule in named))

    def count_faults(self) -> None:
        """Add up what the sandbox has counted, and begin its count anew."""
        if not self.named:
            return
        for (name, _), told in zip(self.named, self.ask("/faults"), strict=True):
            self.struck[name] += told["struck"]
        self.named = []

    def ask(self, path: str) -> Any:
        """Ask the sandbox for JSON."""
        return json.loads(self.read(path))

    def read(self, path: str) -> bytes:
        """Ask the sandbox for a page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.folder.port}{path}", timeout=60) as answer:
            body: bytes = answer.read()
        return body

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Return what a query finds in the database."""
        with self._engine.connect() as connection:
            return list(connection.execute(text(query), values).mappings())

    def count(self, condition: str) -> int:
        """Return how many deliveries there are of which something holds."""
        return int(self.rows(f"SELECT count(*) AS n FROM delivery WHERE {condition}")[0]["n"])

    def secrets(self) -> set[bytes]:
        """Return every secret of the run."""
        found = set()
        for name in ("credentials.toml", "sandbox.toml"):
            for table in tomllib.loads((self.folder.path / name).read_text("utf-8")).values():
                found |= {value.encode() for key, value in table.items() if key != "page_id"}
        return found

    def close(self) -> None:
        """Stop every process."""
        self._engine.dispose()
        self.folder.stop_all()


def _adjust(config: Path, look_after: str) -> None:
    written = config.read_text("utf-8")
    for before, after in {**_SETTINGS, _LOOK_AFTER: f'look_after = "{look_after}"'}.items():
        assert written.count(before) == 1, before
        written = written.replace(before, after)
    config.write_text(written, "utf-8")


class Waves:
    """Campaigns of one post each, for every account of a region in each of its languages; region after region."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._number = scene, 0
        self._said_by: dict[str, set[Key]] = {}
        #: What the queue is to hold of them.
        self.expected: set[Key] = set()

    def queue_next(self, *, at_once: bool = False) -> None:
        """Write a campaign and queue it: one with an image for in a moment, to be uploaded ahead; any other at once."""
        folder, region = self._scene.folder, REGIONS[self._number % len(REGIONS)]
        with_image = self._number % _IMAGE_EVERY == 0 and not at_once
        self._number += 1
        expires = _LONG if self._number % _SHORT_EVERY else _SHORT
        name = f"wave-{self._number:03}"
        home = folder.path / "campaigns" / name
        home.mkdir(parents=True)
        if with_image:
            shutil.copy(folder.path / "campaigns" / "consular-register" / "register.jpg", home)
        at = f"{datetime.now(UTC) + _MOMENT:%Y-%m-%d %H:%M:%S} UTC"
        (home / "campaign.toml").write_text(
            "\n".join(_campaign(name, region, at, expires, with_image=with_image)), "utf-8"
        )
        folder.crosspost("campaign", "queue", name, "--yes", *([] if with_image else ["--now"]))
        self.expected |= {(account, name, language) for account, _, language in self._of(region, name)}

    def _of(self, region: str, name: str) -> set[Key]:
        """Return what is said in a region, by the plan of its first wave."""
        if region not in self._said_by:
            plan = json.loads(self._scene.folder.crosspost("campaign", "plan", name, "--now", "--json").stdout)
            self._said_by[region] = {(row["account"], name, row["language"]) for row in plan["planned"]}
        return self._said_by[region]


def _campaign(name: str, region: str, at: str, expires: str, *, with_image: bool) -> Iterator[str]:
    yield f'title = "{name}"\nsource = "fr"\n'
    yield f'[audience]\nmission = ["{region}"]\nplatform = ["twitter", "facebook", "weibo"]\n'
    yield f'[posts.all]\nat = "{at}"\nexpires = "{expires}"\nquiet = "ignore"\nlink = "https://www.diplomatie.gouv.fr/"\n'
    yield "[posts.all.text]"
    # Where accounts may not say the same, most repost the first; only short and long names make a text of its own.
    yield from (f'{language} = "{name} [{language}] A B C – {{{{ mission.country }}}}"' for language in LANGUAGES)
    if with_image:
        yield '\n[[posts.all.media]]\nfile = "register.jpg"\n\n[posts.all.media.alt]'
        yield from (f'{language} = "register [{language}]"' for language in LANGUAGES)
