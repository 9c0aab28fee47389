//! A response, and the check that the OpenAPI document describes it.

use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use ucap::conventions::contract::Contract;

/// A response whose body was read.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    method: Method,
    route: Option<String>,
    /// True if the request selected properties with `fields`.
    sparse: bool,
}

type Validators = HashMap<(String, String, u16, bool), Arc<jsonschema::Validator>>;
static VALIDATORS: LazyLock<Mutex<Validators>> = LazyLock::new(Mutex::default);

impl Answer {
    pub async fn read(method: &Method, response: ServiceResponse) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let route = response.request().match_pattern();
        let sparse = response.request().query_string().contains("fields=");
        let body = actix_web::body::to_bytes(response.into_body())
            .await
            .expect("a body")
            .to_vec();
        Self {
            status,
            headers,
            body,
            method: method.clone(),
            route,
            sparse,
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("a readable header"))
    }

    pub fn etag(&self) -> String {
        self.header("etag").expect("an ETag").to_owned()
    }

    /// The pointers (or parameters) of all faults with their codes, in order.
    pub fn faults(&self) -> Vec<(String, String)> {
        let problem = self.json();
        let errors = problem["errors"].as_array().expect("errors").iter();
        let place = |error: &Value| {
            error["pointer"]
                .as_str()
                .or(error["parameter"].as_str())
                .expect("a place")
                .to_owned()
        };
        errors
            .map(|error| {
                (
                    place(error),
                    error["code"].as_str().expect("a code").to_owned(),
                )
            })
            .collect()
    }

    /// Asserts the status and the code of a problem, and returns the response.
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.json()["code"], code, "{}", self.text());
        self
    }

    /// Fails unless the status is documented for the operation and the body fits its schema.
    pub fn check_against(&self, contract: &Contract) {
        if self.is_page(contract.document()) {
            return self.check_page();
        }
        if self.status >= 400 && self.method != Method::HEAD {
            assert_eq!(
                self.header("content-type"),
                Some("application/problem+json"),
                "{} {:?}",
                self.method,
                self.route
            );
            assert_eq!(self.json()["status"], self.status);
        }
        assert_ne!(self.status, 500, "{}", self.text());
        let document = contract.document();
        let method = if self.method == Method::HEAD {
            "get".to_owned()
        } else {
            self.method.as_str().to_lowercase()
        };
        let Some(operation) = self
            .route
            .as_ref()
            .and_then(|route| document["paths"].get(route)?.get(&method))
        else {
            return;
        };
        let Some(response) = operation["responses"].get(self.status.to_string()) else {
            panic!(
                "{} {:?} answered {}, which is not documented: {}",
                self.method,
                self.route,
                self.status,
                self.text()
            );
        };
        let Some(content) = response
            .get("content")
            .and_then(Value::as_object)
            .filter(|_| self.method != Method::HEAD)
        else {
            // Without a socket, the body of a response to HEAD is not removed; a test over a socket checks that.
            assert!(
                self.body.is_empty() || self.method == Method::HEAD,
                "{} {:?} {} has a body that is not documented",
                self.method,
                self.route,
                self.status
            );
            return;
        };
        let (media_type, schema) = content.iter().next().expect("a media type");
        let served = self
            .header("content-type")
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(&served, media_type);
        if media_type == "application/json" || media_type.ends_with("+json") {
            self.check_schema(document, &schema["schema"]);
        }
    }

    /// True for an HTML page where the document describes no HTML.
    fn is_page(&self, document: &Value) -> bool {
        let promised = |route: &String| {
            let path = document["paths"].get(route)?;
            path["get"]["responses"]["200"]["content"].get("text/html")
        };
        let html = self.header("content-type") == Some("text/html; charset=utf-8");
        html && self.route.as_ref().and_then(promised).is_none()
    }

    /// Fails unless a page is valid here: not on a path of the API, and with a content security policy.
    fn check_page(&self) {
        let route = self.route.as_deref().unwrap_or_default();
        assert!(!route.starts_with("/v1"), "{route} answered with a page");
        assert_ne!(self.status, 500, "{}", self.text());
        let policy = self.header("content-security-policy");
        if route == "/docs/{file:.*}" && self.status == 200 {
            // Swagger UI is a script; it may not load another, nor ask anybody else.
            let viewer = policy.expect("a policy");
            assert!(viewer.starts_with("default-src 'none'; script-src 'self'; "));
            assert!(viewer.contains("connect-src 'self'") && !viewer.contains("http"));
            return;
        }
        assert_eq!(
            policy,
            Some(
                "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                 frame-ancestors 'none'"
            ),
            "{route}"
        );
    }

    fn check_schema(&self, document: &Value, schema: &Value) {
        let key = (
            self.method.to_string(),
            self.route.clone().unwrap_or_default(),
            self.status,
            self.sparse,
        );
        let known = VALIDATORS.lock().expect("a lock").get(&key).cloned();
        let validator = known.unwrap_or_else(|| {
            let mut whole = schema.clone();
            whole["components"] = json!({"schemas": document["components"]["schemas"]});
            if self.sparse {
                require_nothing(&mut whole);
            }
            let options = jsonschema::options().should_validate_formats(true);
            let validator = Arc::new(options.build(&whole).expect("a schema that compiles"));
            VALIDATORS
                .lock()
                .expect("a lock")
                .insert(key, validator.clone());
            validator
        });
        let body = self.json();
        let errors: Vec<String> = validator
            .iter_errors(&body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(
            errors.is_empty(),
            "{} {:?} does not fit its schema: {errors:#?}",
            self.method,
            self.route
        );
    }
}

/// Checks that the selected properties of a response have the documented schema.
fn require_nothing(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("required").is_some_and(Value::is_array) {
                members.remove("required");
            }
            members.values_mut().for_each(require_nothing);
        }
        Value::Array(items) => items.iter_mut().for_each(require_nothing),
        _ => {}
    }
}
