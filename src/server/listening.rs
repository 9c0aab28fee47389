//! The HTTP server around the application: its limits, and what it does before a client sends a body.
//!
//! One rule: a client that waits with its body is told at once if its request is refused, and only otherwise to continue (RFC 9110,
//! section 10.1.1). Start with [`listen`].

use super::{State, app};
use crate::conventions::context::ChecksOnly;
use actix_http::{HttpService, Request};
use actix_service::{IntoServiceFactory, fn_factory, fn_service, map_config};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{AppConfig, Response, Server, Service, ServiceFactory, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::{Error, HttpMessage};
use std::io;
use std::net::TcpListener;
use std::rc::Rc;
use std::time::Duration;

/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long the head of a request may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client has to close its connection after the last response.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long requests in progress may take when the service shuts down, in seconds.
const SHUTDOWN_TIMEOUT_SECONDS: u64 = 20;

/// Serves the application on a listener.
///
/// # Errors
/// The listener cannot be used.
pub fn listen(listener: TcpListener, state: State, workers: Option<usize>) -> io::Result<Server> {
    let address = listener.local_addr()?;
    let mut server = Server::build()
        .shutdown_timeout(SHUTDOWN_TIMEOUT_SECONDS)
        .disable_signals();
    if let Some(workers) = workers {
        server = server.workers(workers);
    }
    let shutdown = server.graceful_shutdown_signal();
    let server = server.listen("ucap", listener, move || {
        let shutdown = shutdown.clone();
        let (application, checks) = (state.clone(), state.clone());
        let application = map_config(app(application).into_factory(), move |()| config());
        HttpService::build()
            .graceful_shutdown_signal(move || {
                let shutdown = shutdown.clone();
                async move { shutdown.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(HEAD_TIMEOUT)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .local_addr(address)
            .expect(fn_factory(move || expectations(checks.clone())))
            .finish(application)
            .tcp()
    })?;
    Ok(server.run())
}

/// The default serves all hosts: no route depends on one.
fn config() -> AppConfig {
    AppConfig::default()
}

/// The service to which requests go whose clients expect `100 Continue`. It passes the head of a request through the checks of the
/// application and returns the request if they let it through.
async fn expectations(
    state: State,
) -> Result<impl Service<Request, Response = Request, Error = Refused>, ()> {
    let application = app(state).into_factory().new_service(config()).await?;
    let application = Rc::new(application);
    Ok(fn_service(move |request: Request| {
        let application = application.clone();
        async move { check(&*application, request).await }
    }))
}

async fn check<B: MessageBody + 'static>(
    application: &impl Service<Request, Response = ServiceResponse<B>, Error = Error>,
    request: Request,
) -> Result<Request, Refused> {
    let mut head = Request::new();
    *head.head_mut() = request.head().clone();
    head.extensions_mut().insert(ChecksOnly);
    match application.call(head).await {
        Ok(response) if response.status() == StatusCode::CONTINUE => Ok(request),
        Ok(response) => {
            let (_, response) = response.into_parts();
            Err(Refused(response.map_into_boxed_body().into()))
        }
        Err(error) => Err(Refused(error.into())),
    }
}

/// The response to a request that the checks refuse.
struct Refused(Response<BoxBody>);

impl From<Refused> for Response<BoxBody> {
    fn from(refused: Refused) -> Self {
        refused.0
    }
}
