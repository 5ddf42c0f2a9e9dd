from .numbers import convert, limits
