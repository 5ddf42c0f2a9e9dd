from dataclasses import dataclass, field
from collections import deque


@dataclass
class Options:
    stream: str
    seen: object = field(default_factory=deque)
