"""Planning: what a campaign should send, to whom, when, and why. Pure: same input, same plan."""

from crosspost.planning.hours import Hours
from crosspost.planning.plan import plan
from crosspost.planning.sameness import platforms_of_one_voice
from crosspost.planning.situation import Renderer, Situation

__all__ = ["Hours", "Renderer", "Situation", "plan", "platforms_of_one_voice"]
