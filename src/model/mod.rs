//! The program as processes.
