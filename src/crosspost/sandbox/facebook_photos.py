"""Facebook's photos: uploaded, perhaps without being published, then attached to one post within a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crosspost.sandbox import facebook_answers as says
from crosspost.sandbox.answers import Refusal
from crosspost.sandbox.calls import Call
from crosspost.sandbox.ids import Ids
from crosspost.sandbox.shelf import Shelf, Upload
from crosspost.sandbox.town import Resident

#: Bytes that a photo may have.
LARGEST_PHOTO = 10 * 1024 * 1024
#: How long an unpublished photo is kept.
KEPT = timedelta(days=1)

_UNREADABLE = (
    "Your photos couldn't be uploaded. Photos should be less than 10 MB and saved as JPG, PNG, GIF or WEBP files."
)


class PhotoDesk:
    """Takes photos in and hands them out to posts of the page that uploaded them."""

    def __init__(self, shelf: Shelf, ids: Ids) -> None:
        self._shelf = shelf
        self._ids = ids

    def upload(self, call: Call, page: Resident) -> Upload:
        """Keep the photo that a request brings as a file, with its `alt_text_custom`.

        Raises:
            Refusal: there is no file, or it is no photo. A `url` is refused: the sandbox fetches nothing.
        """
        if call.parameter("url"):
            raise Refusal(says.error(100, "(#100) this sandbox fetches nothing: send the photo itself as `source`"))
        data = call.files.get("source") or next(iter(call.files.values()), b"")
        if not data:
            raise Refusal(says.error(324, "(#324) Requires upload file"))
        image = self._shelf.keep(data) if len(data) <= LARGEST_PHOTO else None
        if image is None:
            user: dict[str, Any] = {"error_user_title": "Can't Read Files", "error_user_msg": _UNREADABLE}
            raise Refusal(says.error(100, "Invalid parameter", error_subcode=1366046, is_transient=False, **user))
        upload_id = str(self._ids.next(call.now))
        upload = Upload(upload_id, page.account_id, image, call.now, call.parameter("alt_text_custom"))
        self._shelf.add_upload("facebook", upload)
        return upload

    def unpublished(self, photo_id: str, call: Call, page: Resident) -> Upload:
        """Return a photo for a post.

        Raises:
            Refusal: there is none, it was published already, it has expired, or another page uploaded it.
        """
        upload = self._shelf.upload("facebook", photo_id)
        if upload is None or upload.account != page.account_id or call.now - upload.at > KEPT:
            raise Refusal(says.unknown_object("post", photo_id))
        return upload
