//! How a command reports what it did. Start with [`OutputSettings`].

use clap::Args;

/// How a command reports what it did.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputSettings {
    /// Print the result as one JSON document on standard output.
    #[arg(long)]
    pub json: bool,
    /// Print no progress and no notes, only what was asked for and errors.
    #[arg(long, short)]
    pub quiet: bool,
}
