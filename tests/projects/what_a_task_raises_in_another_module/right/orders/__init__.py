from .model import Order
from .work import process
