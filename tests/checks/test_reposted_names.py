"""A text that names its mission and would be reposted by others is told; any other is not."""

from __future__ import annotations

import pytest
from tests.checks.test_checks import HEAD, POST, Check, told

POLICY = '[same_words]\npaper = "{}"\n'
SAID = "Bonjour à toutes et à tous, de la part de toute l’ambassade"


def text(words: str) -> str:
    return f'[posts.a.text]\nfr = "{words}"\npt = "Bom dia"\n'


def test_a_reposted_text_that_names_its_mission_is_a_warning_with_who_would_pass_it_on(found: Check) -> None:
    findings = found(HEAD + POLICY.format("repost") + POST + text(SAID + " à {{ mission.city }}"))

    (finding,) = [f for f in findings if f.rule == "reposted-name"]
    assert told([finding]) == ["7 warning reposted-name"]
    assert "3 accounts would repost ministry/paper on paper (tokyo/paper, seoul/paper, cairo/paper)" in finding.message
    assert '[same_words] paper = "own"' in finding.remedy


@pytest.mark.parametrize(("policy", "words"), [("repost", SAID), ("own", SAID + " à {{ mission.city }}")])
def test_what_names_nobody_or_is_said_by_each_itself_is_not_told(found: Check, policy: str, words: str) -> None:
    findings = found(HEAD + POLICY.format(policy) + POST + text(words))

    assert [f for f in findings if f.rule == "reposted-name"] == []
