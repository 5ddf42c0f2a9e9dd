from .base import Fault
from .disk import DiskFull, disk_full
