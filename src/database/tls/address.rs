//! Parses the text of `DATABASE_URL`, a URL or `key=value` pairs, as libpq does.
//!
//! One rule: a message quotes an option only where the quoted text cannot be part of a mistyped password. Start with [`parse`];
//! the `*_pairs` functions handle the two notations.

use std::{collections::BTreeMap, time::Duration};

use crate::domain::text::causes;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tokio_postgres::{Config, config::Host};

/// The options of `DATABASE_URL` with their decoded values.
pub(super) type Options = BTreeMap<String, String>;
type Pairs = Vec<(String, String)>;

/// The supported options; all others are refused.
const KNOWN_OPTIONS: &str = "user password dbname options application_name sslmode sslrootcert \
    sslnegotiation host hostaddr port connect_timeout tcp_user_timeout keepalives keepalives_idle \
    keepalives_interval keepalives_retries target_session_attrs channel_binding load_balance_hosts";

/// The configuration for tokio-postgres, including defaults, and all options by name.
///
/// `sslmode` and `sslrootcert` are only among the options, because tokio-postgres does not know all of their values.
pub(super) fn parse(text: &str) -> Result<(Config, Options), String> {
    let (url, options) = split_options(text)?;
    let mut config: Config = url
        .parse()
        .map_err(|error| format!("cannot be parsed: {}", causes(&error)))?;
    fill_defaults(&mut config, &options);
    if config.get_hosts().is_empty() || config.get_hosts().contains(&Host::Tcp(String::new())) {
        return Err("names no host; give a host name or a socket directory".into());
    }
    Ok((config, options))
}

/// Sets the defaults of options that are not given: timeouts, keepalives, names.
fn fill_defaults(config: &mut Config, options: &Options) {
    if !options.contains_key("connect_timeout") {
        config.connect_timeout(Duration::from_secs(5));
    }
    if !options.contains_key("keepalives_idle") {
        config.keepalives_idle(Duration::from_secs(60));
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(Duration::from_secs(10));
    }
    if config.get_application_name().is_none() {
        config.application_name("ucap");
    }
    if config.get_hosts().is_empty() {
        for address in config.get_hostaddrs().to_vec() {
            config.host(address.to_string());
        }
    }
}

/// Checks the options and writes all except the TLS options into a URL for tokio-postgres, whose parser takes only one host for each
/// option `host`.
fn split_options(text: &str) -> Result<(String, Options), String> {
    let body = text
        .strip_prefix("postgres://")
        .or(text.strip_prefix("postgresql://"));
    let (place, pairs) = match body {
        Some(body) => url_pairs(body)?,
        None => ("", keyword_pairs(text)?),
    };
    let (mut url, mut options) = (format!("postgres://{place}?"), Options::new());
    let mut after_password = false;
    for (key, value) in pairs {
        check_option(&key, after_password)?;
        after_password = key == "password";
        if key != "sslmode" && key != "sslrootcert" {
            let parts = match key.as_str() {
                "host" => value.split(',').collect(),
                _ => vec![value.as_str()],
            };
            for part in parts {
                let encoded = utf8_percent_encode(part, NON_ALPHANUMERIC);
                url += &format!("{key}={encoded}&");
            }
        }
        options.insert(key, value);
    }
    Ok((url, options))
}

/// Refuses an unknown option, and names it only where it cannot be part of a password.
fn check_option(key: &str, after_password: bool) -> Result<(), String> {
    let plain = key
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    match key {
        _ if KNOWN_OPTIONS.split(' ').any(|known| known == key) => Ok(()),
        "sslcert" | "sslkey" | "sslpassword" => Err(format!(
            "has the option {key}, but client certificates are not supported; remove it"
        )),
        _ if plain && !after_password => Err(format!(
            "has the option {key}, which is not supported; remove it"
        )),
        _ => Err(
            "is neither a postgres:// URL nor a list of key=value pairs in which values with spaces are quoted".into(),
        ),
    }
}

/// The part of a URL before its query, and the decoded query.
fn url_pairs(body: &str) -> Result<(&str, Pairs), String> {
    let (place, query) = body.split_once('?').unwrap_or((body, ""));
    let credentials = place
        .split_once('@')
        .map_or("", |(credentials, _)| credentials);
    if body.matches('@').count() > 1 || query.contains('@') || credentials.contains('/') {
        return Err("must encode the characters @ / ? as %40 %2F %3F in the user name, the password and the options".into());
    }
    let pair = |text: &str| {
        let (key, value) = text.split_once('=')?;
        Some((percent_decoded(key)?, percent_decoded(value)?))
    };
    let pairs: Option<Pairs> = query
        .split('&')
        .filter(|text| !text.is_empty())
        .map(pair)
        .collect();
    Ok((
        place,
        pairs.ok_or("has an option without a value or with an invalid % escape")?,
    ))
}

fn percent_decoded(text: &str) -> Option<String> {
    let is_escape = |part: &str| {
        part.get(..2)
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if !text.split('%').skip(1).all(is_escape) {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// The pairs of the `key=value` notation: spaces separate pairs, `'` quotes values, `\` escapes a character.
fn keyword_pairs(mut text: &str) -> Result<Pairs, String> {
    let mut pairs = Vec::new();
    while !text.is_empty() {
        let (key, after) = text
            .split_once('=')
            .ok_or("has a word that is not a key=value pair")?;
        let after = after.trim_start();
        let quoted = after.starts_with('\'');
        let mut letters = after.strip_prefix('\'').unwrap_or(after).chars();
        let mut value = String::new();
        loop {
            match letters.next() {
                None if quoted => return Err("has a value without its closing quote".into()),
                Some('\'') if quoted => break,
                Some(letter) if letter.is_whitespace() && !quoted => break,
                Some('\\') => value.extend(letters.next()),
                Some(letter) => value.push(letter),
                None => break,
            }
        }
        pairs.push((key.trim_end().to_owned(), value));
        text = letters.as_str().trim_start();
    }
    Ok(pairs)
}
