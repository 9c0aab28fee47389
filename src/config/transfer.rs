//! What `ucap import`, `ucap export` and `ucap check` read and write.
//!
//! One rule: an option that does not fit the format is refused and never ignored. Start with [`ImportSettings::check`].

use super::database::DatabaseSettings;
use super::output::OutputSettings;
use super::values::{collection, public_url};
use crate::conventions::bulk::import::OnExisting;
use crate::documents::UpdateReferences;
use crate::domain::{RecordKind, Slug};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What to import.
#[derive(Debug, Args)]
pub struct ImportSettings {
    /// Files or directories to import: plan documents, or lines of JSON in files that are named after their collection (plans.ndjson); `-` reads standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Content of the files.
    #[arg(long, value_enum, default_value_t = ImportFormat::Json)]
    pub format: ImportFormat,
    /// Collection that all lines belong to, whatever the names of the files; for --format ndjson.
    #[arg(long, value_parser = collection())]
    pub collection: Option<RecordKind>,
    /// Store either all lines of a file or none of them; for --format ndjson.
    #[arg(long)]
    pub atomic: bool,
    /// What a line does to a record that is stored already [default: replace]; for --format ndjson.
    #[arg(long, value_enum, value_name = "HOW")]
    pub on_existing: Option<OnExisting>,
    /// Report what would happen, and store nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// What happens to stored cities and themes of which a plan document says something else [default: fill; without a value: true]; for --format json.
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "HOW")]
    pub update_references: Option<UpdateReferences>,
    /// How to report.
    #[command(flatten)]
    pub output: OutputSettings,
    /// Which registry.
    #[command(flatten)]
    pub registry: RegistrySettings,
}

/// What to export.
#[derive(Debug, Args)]
pub struct ExportSettings {
    /// Slugs of the plans to export; for --format json.
    #[arg(required_unless_present_any = ["all", "format"], value_name = "SLUG")]
    pub slugs: Vec<Slug>,
    /// Content of the files: plan documents, or collections as lines of JSON or as tables [default: json].
    #[arg(long, value_enum)]
    pub format: Option<ExportFormat>,
    /// Collections to export; for --format ndjson and csv [default: all].
    #[arg(long, value_parser = collection(), value_name = "COLLECTION")]
    pub collection: Vec<RecordKind>,
    /// Export all plans; for --format json.
    #[arg(long, conflicts_with = "slugs")]
    pub all: bool,
    /// Directory to write the files to; created if it does not exist.
    #[arg(long, value_name = "DIR")]
    pub dir: PathBuf,
    /// How to report.
    #[command(flatten)]
    pub output: OutputSettings,
    /// Which registry.
    #[command(flatten)]
    pub registry: RegistrySettings,
}

/// What to check.
#[derive(Debug, Args)]
pub struct CheckSettings {
    /// Files or directories to check: plan documents, or lines of JSON in files that are named after their collection (plans.ndjson); `-` reads standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Content of the files.
    #[arg(long, value_enum, default_value_t = ImportFormat::Json)]
    pub format: ImportFormat,
    /// Collection that all lines belong to, whatever the names of the files; for --format ndjson.
    #[arg(long, value_parser = collection())]
    pub collection: Option<RecordKind>,
    /// How to report.
    #[command(flatten)]
    pub output: OutputSettings,
}

/// The registry that a command talks to.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Registry")]
pub struct RegistrySettings {
    /// Address of a running registry; without it, the command works on the database directly.
    #[arg(long, env = "UCAP_URL", value_name = "URL", value_parser = public_url)]
    pub url: Option<String>,
    /// API key for this registry.
    #[arg(long, env = "UCAP_KEY", hide_env_values = true, value_name = "KEY")]
    pub key: Option<String>,
    /// The database that the command works on without `--url`.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// The content of files to import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// One plan document per file.
    Json,
    /// Lines of JSON, one record of a collection per line.
    Ndjson,
}

impl ImportFormat {
    /// The extension of files with this content.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
        }
    }
}

/// The content of exported files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// One plan document per file.
    Json,
    /// Lines of JSON, one record of a collection per line.
    Ndjson,
    /// A table with one record of a collection per row.
    Csv,
}

impl ImportSettings {
    /// Refuses options that do not fit the format.
    ///
    /// # Errors
    /// A sentence that names the option and the format.
    pub fn check(&self) -> Result<(), String> {
        let refused = match self.format {
            ImportFormat::Json if self.atomic => {
                "--atomic needs --format ndjson; a plan document is always stored as a whole"
            }
            ImportFormat::Json if self.collection.is_some() => "--collection needs --format ndjson",
            ImportFormat::Json if self.on_existing.is_some() => {
                "--on-existing needs --format ndjson; a plan document always replaces the plan"
            }
            ImportFormat::Ndjson if self.update_references.is_some() => {
                "--update-references is for plan documents (--format json); for lines of JSON there is --on-existing"
            }
            _ => return Ok(()),
        };
        Err(refused.to_owned())
    }
}

impl CheckSettings {
    /// Refuses options that do not fit the format.
    ///
    /// # Errors
    /// A sentence that names the option and the format.
    pub fn check(&self) -> Result<(), String> {
        if self.format == ImportFormat::Json && self.collection.is_some() {
            return Err("--collection needs --format ndjson".to_owned());
        }
        Ok(())
    }
}

impl ExportSettings {
    /// Refuses a selection of plans or collections that is empty or does not fit the format.
    ///
    /// # Errors
    /// A sentence that names the option and the format.
    pub fn check(&self) -> Result<(), String> {
        let refused = match self.format.unwrap_or(ExportFormat::Json) {
            ExportFormat::Json if !self.collection.is_empty() => {
                "--collection needs --format ndjson or csv"
            }
            ExportFormat::Json if !self.all && self.slugs.is_empty() => {
                "name the plans by their slugs, or use --all"
            }
            ExportFormat::Ndjson | ExportFormat::Csv if !self.slugs.is_empty() => {
                "--format ndjson and csv export whole collections; leave out the slugs"
            }
            ExportFormat::Ndjson | ExportFormat::Csv if self.all => {
                "--all is for plan documents (--format json); without --collection, all collections are exported"
            }
            _ => return Ok(()),
        };
        Err(refused.to_owned())
    }
}
