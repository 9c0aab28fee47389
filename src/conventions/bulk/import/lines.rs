//! Splits a body of any size into lines.
//!
//! One rule: no more than one line is buffered, and a line that is too long is skipped. Start with [`Lines::next`].

use crate::conventions::http::body;
use crate::conventions::http::json::BYTE_ORDER_MARK;
use crate::conventions::http::problem::{Code, Problem};
use actix_web::web::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use std::time::Duration;
use tokio_util::codec::{AnyDelimiterCodec, Decoder};

/// How long the next bytes may take to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A line that is not blank.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// The bytes of the line, without the line break.
    Whole(Bytes),
    /// The line is longer than a record can be. Its bytes were skipped.
    TooLong,
}

/// The lines of a stream of bytes.
pub struct Lines<S> {
    source: S,
    buffer: BytesMut,
    /// Not a `LinesCodec`, which fails at a line that is not UTF-8. The JSON parser reports such a line more precisely.
    codec: AnyDelimiterCodec,
    number: u64,
    ended: bool,
}

impl<S: Stream<Item = Result<Bytes, Problem>> + Unpin> Lines<S> {
    /// Splits that stream into lines.
    pub fn new(source: S) -> Self {
        let max_length = body::LIMIT + BYTE_ORDER_MARK.len();
        Self {
            source,
            buffer: BytesMut::new(),
            codec: AnyDelimiterCodec::new_with_max_length(b"\n".to_vec(), Vec::new(), max_length),
            number: 0,
            ended: false,
        }
    }

    /// Returns the next line that is not blank, with its number, which counts from 1; `None` at the end.
    ///
    /// # Errors
    /// The stream ends unexpectedly, or its next bytes do not arrive in time.
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
        let next = tokio::time::timeout(READ_TIMEOUT, self.source.next()).await;
        match next.map_err(|_| {
            Problem::new(
                Code::RequestTimeout,
                "no more of the body arrived within 30 seconds",
            )
        })? {
            Some(bytes) => self.buffer.extend_from_slice(&bytes?),
            None => self.ended = true,
        }
        Ok(())
    }

    fn take(&mut self) -> Option<Line> {
        let line = if self.ended {
            self.codec.decode_eof(&mut self.buffer)
        } else {
            self.codec.decode(&mut self.buffer)
        };
        let Ok(line) = line else {
            return Some(Line::TooLong);
        };
        let mut line = line?;
        if self.number == 0 && line.starts_with(BYTE_ORDER_MARK) {
            line = line.slice(BYTE_ORDER_MARK.len()..);
        }
        Some(if line.len() > body::LIMIT {
            Line::TooLong
        } else {
            Line::Whole(line)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Lines};
    use crate::conventions::http::body::LIMIT;
    use actix_web::web::Bytes;
    use futures_util::{StreamExt, stream};

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
    async fn a_line_that_is_too_long_is_skipped() {
        let long = vec![b'x'; LIMIT + 1];
        let text = [b"one\n".to_vec(), long.clone(), b"\ntwo\n".to_vec(), long].concat();
        let expected = [
            (1, Some("one".to_owned())),
            (2, None),
            (3, Some("two".to_owned())),
            (4, None),
        ];
        for size in [1000, 60_000, text.len()] {
            assert_eq!(
                read(text.chunks(size).map(<[u8]>::to_vec).collect()).await,
                expected,
                "{size}"
            );
        }
    }

    #[actix_web::test]
    async fn a_line_can_be_as_long_as_a_record_not_counting_a_byte_order_mark() {
        let longest = "x".repeat(LIMIT);
        let text =
            format!("\u{feff}{longest}\n{longest}\n{longest}x\n\u{feff}{longest}\n{longest}");
        let expected = [true, true, false, false, true].map(|whole| whole.then(|| longest.clone()));
        for size in [1000, 60_000, text.len()] {
            let lines = read(text.as_bytes().chunks(size).map(<[u8]>::to_vec).collect()).await;
            let (numbers, lines): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
            assert_eq!(numbers, [1, 2, 3, 4, 5], "{size}");
            assert!(lines == expected, "{size}");
        }
    }

    #[actix_web::test]
    async fn an_endless_line_takes_no_more_memory_than_a_record() {
        let chunk = Bytes::from(vec![b'x'; 65_536]);
        let endless = stream::repeat_with(|| Ok(chunk.clone())).take(64 * 16);
        let mut lines = Lines::new(endless);
        assert_eq!(lines.next().await.unwrap(), Some((1, Line::TooLong)));
        assert_eq!(lines.next().await.unwrap(), None);
        let taken = lines.buffer.capacity();
        assert!(taken <= 4 * LIMIT, "{taken}");
    }
}
