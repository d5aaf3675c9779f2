//! Counts bytes while they are read.

use std::cell::Cell;
use std::io::{BufRead, Read};

/// A reader that counts the bytes that pass.
pub(super) struct Counted<'a, R> {
    pub inner: R,
    pub bytes: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.bytes.set(self.bytes.get() + length as u64);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Counted<'_, R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.bytes.set(self.bytes.get() + length as u64);
        self.inner.consume(length);
    }
}
