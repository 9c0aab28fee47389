//! The first screen of a service that has started: where everything is, and three lines to try.
//!
//! One rule: each of these lines works as it stands, as often as it is pasted, because it only reads. Start with
//! [`Greeting::print`].

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// The contents of the first screen.
pub(super) struct Greeting<'a> {
    /// Where the service listens.
    pub(super) address: SocketAddr,
    /// The directory of the private server; `None` if `DATABASE_URL` names another server.
    pub(super) data_dir: Option<&'a Path>,
    /// The file with the first admin key, if there is one.
    pub(super) key_file: Option<PathBuf>,
    /// The first admin key, if this start created it.
    pub(super) new_key: Option<&'a str>,
    /// Whether the lines to try need a key.
    pub(super) reading_needs_key: bool,
}

/// The requests of the lines to try: a list, a filter and a search. None of them names a record, so they also work in an empty
/// registry.
const QUESTIONS: [&str; 3] = [
    "/v1/plans",
    "/v1/activities?date_from=2019-07&date_to=2019-12",
    "/v1/search?q=circular+economy",
];

impl Greeting<'_> {
    /// Writes the screen to standard output.
    pub(super) fn print(&self) {
        // The service works even if nobody can read this.
        let _ = std::io::stdout().write_all(self.text().as_bytes());
        let _ = std::io::stdout().flush();
    }

    fn text(&self) -> String {
        let base = self.base();
        let version = env!("CARGO_PKG_VERSION");
        let mut text = format!(
            "ucap {version} serves at {base}\ndocumentation      {base}/docs/\n{}",
            self.places()
        );
        text += "\nTry:\n";
        let header = self.header();
        for question in QUESTIONS {
            text += &format!("  curl{header} '{base}{question}'\n");
        }
        text
    }

    /// The address under which this machine reaches the service.
    fn base(&self) -> String {
        let mut reachable = self.address;
        if reachable.ip().is_unspecified() {
            reachable.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{reachable}")
    }

    /// The lines that say where the data and the admin key are.
    fn places(&self) -> String {
        let data = match self.data_dir {
            Some(dir) => dir.display().to_string(),
            None => "the database of DATABASE_URL".to_owned(),
        };
        let mut text = format!("data in            {data}\n");
        if let Some(key) = self.new_key {
            text += &format!("admin key          {key}\n");
        }
        text += &match &self.key_file {
            Some(file) => format!("admin key kept in  {}\n", file.display()),
            None => "a key for writing  ucap key create NAME\n".to_owned(),
        };
        text
    }

    /// The argument with which curl sends the key, if reading requires one.
    fn header(&self) -> String {
        let key = match &self.key_file {
            _ if !self.reading_needs_key => return String::new(),
            Some(file) => format!("$(cat {})", quoted(&file.display().to_string())),
            None => "$UCAP_KEY".to_owned(),
        };
        format!(" -H \"Authorization: Bearer {key}\"")
    }
}

/// A word of a shell script, in single quotes.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeting(data_dir: Option<&Path>) -> Greeting<'_> {
        Greeting {
            address: ([0, 0, 0, 0], 80).into(),
            data_dir,
            key_file: data_dir.map(|dir| dir.join("admin-key")),
            new_key: None,
            reading_needs_key: false,
        }
    }

    #[test]
    fn the_first_screen_says_where_everything_is() {
        let mut first = greeting(Some(Path::new("/d")));
        first.new_key = Some("ucap_1");
        let text = first.text();
        for line in [
            "serves at http://127.0.0.1:80\n",
            "documentation      http://127.0.0.1:80/docs/\n",
            "data in            /d\n",
            "admin key          ucap_1\n",
            "admin key kept in  /d/admin-key\n",
            "  curl 'http://127.0.0.1:80/v1/plans'\n",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        let text = greeting(None).text();
        assert!(text.contains("DATABASE_URL") && text.contains("ucap key create"));
    }

    #[test]
    fn the_lines_to_try_send_a_key_if_reading_requires_one() {
        let mut closed = greeting(Some(Path::new("/it's here")));
        closed.reading_needs_key = true;
        let header = r#"  curl -H "Authorization: Bearer $(cat '/it'\''s here/admin-key')" 'http"#;
        assert_eq!(closed.text().matches(header).count(), 3);
        closed.key_file = None;
        let header = "-H \"Authorization: Bearer $UCAP_KEY\"";
        assert_eq!(closed.text().matches(header).count(), 3);
    }
}
