//! Which scope each name belongs to.
