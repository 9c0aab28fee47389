//! The harness of the tests: an application with a separate database, and requests whose responses are checked against the
//! published document.

mod answer;
mod cluster;
pub mod specimens;

mod counting;

pub use answer::Answer;
pub use cluster::TestDatabase;
pub use counting::statements;

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, header};
use actix_web::test::TestRequest;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use ucap::access::{self, Role, Secret};
use ucap::conventions::context::ApplicationState;
use ucap::conventions::contract::Contract;
use ucap::database::Database;
use ucap::server::{self, State};

/// The compiled document, the same for all tests.
pub static CONTRACT: LazyLock<Arc<Contract>> =
    LazyLock::new(|| Arc::new(server::contract().expect("the document compiles")));

type Call = dyn Fn(Request) -> LocalBoxFuture<'static, ServiceResponse>;

/// An application with a separate database.
pub struct App {
    call: Rc<Call>,
    /// The database.
    pub database: TestDatabase,
    /// A key that may write; it is sent unless the request removes it.
    pub key: String,
}

/// The options of an application.
#[derive(Default)]
pub struct Options {
    pub require_key_for_reads: bool,
    pub public_url: String,
    pub write_origins: Vec<String>,
    pub sample: bool,
}

impl App {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        Self::on(TestDatabase::create().await, options).await
    }

    /// An application on a database that is already there.
    pub async fn on(database: TestDatabase, options: Options) -> Self {
        counting::begin();
        let pool = Database::new(database.settings(), 16).expect("a pool");
        let registry = ApplicationState {
            database: pool,
            contract: CONTRACT.clone(),
            public_url: options.public_url,
            includes: ucap::discovery::includes::includes(),
            require_key_for_reads: options.require_key_for_reads,
        };
        let state = State::new(registry, options.write_origins);
        if options.sample {
            let loaded = ucap::documents::load_sample(&state.registry.database, &CONTRACT)
                .await
                .expect("the sample loads");
            assert!(loaded, "the registry is empty");
        }
        let service = Rc::new(actix_web::test::init_service(server::app(state)).await);
        let call = move |request: Request| -> LocalBoxFuture<'static, ServiceResponse> {
            let service = service.clone();
            Box::pin(async move {
                let response = service.call(request).await.expect("a response");
                response.map_body(|_, body| body.boxed())
            })
        };
        let mut app = Self {
            call: Rc::new(call),
            database,
            key: String::new(),
        };
        app.key = app.create_key(Role::Editor).await;
        app
    }

    /// Creates a key with the given role.
    pub async fn create_key(&self, role: Role) -> String {
        let secret = Secret::generate().expect("randomness");
        let mut connection =
            ucap::database::open(&self.database.settings(), ucap::database::PlanCache::Custom)
                .await
                .expect("a connection");
        access::create(&mut connection, "test", role, &secret)
            .await
            .expect("a key");
        secret.expose().to_owned()
    }

    pub fn request(&self, method: &str, path: &str) -> Sending<'_> {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = Sending {
            app: self,
            method: method.clone(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            is_broken_off: false,
        };
        if !matches!(method, Method::GET | Method::HEAD) {
            request = request.header("authorization", &format!("Bearer {}", self.key));
        }
        request
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send().await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.request("PUT", path).json(body).send().await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.request("PATCH", path).merge_patch(body).send().await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path).send().await
    }

    /// Creates a record and returns the stored record.
    pub async fn create(&self, collection: &str, body: &Value) -> Value {
        let answer = self.post(&format!("/v1/{collection}"), body).await;
        assert_eq!(answer.status, 201, "{collection}: {}", answer.text());
        answer.json()
    }

    /// All items of a list, read page by page.
    pub async fn all(&self, path: &str, limit: usize) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = None;
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let from = cursor
                .map(|cursor: String| format!("&cursor={cursor}"))
                .unwrap_or_default();
            let page = self
                .get(&format!("{path}{separator}limit={limit}{from}"))
                .await;
            assert_eq!(page.status, 200, "{}", page.text());
            let page = page.json();
            items.extend(page["data"].as_array().expect("data").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return items,
            }
        }
    }
}

/// A request that is being built.
pub struct Sending<'a> {
    app: &'a App,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    is_broken_off: bool,
}

impl Sending<'_> {
    /// The connection ends after what the body is so far.
    pub fn broken_off(mut self) -> Self {
        self.is_broken_off = true;
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a line of a header without replacing earlier lines.
    pub fn line(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub fn bytes(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    pub fn merge_patch(self, body: &Value) -> Self {
        self.bytes("application/merge-patch+json", body.to_string())
    }

    pub async fn send(self) -> Answer {
        let mut request = TestRequest::default()
            .method(self.method.clone())
            .uri(&self.path);
        for (name, value) in &self.headers {
            let name: HeaderName = name.parse().expect("a header name");
            request = request.append_header((
                name,
                HeaderValue::from_bytes(value.as_bytes()).expect("a header value"),
            ));
        }
        if !self.body.is_empty()
            || matches!(self.method, Method::POST | Method::PUT | Method::PATCH)
        {
            request = request
                .insert_header((header::CONTENT_LENGTH, self.body.len()))
                .set_payload(self.body);
        }
        let mut request = request.to_request();
        if self.is_broken_off {
            request = request.replace_payload(broken_off()).0;
        }
        let response = (self.app.call)(request).await;
        let answer = Answer::read(&self.method, response).await;
        answer.check_against(&CONTRACT);
        answer
    }
}

/// A body that ends before it is complete.
fn broken_off() -> actix_http::Payload {
    let end = futures_util::stream::iter([Err(PayloadError::Incomplete(None))]);
    actix_http::Payload::Stream {
        payload: Box::pin(end),
    }
}
