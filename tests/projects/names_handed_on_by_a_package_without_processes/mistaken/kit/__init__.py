from .tools import convert, limits
