//! Counters and timings in the text format of Prometheus.

use super::health::TAG;
use crate::conventions::context::Context;
use crate::conventions::contract::Access;
use crate::conventions::http::problem::Problem;
use crate::conventions::openapi::operation::{self, Content};
use crate::conventions::routes::Routes;
use actix_web::{HttpResponse, web};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use serde_json::json;
use std::time::Duration;

/// Upper bounds of the buckets of the histogram, in seconds.
const BUCKETS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

const MEDIA_TYPE: &str = "text/plain";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: String,
    route: String,
    status: u16,
}

/// The counters and timings of the service.
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram>,
    connections: Gauge,
    idle: Gauge,
    waiting: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("ucap"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            connections: Gauge::default(),
            idle: Gauge::default(),
            waiting: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register(
            "http_requests",
            "Number of HTTP requests",
            metrics.requests.clone(),
        );
        registry.register(
            "http_request_seconds",
            "Duration of HTTP requests in seconds",
            metrics.seconds.clone(),
        );
        registry.register(
            "database_connections",
            "Open connections of the pool",
            metrics.connections.clone(),
        );
        registry.register(
            "database_connections_idle",
            "Idle connections of the pool",
            metrics.idle.clone(),
        );
        registry.register(
            "database_requests_waiting",
            "Requests that are waiting for a connection of the pool",
            metrics.waiting.clone(),
        );
        metrics
    }
}

impl Metrics {
    /// Records a request. `route` is the template of its path, never the path itself.
    pub fn count(&self, method: &str, route: &str, status: u16, time: Duration) {
        let labels = Labels {
            method: method.to_owned(),
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&labels).inc();
        self.seconds
            .get_or_create(&labels)
            .observe(time.as_secs_f64());
    }
}

/// The route of the metrics.
pub fn routes() -> Routes {
    let texts = (
        "Get the metrics",
        "Number and duration of requests, and the connections to the database, in the text format of Prometheus.",
    );
    let content = Content {
        media_type: MEDIA_TYPE,
        schema: json!({"type": "string", "example": "ucap_http_requests_total 1"}),
    };
    let operation = operation::read(
        TAG,
        "get_metrics",
        Access::Public,
        texts,
        content,
        &[400, 406, 500],
    );
    Routes::new().at("/metrics", |path| path.on(operation, metrics))
}

async fn metrics(context: Context, metrics: web::Data<Metrics>) -> Result<HttpResponse, Problem> {
    let status = context.database.status();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    metrics.connections.set(number(status.open));
    metrics.idle.set(number(status.idle));
    metrics.waiting.set(number(status.waiting));
    let mut text = String::new();
    encode(&mut text, &metrics.registry).map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .content_type(format!("{MEDIA_TYPE}; version=0.0.4; charset=utf-8"))
        .body(text))
}
