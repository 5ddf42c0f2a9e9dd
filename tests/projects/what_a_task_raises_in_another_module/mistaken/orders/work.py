from . import rules


def process(order):
    try:
        rules.refuse(order.number)
    except Exception:
        return None
    return order.number
