# The service alone, for a PostgreSQL that runs elsewhere: DATABASE_URL names it.
FROM rust:1.95-bookworm AS build
WORKDIR /ucap
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
# Certificates for PostgreSQL over TLS, curl for the health check.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --no-create-home --shell /usr/sbin/nologin ucap
COPY --from=build /ucap/target/release/ucap /usr/local/bin/ucap
COPY LICENSE LICENSE-APACHE LICENSE-MIT /usr/share/doc/ucap/
USER ucap
ENV UCAP_ADDR=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["ucap"]
CMD ["serve"]
