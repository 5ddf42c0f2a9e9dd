from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Options:
    stream: str
    seen: object = field(default_factory=Lock)
