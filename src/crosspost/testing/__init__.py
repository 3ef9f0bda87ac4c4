"""For those who write adapters, and for crosspost's own tests: shipped, and without any test library of its own.

AdapterContract   what every adapter must do, as a class of tests to inherit from; a Dialect says how its platform
                  talks, and a RepostDialect how it does about reposts
ScriptedServer    a platform on this machine that answers what it was told beforehand, or misbehaves
PaperAdapter      in `crosspost.testing.paper`: a platform whose posts stay in memory
"""

from crosspost.testing.contract import AdapterContract
from crosspost.testing.dialect import Dialect, RepostDialect
from crosspost.testing.scripted import Arrived, Behaviour, Drip, Drop, Hang, Reply, ScriptedServer, unreachable

__all__ = [
    "AdapterContract",
    "Arrived",
    "Behaviour",
    "Dialect",
    "Drip",
    "Drop",
    "Hang",
    "Reply",
    "RepostDialect",
    "ScriptedServer",
    "unreachable",
]
