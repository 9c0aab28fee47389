//! One private PostgreSQL server for the whole run, with a migrated template database and a clone of it for each test.

use std::io::Write;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use ucap::config::DatabaseSettings;
use ucap::database::embedded::{Cluster, Settings};
use ucap::database::tls::ConnectionSettings;

const TEMPLATE: &str = "template_migrated";
const PREFIX: &str = "ucap-test-";
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Exists as long as the process. Its watchdog stops the server when the process ends in any way. Without it no
/// test can run, so the reason is printed once and the process ends.
static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| {
    start().unwrap_or_else(|reason| {
        let _ = writeln!(
            std::io::stderr(),
            "\nThe tests need the programs of PostgreSQL, and no DATABASE_URL. {reason}"
        );
        std::process::exit(101)
    })
});

/// Starts a server with the programs that the service itself would use, and creates the template.
fn start() -> Result<Cluster, String> {
    let folder = std::env::temp_dir();
    remove_leftovers(&folder);
    let settings = DatabaseSettings::from_environment().map_err(|error| error.to_string())?;
    let cluster = Cluster::start(&Settings {
        data_dir: folder.join(format!("{PREFIX}{}", std::process::id())),
        durable: false,
        ..settings.private()?
    })
    .map_err(|error| error.to_string())?;
    let postgres: ConnectionSettings = cluster.connection_string("postgres").parse()?;
    let template: ConnectionSettings = cluster.connection_string(TEMPLATE).parse()?;
    // In a separate thread, because the first test is already in a runtime.
    let made = std::thread::spawn(move || {
        let create = ucap::database::create_database(&postgres, TEMPLATE);
        let created = actix_web::rt::System::new().block_on(create);
        created.map_err(|error| error.to_string())?;
        ucap::database::migrate(&template).map_err(|error| error.to_string())
    });
    let made = made.join().map_err(|_| "its template panicked")?;
    made.map(|_| cluster)
}

/// The directories of runs whose process has ended.
fn remove_leftovers(folder: &std::path::Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(process) = name.strip_prefix(PREFIX) else {
            continue;
        };
        if !PathBuf::from(format!("/proc/{process}")).exists()
            && PathBuf::from("/proc/self").exists()
        {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The database of one test.
pub struct TestDatabase {
    name: String,
}

impl TestDatabase {
    /// Creates a clone of the migrated template.
    pub async fn create() -> Self {
        Self::from(&format!("TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")).await
    }

    /// Creates a database without tables.
    pub async fn create_empty() -> Self {
        Self::from("").await
    }

    /// A migrated database with a locale of its own, given as options of `CREATE DATABASE`; none if this machine lacks it.
    pub async fn with_locale(options: &str) -> Option<Self> {
        let name = format!("locale_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let postgres: ConnectionSettings = CLUSTER
            .connection_string("postgres")
            .parse()
            .expect("settings");
        let client = postgres.connect_client().await.expect("a connection");
        let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {options}");
        client.batch_execute(&create).await.ok()?;
        let database = Self { name };
        let settings = database.settings();
        std::thread::spawn(move || ucap::database::migrate(&settings).expect("migrated"))
            .join()
            .expect("no panic");
        Some(database)
    }

    async fn from(template: &str) -> Self {
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let postgres: ConnectionSettings = CLUSTER
            .connection_string("postgres")
            .parse()
            .expect("settings");
        let client = postgres.connect_client().await.expect("a connection");
        client
            .batch_execute(&format!("CREATE DATABASE {name} {template}"))
            .await
            .expect("a database");
        Self { name }
    }

    /// The connection settings.
    pub fn settings(&self) -> ConnectionSettings {
        CLUSTER
            .connection_string(&self.name)
            .parse()
            .expect("settings")
    }

    /// Opens a connection that bypasses the service.
    pub async fn client(&self) -> tokio_postgres::Client {
        self.settings()
            .connect_client()
            .await
            .expect("a connection")
    }

    /// Runs a query and returns the first column of the first row.
    pub async fn number(&self, query: &str) -> i64 {
        self.client()
            .await
            .query_one(query, &[])
            .await
            .expect("a row")
            .get(0)
    }
}
