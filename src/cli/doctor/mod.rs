//! `ucap doctor`: what a start would find.
//!
//! One rule: the doctor changes nothing; it starts no server, creates no file and writes to no database. Start with [`doctor`].

mod database;
mod findings;
mod machine;

use super::failure::{Failure, failed};
use super::output::Output;
use crate::config::{DatabaseChoice, ServeSettings};
use crate::database::newest_migration;
use findings::Findings;

/// Reports what a start with these settings would find; fails if something would keep the service from working.
pub(super) fn doctor(settings: &ServeSettings, output: &Output) -> Result<(), Failure> {
    let choice = settings.database.choice().map_err(Failure::Setting)?;
    let schema = newest_migration().map_err(failed)?;
    let mut findings = Findings::default();
    let version = env!("CARGO_PKG_VERSION");
    findings.fine("program", format!("ucap {version}, schema {schema}"));
    let system = actix_web::rt::System::new();
    system.block_on(async {
        match choice {
            DatabaseChoice::Server(connection) => {
                database::examine(&connection, &mut findings).await;
            }
            DatabaseChoice::Private(settings) => {
                let running = machine::examine(&settings, &mut findings);
                if let Some(socket_dir) = running {
                    database::examine_private(&socket_dir, &mut findings).await;
                }
            }
        }
        machine::examine_port(settings.server.addr, &mut findings).await;
    });
    if let Some(url) = std::env::var("UCAP_URL").ok().filter(|url| !url.is_empty()) {
        let detail = format!("`ucap import` and `ucap export` work on {url}, not on this database");
        findings.note("UCAP_URL", detail);
    }
    findings.report(output)
}
