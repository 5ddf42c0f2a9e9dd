def upper(text):
    return text.upper()


STEPS = {"upper": upper}


class Steps:
    @staticmethod
    def lower(text):
        return text.lower()
