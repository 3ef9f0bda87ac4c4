"""One file with everything wrong that people have done to such files, told in one run: the file is the test."""

from __future__ import annotations

from collections.abc import Callable

from crosspost.files.campaign import CampaignFile

#: Each line that is wrong says at its end which rules it breaks.
FILE = """\
title = “COP31”                               #! curly-quote
sorce = "fr"                                  #! unknown-key
require = ["fr" "en"]                         #! comma

[audience]
mission = ["ministry", "tokio"]               #! unknown-mission
country = ["JP"، "EG"]                        #! foreign-sign
\u200fplatform = ["x", "facebok"]             #! invisible unknown-platform

[facts]
deadline = 2027-02-30                         #! date
opening-day = 2027-03-06                      #! fact-name

[posts.opening]
at = "2027-03-01 09:00"                       #! time
expires: "8h"                                 #! equals-sign
link = "http://www.diplomatie.gouv.fr"        #! link

[posts.opening.text]
fr = "Bonjour
#! unclosed-quote
en = "He said "yes" to all"                   #! inner-quote
zh_hans = "你好"                               #! language-tag
french = "Salut"                              #! unknown-language
embargo = true                                #! misplaced-key
ar = \"\"\"
#! unclosed-text
مرحبا

[[posts.opening.media]]
file = "poster.jpg"                           #! file-missing

[[posts.opening.media]]
file = "../poster.jpg"                        #! path-leaves-folder

[posts.opening]                               #! duplicate-table
expires = "9h"                                #! duplicate-key

[posts.closing                                #! heading
at = 2027-03-09 18:00 Europe/Paris            #! unquoted
embargo = oui                                 #! true-or-false
text = "Au revoir"                            #! type

[posts.statement]
at = "2027-02-29 15:00 UTC"                   #! time
text = { folder = "texts" }                   #! text-folder
"""


def _expected() -> list[tuple[int, str]]:
    """The line and rule of each mistake; a remark on a line of its own speaks of the line above it."""
    wrong = []
    for number, line in enumerate(FILE.split("\n"), start=1):
        before, mark, rules = line.partition("#!")
        if mark:
            wrong += [(number if before.strip() else number - 1, rule) for rule in rules.split()]
    return sorted(wrong)


def test_every_mistake_of_a_file_is_told_in_one_run_with_its_line(load: Callable[[str], CampaignFile]) -> None:
    file = load(FILE)

    found = sorted((finding.place.line, finding.rule) for finding in file.findings if finding.place)
    assert found == _expected()
    assert len(found) > 25
    assert all(finding.remedy for finding in file.findings)


def test_and_what_could_be_read_is_there_for_the_checks(load: Callable[[str], CampaignFile]) -> None:
    campaign = load(FILE).campaign

    assert campaign is not None
    assert [post.id for post in campaign.posts] == ["opening", "closing", "statement"]
    assert [v.language for v in campaign.posts[0].variants] == ["fr", "en", "zh-Hans", "ar"]
