"""A loopback imitation of X, Facebook and Weibo, for the demo, for rehearsals and for tests.

It is honest in both directions: it refuses what the platforms refuse, in their words, and every page says that it is an
imitation. Nothing here opens a connection to anywhere. Starlette and uvicorn are loaded only when a server starts.

    <root>/twitter, <root>/facebook, <root>/weibo   what an adapter takes as its base URL
    <root>/                                         pages for people
    <root>/posts.json, /media/<sha256>              what was published, for scripts
    <root>/faults, /reset                           how the platforms misbehave; begin anew
"""

from crosspost.sandbox.faults import Fault, Faults, How
from crosspost.sandbox.published import Picture, Published
from crosspost.sandbox.server import SandboxThread, create_app, serve
from crosspost.sandbox.state import Sandbox
from crosspost.sandbox.town import Resident, Town

__all__ = [
    "Fault",
    "Faults",
    "How",
    "Picture",
    "Published",
    "Resident",
    "Sandbox",
    "SandboxThread",
    "Town",
    "create_app",
    "serve",
]
