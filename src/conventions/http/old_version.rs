//! Responses to HTTP/1.0, which knows no chunks (RFC 9112, section 6.1).
//!
//! One rule: a response of unknown length to an HTTP/1.0 request ends with its connection. Start with [`without_chunks`].

use actix_web::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, Version};
use actix_web::middleware::Next;

/// Middleware: sends what has no length to an HTTP/1.0 client without chunks, and closes the connection after it.
///
/// # Errors
/// Those of the handler.
pub async fn without_chunks<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let is_old = request.version() < Version::HTTP_11;
    let mut response = next.call(request).await?;
    if is_old && response.response().body().size() == BodySize::Stream {
        let head = response.response_mut().head_mut();
        head.no_chunking(true);
        head.set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}
