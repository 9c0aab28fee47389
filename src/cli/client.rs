//! The registry that a command works on: a running one over HTTP, or the database directly. Both check and store documents in
//! the same way, because the same code does it in the end.

use crate::conventions::context;
use crate::conventions::context::Actor;
use crate::conventions::context::Includes;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Key;
use crate::conventions::writing::precondition::Precondition;
use crate::database::{Connection, Database};
use crate::documents::{self, Import, ImportOptions, PlanImport};
use crate::domain::{Place, Slug, text};
use actix_web::web::{Bytes, Data};
use futures_util::stream::{LocalBoxStream, Stream, StreamExt, TryStreamExt};
use reqwest::{Body, Client, RequestBuilder, Response};
use serde::Deserialize;
use serde_json::Value;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

/// How long one request to a registry may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long the transfer of a whole collection may take.
const COLLECTION_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Bytes from a registry as they arrive.
pub(super) type Incoming = LocalBoxStream<'static, Result<Bytes, RegistryError>>;

/// The registry that a command reads from and writes to.
pub enum RegistryClient {
    /// A running registry.
    Remote {
        client: Client,
        url: String,
        key: Option<String>,
    },
    /// The database, without a service in between.
    Direct(Data<context::ApplicationState>),
}

/// Why a registry did not accept or return something.
#[derive(Debug, Default, thiserror::Error)]
#[error("{detail}")]
pub struct RegistryError {
    /// Code of the problem; empty if the registry did not respond with one.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// All faults, each with its place and a description.
    pub faults: Vec<(String, String)>,
}

impl RegistryError {
    /// Reads the problem document of a response.
    async fn from_response(url: &str, has_key: bool, response: Response) -> Self {
        let status = response.status();
        let hint = match status.as_u16() {
            401 if has_key => "; --key or UCAP_KEY gives a key that this registry does not accept",
            401 => "; give an API key with --key or UCAP_KEY",
            403 => "; give another API key with --key or UCAP_KEY",
            _ => "",
        };
        let Ok(problem) = response.json::<ProblemResponse>().await else {
            return Self {
                detail: format!(
                    "{url} answered {status} without a problem document, so it is probably not a registry; check --url or UCAP_URL"
                ),
                ..Self::default()
            };
        };
        let faults = problem.errors.into_iter().map(|error| {
            (
                error.pointer.or(error.parameter).unwrap_or_default(),
                error.detail,
            )
        });
        Self {
            code: problem.code,
            detail: problem.detail + hint,
            faults: faults.collect(),
        }
    }
}

impl From<Problem> for RegistryError {
    fn from(problem: Problem) -> Self {
        let place = |place: Place| match place {
            Place::Pointer(pointer) => pointer,
            Place::Parameter(name) => name,
        };
        if let Some(cause) = &problem.cause {
            log::debug!("{}: {cause}", problem.code.name());
        }
        let faults = problem
            .faults
            .into_iter()
            .map(|fault| (place(fault.place), fault.detail));
        Self {
            code: problem.code.name().to_owned(),
            detail: problem.detail,
            faults: faults.collect(),
        }
    }
}

impl From<crate::database::DatabaseError> for RegistryError {
    fn from(error: crate::database::DatabaseError) -> Self {
        Problem::from(error).into()
    }
}

impl From<reqwest::Error> for RegistryError {
    fn from(error: reqwest::Error) -> Self {
        Self {
            detail: text::causes(&error),
            ..Self::default()
        }
    }
}

impl From<std::io::Error> for RegistryError {
    fn from(error: std::io::Error) -> Self {
        Self {
            detail: error.to_string(),
            ..Self::default()
        }
    }
}

impl From<serde_json::Error> for RegistryError {
    fn from(error: serde_json::Error) -> Self {
        Self {
            detail: format!("the response of the registry is not understood: {error}"),
            ..Self::default()
        }
    }
}

/// A problem document (RFC 9457), as far as the commands need it.
#[derive(Deserialize)]
struct ProblemResponse {
    code: String,
    detail: String,
    errors: Vec<ReportedFault>,
}

/// One fault, as far as the commands need it.
#[derive(Deserialize)]
pub(super) struct ReportedFault {
    pub pointer: Option<String>,
    parameter: Option<String>,
    pub detail: String,
}

/// A page of plans, as far as the commands need it.
#[derive(Deserialize)]
struct PlanPage {
    data: Vec<PlanSlug>,
    next_cursor: Option<String>,
}

/// A page with a count, as far as the commands need it.
#[derive(Deserialize)]
struct CountedPage {
    total: Option<u64>,
}

#[derive(Deserialize)]
struct PlanSlug {
    slug: Slug,
}

impl RegistryClient {
    /// A running registry at that address.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn remote(url: &str, key: Option<&str>) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            .user_agent(concat!("ucap/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self::Remote {
            client,
            url: url.to_owned(),
            key: key.map(str::to_owned),
        })
    }

    /// The database, without a service in between.
    pub fn direct(database: Database, contract: Contract) -> Self {
        let (public_url, includes) = (String::new(), Includes::new());
        Self::Direct(Data::new(context::ApplicationState {
            database,
            contract: Arc::new(contract),
            public_url,
            includes,
            require_key_for_reads: false,
        }))
    }

    /// The slugs of all plans, sorted.
    ///
    /// # Errors
    /// The registry cannot be reached or refuses.
    pub async fn slugs(&self) -> Result<Vec<Slug>, RegistryError> {
        if let Self::Direct(registry) = self {
            let read = async |connection: &Connection| {
                documents::slugs(connection).await.map_err(Problem::from)
            };
            return Ok(registry.database.read(read).await?);
        }
        let (mut slugs, mut cursor) = (Vec::new(), None);
        loop {
            let from = cursor
                .map(|cursor: String| format!("&cursor={cursor}"))
                .unwrap_or_default();
            let page: PlanPage = self
                .send(
                    Client::get,
                    &format!("/v1/plans?limit=200{from}"),
                    |request| request,
                )
                .await?
                .json()
                .await?;
            slugs.extend(page.data.into_iter().map(|plan| plan.slug));
            cursor = page.next_cursor;
            if cursor.is_none() {
                slugs.sort_by(|one, other| one.as_str().cmp(other.as_str()));
                return Ok(slugs);
            }
        }
    }

    /// How many records a collection has; `None` if finding that out takes as long as reading them.
    pub(super) async fn count(&self, collection: &str) -> Option<u64> {
        let path = format!("/v1/{collection}?limit=1&count=exact");
        let page = self
            .send(Client::get, &path, |request| request)
            .await
            .ok()?;
        page.json::<CountedPage>().await.ok()?.total
    }

    /// The document of a plan, as JSON.
    ///
    /// # Errors
    /// There is no such plan, or the registry cannot be reached or refuses.
    pub async fn fetch(&self, slug: &Slug) -> Result<Vec<u8>, RegistryError> {
        if let Self::Direct(registry) = self {
            let key = Key::Slug(slug.clone());
            let shown = registry
                .database
                .snapshot(async |connection: &Connection| documents::read(connection, &key).await)
                .await?;
            return Ok(shown.value.json()?.0);
        }
        let answer = self
            .send(
                Client::get,
                &format!("/v1/plans/{slug}/summary"),
                |request| request,
            )
            .await?;
        Ok(answer.bytes().await?.to_vec())
    }

    /// Stores the document of a plan.
    ///
    /// # Errors
    /// The registry refuses it or cannot be reached.
    pub async fn put(
        &self,
        slug: &Slug,
        document: &Value,
        options: ImportOptions,
    ) -> Result<PlanImport, RegistryError> {
        if let Self::Direct(registry) = self {
            let mut document = document.clone();
            text::normalise_json(&mut document);
            let import = Import {
                contract: &registry.contract,
                actor: &Actor::Service,
                precondition: Precondition::default(),
                options,
            };
            return Ok(documents::import(
                &registry.database,
                &import,
                Some(&Key::Slug(slug.clone())),
                document,
            )
            .await?
            .report);
        }
        let ImportOptions {
            dry_run,
            update_references,
        } = options;
        let path = format!(
            "/v1/plans/{slug}/summary?dry_run={dry_run}&update_references={update_references}"
        );
        Ok(self
            .send(Client::put, &path, |request| request.json(document))
            .await?
            .json()
            .await?)
    }

    /// Requests a path of a running registry; returns the body of the response as it arrives.
    pub(super) async fn receive(&self, path: &str) -> Result<Incoming, RegistryError> {
        let answer = self
            .send(Client::get, path, |request| {
                request.timeout(COLLECTION_TIMEOUT)
            })
            .await?;
        Ok(answer
            .bytes_stream()
            .map_err(RegistryError::from)
            .boxed_local())
    }

    /// Sends lines to a running registry; returns the body of the response as it arrives.
    pub(super) async fn submit(
        &self,
        path: &str,
        source: impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin + 'static,
    ) -> Result<Incoming, RegistryError> {
        let source = Cell::new(Some(Body::wrap_stream(source)));
        let complete = |request: RequestBuilder| {
            let request = request
                .timeout(COLLECTION_TIMEOUT)
                .header("content-type", "application/x-ndjson");
            request.body(source.take().unwrap_or_default())
        };
        let answer = self.send(Client::post, path, complete).await?;
        Ok(answer
            .bytes_stream()
            .map_err(RegistryError::from)
            .boxed_local())
    }

    async fn send(
        &self,
        method: impl Fn(&Client, String) -> RequestBuilder,
        path: &str,
        complete: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, RegistryError> {
        let Self::Remote { client, url, key } = self else {
            return Err(RegistryError::default());
        };
        let mut request = complete(method(client, format!("{url}{path}")));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let answer = request.send().await?;
        if answer.status().is_success() {
            Ok(answer)
        } else {
            Err(RegistryError::from_response(url, key.is_some(), answer).await)
        }
    }
}
