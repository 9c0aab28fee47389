//! The behaviour of each resource.

mod activities;
mod activity_parents;
mod cities;
mod facts;
mod outcomes;
mod plans;
mod relations;
mod themes;
mod vocabularies;
