"""Planning: what a campaign should send, to whom, when, and why. Pure: same input, same plan."""

from crosspost.planning.plan import Renderer, Situation, plan

__all__ = ["Renderer", "Situation", "plan"]
