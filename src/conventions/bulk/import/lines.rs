//! Lines out of a body of any size, one at a time.

use crate::conventions::http::body;
use crate::conventions::http::problem::{Code, Problem};
use actix_web::web::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use std::time::Duration;

/// How long the next bytes may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A line that is not blank.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// Its bytes, without the line break.
    Whole(Bytes),
    /// Longer than a record may be; its bytes were passed over.
    TooLong,
}

/// The lines of a stream of bytes.
pub struct Lines<S> {
    source: S,
    waiting: BytesMut,
    searched: usize,
    number: u64,
    passing_over: bool,
    ended: bool,
}

impl<S: Stream<Item = Result<Bytes, Problem>> + Unpin> Lines<S> {
    /// The lines of that stream.
    pub fn new(source: S) -> Self {
        Self {
            source,
            waiting: BytesMut::new(),
            searched: 0,
            number: 0,
            passing_over: false,
            ended: false,
        }
    }

    /// The next line that is not blank, with its number from 1; `None` at the end.
    ///
    /// # Errors
    /// The stream breaks off, or its next bytes do not come in time.
    pub async fn next(&mut self) -> Result<Option<(u64, Line)>, Problem> {
        loop {
            if let Some(line) = self.take() {
                self.number += 1;
                match line {
                    Line::Whole(bytes) if bytes.trim_ascii().is_empty() => {}
                    line => return Ok(Some((self.number, line))),
                }
            } else if self.ended {
                return Ok(None);
            } else {
                self.fill().await?;
            }
        }
    }

    async fn fill(&mut self) -> Result<(), Problem> {
        let next = tokio::time::timeout(PATIENCE, self.source.next()).await;
        match next.map_err(|_| {
            Problem::new(
                Code::RequestTimeout,
                "no more of the body arrived within 30 seconds",
            )
        })? {
            Some(bytes) => self.waiting.extend_from_slice(&bytes?),
            None => self.ended = true,
        }
        if self.number == 0 && self.waiting.starts_with(b"\xef\xbb\xbf") {
            drop(self.waiting.split_to(3));
        }
        Ok(())
    }

    fn take(&mut self) -> Option<Line> {
        let unsearched = self.waiting.get(self.searched..).unwrap_or_default();
        let end = unsearched
            .iter()
            .position(|byte| *byte == b'\n')
            .map(|place| self.searched + place);
        let long = |length: usize| length > body::LIMIT;
        match end {
            Some(end) => {
                let line = self.waiting.split_to(end + 1).freeze();
                self.searched = 0;
                let too_long = std::mem::take(&mut self.passing_over) || long(end);
                Some(if too_long {
                    Line::TooLong
                } else {
                    Line::Whole(line.slice(..end))
                })
            }
            None if self.ended => {
                let line = std::mem::take(&mut self.waiting).freeze();
                let too_long = std::mem::take(&mut self.passing_over) || long(line.len());
                self.searched = 0;
                (too_long || !line.is_empty()).then_some(if too_long {
                    Line::TooLong
                } else {
                    Line::Whole(line)
                })
            }
            None => {
                if self.passing_over || long(self.waiting.len()) {
                    self.passing_over = true;
                    self.waiting.clear();
                }
                self.searched = self.waiting.len();
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Lines};
    use crate::conventions::http::body::LIMIT;
    use actix_web::web::Bytes;
    use futures_util::stream;

    async fn read(chunks: Vec<Vec<u8>>) -> Vec<(u64, Option<String>)> {
        let mut lines = Lines::new(stream::iter(
            chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk))),
        ));
        let mut read = Vec::new();
        while let Some((number, line)) = lines.next().await.unwrap() {
            let text = match line {
                Line::Whole(bytes) => Some(String::from_utf8(bytes.to_vec()).unwrap()),
                Line::TooLong => None,
            };
            read.push((number, text));
        }
        read
    }

    #[actix_web::test]
    async fn lines_are_the_same_however_the_bytes_arrive() {
        let text = b"\xef\xbb\xbfone\n\n  \r\ntwo\r\nthree".to_vec();
        let expected = [(1, "one"), (4, "two\r"), (5, "three")]
            .map(|(number, text)| (number, Some(text.to_owned())));
        for size in [1, 2, 3, 7, 100] {
            assert_eq!(
                read(text.chunks(size).map(<[u8]>::to_vec).collect()).await,
                expected,
                "{size}"
            );
        }
    }

    #[actix_web::test]
    async fn a_line_that_is_too_long_is_passed_over() {
        let long = vec![b'x'; LIMIT + 1];
        let text = [b"one\n".to_vec(), long.clone(), b"\ntwo\n".to_vec(), long].concat();
        let expected = [
            (1, Some("one".to_owned())),
            (2, None),
            (3, Some("two".to_owned())),
            (4, None),
        ];
        assert_eq!(
            read(text.chunks(60_000).map(<[u8]>::to_vec).collect()).await,
            expected
        );
    }
}
