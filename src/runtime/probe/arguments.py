"""The part of the probe that fills in what a program asks for on its command line, where it is started without. It stands
before `sitecustomize.py`, as one file, and uses its names.
"""

# What is tried where the program says by a function of its own what an argument has to be.
WORDS = ("2", "2.0", "a", "2024-01-02", "127.0.0.1", "127.0.0.1:0", "{}")


def looks_like(name, *parts):
    return any(part in name for part in parts)


def path_for(name):
    """A path for an argument that is called so: of what is read, something that is there."""
    from tempfile import gettempdir

    # Of one name in every run, so that what the program says of it is the same.
    folder = os.path.join(gettempdir(), "given")
    os.makedirs(folder, exist_ok=True)
    if looks_like(name, "out", "dest", "target", "save", "log"):
        return os.path.join(folder, "written")
    path = os.path.join(folder, "numbers.txt")
    with open(path, "w") as file:
        file.write("1\n2\n3\n")
    return folder if looks_like(name, "dir", "folder") else path


def word_for(action):
    """A word that an argument takes."""
    if action.choices is not None:
        return str(next(iter(action.choices)))
    name, kind = "%s %s" % (action.dest, action.metavar or ""), action.type or str
    name = name.lower()
    is_path = getattr(kind, "__name__", type(kind).__name__) in ("Path", "FileType", "open")
    if is_path or (kind is str and looks_like(name, "path", "file", "dir", "folder", "input", "output")):
        return path_for(name)
    for word in WORDS:
        try:
            kind(word)
        except Exception:
            continue
        return word
    return WORDS[0]


def words_for(parser):
    """A command line that has what a parser cannot do without."""
    options, rest, command = [], [], []
    for action in parser._actions:
        is_command = action.nargs == "A..."
        count = 1 if action.nargs in (None, "+") else action.nargs
        one_of = [group for group in parser._mutually_exclusive_groups if action in group._group_actions]
        is_first = any(group.required and group._group_actions[0] is action for group in one_of)
        if is_command and action.choices:
            name, inner = next(iter(action.choices.items()))
            command = [name, *words_for(inner)]
        elif action.option_strings and (action.required or is_first):
            words = [word_for(action) for _ in range(count)] if isinstance(count, int) else []
            options += [action.option_strings[-1], *words]
        elif not action.option_strings and isinstance(count, int) and (is_first or not one_of):
            rest += [word_for(action) for _ in range(count)]
    return options + rest + command


def on_argparse(module):
    if not ARGUMENTS:
        return
    plain = module.ArgumentParser.parse_known_args

    def parse_known_args(parser, args=None, namespace=None):
        if args is None and not sys.argv[1:]:
            words = quietly(words_for, parser)
            if words:
                note("arguments", words=words)
                # A child that asks anew is given the same.
                sys.argv[1:] = words
        return plain(parser, args, namespace)

    module.ArgumentParser.parse_known_args = like(parse_known_args, plain)
