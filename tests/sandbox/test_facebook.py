"""Facebook as facebook-sdk and plain requests meet it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import facebook
import pytest
import requests

if TYPE_CHECKING:
    from crosspost.sandbox import SandboxThread

PAGE = "100200300400500"
Graph = Callable[..., requests.Response]


def _error(answer: requests.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["error"]
    return found


def _photo(graph: Graph, data: bytes, **fields: str) -> requests.Response:
    form = {"published": "false", **fields}
    return graph("POST", f"/v25.0/{PAGE}/photos", files={"source": ("source", data)}, data=form)


def test_the_sdk_publishes_finds_and_deletes_a_post(sandbox: SandboxThread, page: facebook.GraphAPI) -> None:
    me = page.get_object("me", fields="id,name,username")
    assert me == {"id": PAGE, "name": "Tokyo", "username": "jp.demo"}

    post_id = page.put_object(PAGE, "feed", message="パリと東京", link="https://www.diplomatie.gouv.fr")["id"]

    [found] = page.get_connections(PAGE, "published_posts", fields="id,message,permalink_url,created_time")["data"]
    assert (found["id"], found["message"]) == (post_id, "パリと東京")
    assert found["permalink_url"] == sandbox.posts()[0]["url"]
    assert post_id.startswith(f"{PAGE}_")
    assert sandbox.posts("facebook")[0]["link"] == "https://www.diplomatie.gouv.fr"
    assert page.delete_object(post_id) == {"success": True}
    assert page.get_connections(PAGE, "published_posts")["data"] == []
    assert sandbox.posts()[0]["deleted"]


def test_a_photo_is_uploaded_unpublished_and_then_attached(
    sandbox: SandboxThread, page: facebook.GraphAPI, png: bytes
) -> None:
    photo = page.put_photo(png, published="false", alt_text_custom="Un rectangle")["id"]
    assert sandbox.posts() == []

    page.put_object(PAGE, "feed", message="Photo", attached_media=json.dumps([{"media_fbid": photo}]))

    [medium] = sandbox.posts()[0]["media"]
    assert (medium["alt"], medium["sha256"]) == ("Un rectangle", hashlib.sha256(png).hexdigest())


def test_a_photo_may_be_a_post_of_its_own(sandbox: SandboxThread, graph: Graph, png: bytes) -> None:
    told = _photo(graph, png, published="true", caption="Légende").json()

    assert set(told) == {"id", "post_id"}
    assert sandbox.posts()[0]["text"] == "Légende"


def test_attached_media_as_the_sdk_mangles_them_are_refused(page: facebook.GraphAPI) -> None:
    with pytest.raises(facebook.GraphAPIError, match="attached_media"):
        page.put_object(PAGE, "feed", message="x", attached_media=[{"media_fbid": "1"}])


def test_a_photo_can_be_attached_but_once(graph: Graph, png: bytes) -> None:
    photo = _photo(graph, png).json()["id"]
    attached = {"attached_media[0]": json.dumps({"media_fbid": photo})}
    assert graph("POST", f"/v25.0/{PAGE}/feed", data={"message": "one", **attached}).ok

    again = graph("POST", f"/v25.0/{PAGE}/feed", data={"message": "two", **attached})

    assert (_error(again)["code"], _error(again)["error_subcode"]) == (100, 33)


def test_an_unpublished_photo_lasts_a_day(graph: Graph, png: bytes, clock: Any) -> None:
    photo = _photo(graph, png).json()["id"]
    clock.pass_(hours=25)

    answer = graph(
        "POST", f"/v25.0/{PAGE}/feed", data={"message": "x", "attached_media": json.dumps([{"media_fbid": photo}])}
    )

    assert _error(answer)["error_subcode"] == 33


def test_a_photo_of_another_page_cannot_be_attached(graph: Graph, png: bytes) -> None:
    theirs = graph("POST", "/v25.0/777/photos", "fb-seoul", files={"source": png}, data={"published": "false"}).json()[
        "id"
    ]
    form = {"message": "x", "attached_media": json.dumps([{"media_fbid": theirs}])}

    assert _error(graph("POST", f"/v25.0/{PAGE}/feed", data=form))["code"] == 100


def test_the_sandbox_fetches_nothing(graph: Graph) -> None:
    answer = graph("POST", f"/v25.0/{PAGE}/photos", data={"url": "https://example.org/x.jpg"})

    assert "fetches nothing" in _error(answer)["message"]


def test_what_is_no_photo_is_refused(graph: Graph) -> None:
    assert _error(_photo(graph, b"GIF?"))["error_subcode"] == 1366046
    assert _error(graph("POST", f"/v25.0/{PAGE}/photos", data={"caption": "x"}))["code"] == 324


def test_the_message_of_the_post_before_is_a_duplicate(graph: Graph) -> None:
    def say(message: str) -> requests.Response:
        return graph("POST", f"/v25.0/{PAGE}/feed", data={"message": message})

    assert say("one").ok
    again = say("one")
    assert (again.status_code, _error(again)["code"], _error(again)["error_subcode"]) == (400, 506, 1455006)
    assert say("two").ok
    assert say("one").ok


def test_a_message_has_a_limit_in_utf16_units(graph: Graph) -> None:
    assert graph("POST", f"/v25.0/{PAGE}/feed", data={"message": "x" * 63_204 + "😀"}).ok
    too_long = graph("POST", f"/v25.0/{PAGE}/feed", data={"message": "x" * 63_205 + "😀"})
    assert _error(too_long)["code"] == 100


def test_an_empty_post_is_refused(graph: Graph) -> None:
    assert _error(graph("POST", f"/v25.0/{PAGE}/feed", data={"message": " "}))["code"] == 197


@pytest.mark.parametrize(("version", "code"), [("v20.0", 2635), ("v2.8", 2635), ("v99.0", 2500), ("25.0", 2500)])
def test_a_version_that_is_dead_or_unborn_does_not_answer(graph: Graph, version: str, code: int) -> None:
    answer = graph("GET", f"/{version}/me")

    assert (answer.status_code, _error(answer)["code"]) == (400, code)


def test_an_error_has_a_type_and_a_trace(graph: Graph) -> None:
    error = _error(graph("GET", "/v25.0/me", "expired"))

    assert (error["code"], error["type"]) == (190, "OAuthException")
    assert error["fbtrace_id"].startswith("A")


def test_a_token_may_come_in_the_body_or_the_query(graph: Graph) -> None:
    form = {"message": "x", "access_token": "fb-tokyo"}

    assert graph("POST", f"/v25.0/{PAGE}/feed", data=form, headers={}).ok
    assert graph("GET", "/v25.0/me", params={"access_token": "fb-tokyo"}, headers={}).json()["id"] == PAGE
    assert _error(graph("GET", "/v25.0/me", headers={}))["code"] == 104


def test_a_proof_that_is_given_must_be_right(graph: Graph) -> None:
    right = hmac.new(b"fb-app-secret", b"fb-tokyo", hashlib.sha256).hexdigest()

    assert graph("GET", "/v25.0/me", params={"appsecret_proof": right}).ok
    wrong = graph("GET", "/v25.0/me", params={"appsecret_proof": right[::-1]})
    assert "appsecret_proof" in _error(wrong)["message"]


def test_a_page_cannot_speak_for_another(graph: Graph) -> None:
    answer = graph("POST", "/v25.0/777/feed", data={"message": "x"})

    assert (answer.status_code, _error(answer)["code"]) == (403, 200)


def test_a_post_of_another_page_cannot_be_deleted(sandbox: SandboxThread, graph: Graph) -> None:
    theirs = graph("POST", "/v25.0/777/feed", "fb-seoul", data={"message": "x"}).json()["id"]

    answer = graph("DELETE", f"/v25.0/{theirs}")

    assert (_error(answer)["code"], _error(answer)["error_subcode"]) == (100, 33)
    assert not sandbox.posts()[0]["deleted"]


def test_a_post_that_is_not_published_is_not_listed(graph: Graph) -> None:
    post = graph("POST", f"/v25.0/{PAGE}/feed", data={"message": "Draft", "published": "false"}).json()["id"]

    assert graph("GET", f"/v25.0/{PAGE}/published_posts").json()["data"] == []
    assert graph("GET", f"/v25.0/{post}", params={"fields": "is_published"}).json() == {
        "is_published": False,
        "id": post,
    }


def test_a_listing_comes_in_pages_newest_first(graph: Graph) -> None:
    for n in range(5):
        graph("POST", f"/v25.0/{PAGE}/feed", data={"message": f"{n}"})

    seen, after = [], ""
    while len(seen) < 5:
        answer = graph("GET", f"/v25.0/{PAGE}/published_posts", params={"limit": 2, "after": after}).json()
        seen += [post["message"] for post in answer["data"]]
        after = answer["paging"]["cursors"]["after"]
        assert ("next" in answer["paging"]) == (len(seen) < 5)

    assert seen == ["4", "3", "2", "1", "0"]


def test_a_listing_can_begin_at_a_time(graph: Graph, clock: Any) -> None:
    graph("POST", f"/v25.0/{PAGE}/feed", data={"message": "early"})
    clock.pass_(minutes=1)
    graph("POST", f"/v25.0/{PAGE}/feed", data={"message": "late"})

    listed = graph("GET", f"/v25.0/{PAGE}/published_posts", params={"since": int(clock.now.timestamp())}).json()

    assert [post["message"] for post in listed["data"]] == ["late"]


def test_a_post_shows_its_pictures_with_their_alt_text(graph: Graph, png: bytes) -> None:
    _photo(graph, png, published="true", alt_text_custom="Bleu")

    fields = "message,attachments{media,description},full_picture"
    [post] = graph("GET", f"/v25.0/{PAGE}/published_posts", params={"fields": fields}).json()["data"]

    assert post["attachments"]["data"][0]["description"] == "Bleu"
    assert requests.get(post["full_picture"], timeout=10).content == png


def test_each_answer_says_how_much_of_the_apps_limit_is_used(graph: Graph) -> None:
    usages = [json.loads(graph("GET", "/v25.0/me").headers["x-app-usage"])["call_count"] for _ in range(9)]

    assert usages[0] == 0
    assert usages[-1] == 2  # 9 of 2 pages x 200 calls an hour, in percent
