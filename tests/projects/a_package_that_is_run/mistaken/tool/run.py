from .cli import main

main()  # MP001
