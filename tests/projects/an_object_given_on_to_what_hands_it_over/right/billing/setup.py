from .base import Setup


class RegionSetup(Setup):
    retries = 3
