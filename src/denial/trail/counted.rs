//! Counts bytes while they are read.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// How many bytes passed, in all and since an event began.
#[derive(Debug, Default)]
pub(super) struct Count {
    all: Cell<u64>,
    since: Cell<u64>,
}

impl Count {
    /// The bytes that passed.
    pub fn all(&self) -> u64 {
        self.all.get()
    }

    /// An event begins.
    pub fn begin(&self) {
        self.since.set(0);
    }

    fn add(&self, length: usize) {
        self.all.set(self.all.get() + length as u64);
        self.since.set(self.since.get() + length as u64);
    }
}

/// A reader that counts the bytes that pass, and fails where an event does not end.
pub(super) struct Counted<R> {
    inner: R,
    count: Rc<Count>,
    most: u64,
}

impl<R> Counted<R> {
    pub fn new(inner: R, count: Rc<Count>, most: u64) -> Self {
        Counted { inner, count, most }
    }

    fn check(&self) -> io::Result<()> {
        if self.count.since.get() > self.most {
            let megabytes = self.most >> 20;
            return Err(io::Error::other(format!(
                "no event ends within {megabytes} MiB"
            )));
        }
        Ok(())
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        let length = self.inner.read(buffer)?;
        self.count.add(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.count.add(length);
        self.inner.consume(length);
    }
}
