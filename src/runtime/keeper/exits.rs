//! What the first process writes to the keeper, line by line.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;

use super::init::Line;

/// The keeper's end of the pipe of exits.
pub(super) struct Exits {
    pipe: File,
    pending: Vec<u8>,
    is_closed: bool,
}

impl Exits {
    /// Reads from a pipe that does not block.
    pub(super) fn new(pipe: OwnedFd) -> Self {
        Self {
            pipe: File::from(pipe),
            pending: Vec::new(),
            is_closed: false,
        }
    }

    /// The lines that have come since the last call.
    pub(super) fn read(&mut self) -> Vec<Line> {
        let mut chunk = [0; 4096];
        // No more at once than the pipe holds: whoever writes may be as fast as this.
        for _ in 0..16 {
            match self.pipe.read(&mut chunk) {
                Ok(0) => {
                    self.is_closed = true;
                    break;
                }
                Ok(count) => self.pending.extend(chunk.iter().take(count)),
                // Nothing is there at the moment.
                Err(_) => break,
            }
        }
        let end = self
            .pending
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        let whole: Vec<u8> = self.pending.drain(..end).collect();
        String::from_utf8_lossy(&whole).lines().filter_map(Line::read).collect()
    }

    /// Whether the first process is gone: it never ends by itself.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }
}
