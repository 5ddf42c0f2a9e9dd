from ._start import begin
from .types import Worker as Job
