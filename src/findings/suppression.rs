//! Comments that take findings away, and which of them took none.
