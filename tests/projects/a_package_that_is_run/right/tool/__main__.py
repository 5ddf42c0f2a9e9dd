from .cli import main

# A child does not import this file once more.
main()
