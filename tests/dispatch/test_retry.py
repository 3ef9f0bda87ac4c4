"""What follows a failure, as a pure decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crosspost.adapter import Duplicate, RateLimited, Receipt, Uncertain
from crosspost.dispatch.retry import Then, decide

NOW = datetime(2027, 3, 1, tzinfo=UTC)


def decided(failure, *, begun=True, attempt=1, strikes=0):
    return decide(failure, begun=begun, attempt=attempt, strikes=strikes, jitter=0.5, now=NOW)


def test_before_the_post_is_begun_nothing_can_be_out():
    uploading = decided(Uncertain("the upload's answer was lost"), begun=False)

    assert uploading.then is Then.RETRY
    assert uploading.until > NOW
    assert decided(Duplicate("said already"), begun=False, attempt=2).then is Then.FAIL


def test_duplicate_content_is_a_reason_to_look_only_after_an_earlier_attempt():
    assert decided(Duplicate("said already"), attempt=1).then is Then.FAIL
    assert decided(Duplicate("said already"), attempt=2).then is Then.LOOK


def test_a_platform_that_says_now_again_and_again_is_not_asked_as_fast_as_it_answers():
    assert decided(RateLimited("later", retry_at=NOW)).until == NOW
    assert decided(RateLimited("later", retry_at=NOW), strikes=3).until > NOW + timedelta(seconds=20)


def test_an_instant_without_its_offset_is_refused_where_it_arises():
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="offset"):
        RateLimited("later", retry_at=naive)
    with pytest.raises(ValueError, match="offset"):
        Receipt("1", "https://paper.example/posts/1", naive)
