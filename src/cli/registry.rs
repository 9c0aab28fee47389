//! A registry as the commands see it: a running one over HTTP, or the database itself. Both check and store documents in
//! the same way, for both end in the same code.

use crate::conventions::change_log::Actor;
use crate::conventions::contract::Contract;
use crate::conventions::problem::Problem;
use crate::conventions::resource::Key;
use crate::conventions::revision::Precondition;
use crate::database::{Connection, Database};
use crate::documents::{self, Import, ImportOptions, PlanImport};
use crate::domain::{Place, Slug, text};
use reqwest::{Client, RequestBuilder, Response};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// How long one request to a registry may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Where documents come from and go to.
pub enum Registry {
    /// A running registry.
    Remote { client: Client, url: String, key: Option<String> },
    /// The database itself.
    Direct { database: Database, contract: Box<Contract> },
}

/// Why a document was not taken or given.
#[derive(Debug, Default)]
pub struct Refusal {
    /// Name of the problem; empty if there was no answer.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// Every fault: where and what.
    pub faults: Vec<(String, String)>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let place = |place: Place| match place {
            Place::Pointer(pointer) => pointer,
            Place::Parameter(name) => name,
        };
        if let Some(cause) = &problem.cause {
            log::debug!("{}: {cause}", problem.code.name());
        }
        let faults = problem.faults.into_iter().map(|fault| (place(fault.place), fault.detail));
        Self { code: problem.code.name().to_owned(), detail: problem.detail, faults: faults.collect() }
    }
}

impl From<crate::database::DatabaseError> for Refusal {
    fn from(error: crate::database::DatabaseError) -> Self {
        Problem::from(error).into()
    }
}

impl From<reqwest::Error> for Refusal {
    fn from(error: reqwest::Error) -> Self {
        let mut detail = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            detail = format!("{detail}: {inner}");
            cause = inner.source();
        }
        Self { detail, ..Self::default() }
    }
}

/// A problem document, as far as it matters here (RFC 9457).
#[derive(Deserialize)]
struct ProblemAnswer {
    code: String,
    detail: String,
    errors: Vec<ProblemAnswerError>,
}

#[derive(Deserialize)]
struct ProblemAnswerError {
    pointer: Option<String>,
    parameter: Option<String>,
    detail: String,
}

/// A page of plans, as far as it matters here.
#[derive(Deserialize)]
struct PlanPage {
    data: Vec<PlanSlug>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct PlanSlug {
    slug: Slug,
}

impl Registry {
    /// A running registry at that address.
    ///
    /// # Errors
    /// TLS cannot be had.
    pub fn remote(url: &str, key: Option<&str>) -> Result<Self, reqwest::Error> {
        let client = Client::builder().timeout(TIMEOUT).user_agent(concat!("ucap/", env!("CARGO_PKG_VERSION"))).build()?;
        Ok(Self::Remote { client, url: url.to_owned(), key: key.map(str::to_owned) })
    }

    /// The database itself.
    pub fn direct(database: Database, contract: Contract) -> Self {
        Self::Direct { database, contract: Box::new(contract) }
    }

    /// The slugs of all plans, sorted.
    ///
    /// # Errors
    /// The registry cannot be asked.
    pub async fn slugs(&self) -> Result<Vec<Slug>, Refusal> {
        if let Self::Direct { database, .. } = self {
            let read = async |connection: &Connection| documents::slugs(connection).await.map_err(Problem::from);
            return Ok(database.read(read).await?);
        }
        let (mut slugs, mut cursor) = (Vec::new(), None);
        loop {
            let from = cursor.map(|cursor: String| format!("&cursor={cursor}")).unwrap_or_default();
            let page: PlanPage = self.send(Client::get, &format!("/v1/plans?limit=200{from}"), |request| request).await?.json().await?;
            slugs.extend(page.data.into_iter().map(|plan| plan.slug));
            cursor = page.next_cursor;
            if cursor.is_none() {
                slugs.sort_by(|one, other| one.as_str().cmp(other.as_str()));
                return Ok(slugs);
            }
        }
    }

    /// The document of a plan, as it is sent.
    ///
    /// # Errors
    /// There is no such plan, or the registry cannot be asked.
    pub async fn fetch(&self, slug: &Slug) -> Result<Vec<u8>, Refusal> {
        if let Self::Direct { database, .. } = self {
            let key = Key::Slug(slug.clone());
            let shown = database.snapshot(async |connection: &Connection| documents::read(connection, &key).await).await?;
            return Ok(shown.json()?.0);
        }
        let answer = self.send(Client::get, &format!("/v1/plans/{slug}/summary"), |request| request).await?;
        Ok(answer.bytes().await?.to_vec())
    }

    /// Puts the document of a plan.
    ///
    /// # Errors
    /// The registry refuses it or cannot be asked.
    pub async fn put(&self, slug: &Slug, document: &Value, options: ImportOptions) -> Result<PlanImport, Refusal> {
        if let Self::Direct { database, contract } = self {
            let mut document = document.clone();
            text::normalise_json(&mut document);
            let import = Import { contract, actor: &Actor::Service, precondition: Precondition::default(), options };
            return Ok(documents::import(database, &import, Some(&Key::Slug(slug.clone())), document).await?.report);
        }
        let ImportOptions { dry_run, update_references } = options;
        let path = format!("/v1/plans/{slug}/summary?dry_run={dry_run}&update_references={update_references}");
        Ok(self.send(Client::put, &path, |request| request.json(document)).await?.json().await?)
    }

    async fn send(
        &self,
        method: impl Fn(&Client, String) -> RequestBuilder,
        path: &str,
        complete: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, Refusal> {
        let Self::Remote { client, url, key } = self else { return Err(Refusal::default()) };
        let mut request = complete(method(client, format!("{url}{path}")));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let answer = request.send().await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status();
        Err(match answer.json::<ProblemAnswer>().await {
            Ok(ProblemAnswer { code, detail, errors }) => {
                let faults = errors.into_iter().map(|error| (error.pointer.or(error.parameter).unwrap_or_default(), error.detail));
                Refusal { code, detail, faults: faults.collect() }
            }
            Err(_) => Refusal { detail: format!("{url} answered {status}, and not as a registry does"), ..Refusal::default() },
        })
    }
}
