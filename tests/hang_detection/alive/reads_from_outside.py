# The test holds the other end of its standard input, and writes a line.
import sys

sys.stdin.readline()
