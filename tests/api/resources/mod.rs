//! The behaviour of each resource.

mod activities;
mod cities;
mod facts;
mod outcomes;
mod plans;
mod themes;
mod vocabularies;
