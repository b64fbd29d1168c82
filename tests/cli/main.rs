//! The command itself: each test runs the real binary in a folder of its own.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod alike;
mod bad_databases;
mod bad_migrations;
mod bad_models;
mod baseline;
mod commands;
mod compiled;
mod crashes;
mod demo;
mod deploys;
mod drift;
mod entities;
mod events;
mod expressions;
mod help;
mod json;
mod late;
mod left_alone;
mod losing;
mod mending;
mod merging;
mod models;
mod partitions;
mod places;
mod pooler;
mod project;
mod pulled_entities;
mod pulling;
mod renames;
mod rows;
mod schemas;
mod scripts;
mod seaorm;
mod seen;
mod several;
mod silence;
mod sql_source;
mod sqlx;
mod squashing;
mod timeouts;
mod trust;
mod typed;
mod versions;
