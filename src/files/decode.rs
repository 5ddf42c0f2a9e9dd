//! The bytes of a file as text: byte order marks, coding cookies, UTF-8.
