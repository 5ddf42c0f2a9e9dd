//! The byte scan that decides whether a file can matter.
