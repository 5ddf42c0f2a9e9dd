from . import problems, rules


def process(order):
    try:
        rules.refuse(order.number)
    except problems.Stop:
        return None
    return order.number
