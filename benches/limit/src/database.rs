//! Connections and prepared statements of one worker.

use std::cell::Cell;
use tokio_postgres::{Client, NoTls, Statement};

/// Columns of a plan, in the order in which `records` reads them.
pub const PLAN: &str = "plans.id, plans.version, plans.created_at, plans.updated_at, plans.slug, plans.title, plans.programme, plans.kind, \
    plans.status, plans.period, plans.objectives, plans.challenges, plans.cities, plans.themes, plans.sdgs, plans.urban_agenda, \
    plans.contacts, plans.sources, plans.relations, plans.note";
const ACTIVITY: &str = "id, version, created_at, updated_at, title, description, kind, mode, status, date, cities, organisations, outputs, \
    note, plan_id, theme_ids, position";
const OUTCOME: &str =
    "heading, description, kind, status, due, cities, organisations, indicators, note, theme_id";
const CITY: &str = "id, slug, name, alternative_names, kind, country, region, population, area_km2::float8, latitude, longitude, identifiers";

/// A connection with everything prepared.
pub struct Connection {
    pub client: Client,
    pub plan: Statement,
    pub cities_of_plan: Statement,
    pub themes_of_plan: Statement,
    pub plans_of_plan: Statement,
    pub first_page: Statement,
    pub next_page: Statement,
    pub by_country: Statement,
    pub cities: Statement,
    pub themes: Statement,
    pub plans: Statement,
    pub insert: Statement,
    pub activities_of_plan: Statement,
    pub outcomes_of_plan: Statement,
    pub whole_cities: Statement,
    pub whole_themes: Statement,
    pub search: Statement,
    pub activities: Statement,
}

/// Connections that a worker reads over.
const READERS: usize = 2;
/// Connections that a worker writes over: commits wait for the disk, and the more wait, the more share one wait.
const WRITERS: usize = 8;

/// The connections of a worker, taken in turn.
pub struct Database {
    readers: Vec<Connection>,
    writers: Vec<Connection>,
    next: Cell<usize>,
    /// For what streams: a connection of its own, so that nobody waits behind it.
    pub export: Connection,
}

impl Database {
    /// # Errors
    /// The server cannot be reached, or a statement does not fit the schema.
    pub async fn open(url: String) -> Result<Self, tokio_postgres::Error> {
        let mut database = Self {
            readers: Vec::new(),
            writers: Vec::new(),
            next: Cell::new(0),
            export: Connection::open(&url).await?,
        };
        for _ in 0..READERS {
            database.readers.push(Connection::open(&url).await?);
        }
        for _ in 0..WRITERS {
            database.writers.push(Connection::open(&url).await?);
        }
        Ok(database)
    }

    /// The connection to read over whose turn it is.
    pub fn connection(&self) -> &Connection {
        &self.readers[self.turn() % READERS]
    }

    /// The connection to write over whose turn it is.
    pub fn writer(&self) -> &Connection {
        &self.writers[self.turn() % WRITERS]
    }

    fn turn(&self) -> usize {
        self.next.set(self.next.get().wrapping_add(1));
        self.next.get()
    }
}

impl Connection {
    async fn open(url: &str) -> Result<Self, tokio_postgres::Error> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        actix_web::rt::spawn(connection);
        let prepare = async |sql: &str| client.prepare(sql).await;
        let page = |rest: &str| format!("SELECT {PLAN} FROM plans {rest} LIMIT $1");
        Ok(Self {
            plan: prepare(&format!("SELECT {PLAN} FROM plans WHERE id = $1")).await?,
            cities_of_plan: prepare(
                "SELECT id, slug, name, country FROM cities WHERE id IN (SELECT city_id FROM plan_cities WHERE plan_id = $1 \
                 UNION SELECT city_id FROM plan_focus_cities WHERE plan_id = $1)",
            )
            .await?,
            themes_of_plan: prepare("SELECT id, slug, name FROM themes JOIN plan_themes ON theme_id = id WHERE plan_id = $1").await?,
            plans_of_plan: prepare("SELECT id, slug, title FROM plans JOIN plan_relations ON related_plan_id = id WHERE plan_id = $1").await?,
            first_page: prepare(&page("ORDER BY created_at, id")).await?,
            next_page: prepare(&page("WHERE (created_at, id) > ($2, $3) ORDER BY created_at, id")).await?,
            by_country: prepare(&page(
                "WHERE id IN (SELECT plan_id FROM plan_cities JOIN cities ON cities.id = city_id WHERE country = $2) \
                 ORDER BY period_start_descending DESC, id DESC",
            ))
            .await?,
            cities: prepare("SELECT id, slug, name, country FROM cities WHERE id = ANY($1)").await?,
            themes: prepare("SELECT id, slug, name FROM themes WHERE id = ANY($1)").await?,
            plans: prepare("SELECT id, slug, title FROM plans WHERE id = ANY($1)").await?,
            insert: prepare(&format!(
                "INSERT INTO plain.plans (id, slug, title, programme, kind, status, period, objectives, challenges, cities, themes, sdgs, \
                 urban_agenda, contacts, sources, relations, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
                 $16, $17) RETURNING {PLAN}"
            ))
            .await?,
            activities_of_plan: prepare(&format!("SELECT {ACTIVITY} FROM activities WHERE plan_id = $1 ORDER BY position, id")).await?,
            outcomes_of_plan: prepare(&format!("SELECT {OUTCOME} FROM outcomes WHERE plan_id = $1 ORDER BY position, id")).await?,
            whole_cities: prepare(&format!("SELECT {CITY} FROM cities WHERE id = ANY($1)")).await?,
            whole_themes: prepare("SELECT id, slug, name, description, aliases, sdgs, urban_agenda FROM themes WHERE id = ANY($1)").await?,
            search: prepare(include_str!("../../search.sql")).await?,
            activities: prepare(&format!("SELECT {ACTIVITY} FROM activities ORDER BY id")).await?,
            client,
        })
    }
}
