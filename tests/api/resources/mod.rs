//! The behaviour of each resource.

mod activities;
mod cities;
mod outcomes;
mod plans;
mod themes;
mod vocabularies;
