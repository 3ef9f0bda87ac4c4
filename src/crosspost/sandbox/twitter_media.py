"""X's images: uploaded in one piece, described, then named in a post within a day."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta

from crosspost.sandbox import twitter_answers as says
from crosspost.sandbox.answers import Answer, Refusal, as_json
from crosspost.sandbox.calls import Call
from crosspost.sandbox.ids import Ids
from crosspost.sandbox.published import Picture
from crosspost.sandbox.shelf import Shelf, Upload
from crosspost.sandbox.town import Resident

#: Bytes that an image, and an animated one, may have.
LARGEST = {"tweet_image": 5 * 1024 * 1024, "tweet_gif": 15 * 1024 * 1024}
LONGEST_ALT = 1000
KEPT = timedelta(days=1)

_INVALID_IDS = "Your media IDs are invalid."


class MediaDesk:
    """Takes images in and hands them out to posts of the account that uploaded them."""

    def __init__(self, shelf: Shelf, ids: Ids) -> None:
        self._shelf = shelf
        self._ids = ids

    def upload(self, call: Call, resident: Resident) -> Answer:
        """Answer POST /2/media/upload, with base64 in JSON or with the bytes as a part of a form."""
        category, data = _sent(call)
        if category not in LARGEST:
            raise Refusal(
                says.invalid("this sandbox takes media_category tweet_image or tweet_gif", media_category=category)
            )
        if len(data) > LARGEST[category]:
            raise Refusal(says.invalid(f"File size exceeds {LARGEST[category]} bytes."))
        image = self._shelf.keep(data)
        if image is None:
            raise Refusal(says.invalid("media type unrecognized."))
        upload = Upload(str(self._ids.next(call.now)), resident.account_id, image, call.now)
        self._shelf.add_upload("twitter", upload)
        told = {
            "id": upload.id,
            "media_key": f"3_{upload.id}",
            "size": image.size,
            "expires_after_secs": int(KEPT.total_seconds()),
            "image": {"image_type": image.mime, "w": image.width, "h": image.height},
        }
        return as_json({"data": told})

    def describe(self, call: Call, resident: Resident) -> Answer:
        """Answer POST /2/media/metadata, which gives an image its alt text."""
        try:
            media_id, alt = str(call.document["id"]), call.document["metadata"]["alt_text"]["text"]
        except (TypeError, KeyError):
            raise Refusal(says.invalid("$: id and metadata.alt_text.text are required")) from None
        if not isinstance(alt, str) or not alt:
            raise Refusal(says.invalid("$.metadata.alt_text.text: string expected"))
        if len(alt) > LONGEST_ALT:
            raise Refusal(says.invalid(f"$.metadata.alt_text.text: must be at most {LONGEST_ALT} characters long"))
        upload = self._uploaded(media_id, call, resident)
        self._shelf.describe("twitter", upload, alt)
        return as_json({"data": {"id": media_id, "associated_metadata": {"alt_text": {"text": alt}}}})

    def picture(self, media_id: str, call: Call, resident: Resident) -> Picture:
        """Return the image of that id for a post.

        Raises:
            Refusal: there is none, it has expired, or another account uploaded it.
        """
        upload = self._uploaded(media_id, call, resident)
        return Picture(upload.image.sha256, upload.image.mime, upload.alt)

    def _uploaded(self, media_id: str, call: Call, resident: Resident) -> Upload:
        upload = self._shelf.upload("twitter", media_id)
        if upload is None or upload.account != resident.account_id or call.now - upload.at > KEPT:
            raise Refusal(says.invalid(_INVALID_IDS, **{"media.media_ids": f"[{media_id}]"}))
        return upload


def _sent(call: Call) -> tuple[str, bytes]:
    """Return the category and the bytes of what was uploaded."""
    if "media" in call.files:
        return call.form.get("media_category", "tweet_image"), call.files["media"]
    sent = call.document if isinstance(call.document, dict) else call.form
    try:
        data = base64.b64decode(sent["media"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise Refusal(says.invalid("$.media: base64 expected")) from None
    return str(sent.get("media_category", "")), data
