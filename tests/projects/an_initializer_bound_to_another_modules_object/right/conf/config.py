from .base import Base


class Tenant(Base):
    pass


setup = Tenant("eu")
TENANTS = [Tenant("a"), Tenant("b")]


def get(name):
    return Tenant(name)
