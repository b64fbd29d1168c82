//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::config::Layout;
use crate::error::Error;
use crate::timeouts::Timeouts;

/// Migrations for SeaORM models: compare, review, run.
#[derive(Debug, Parser)]
#[command(name = "autogen", version, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The configuration file, by default autogen.toml here or in a folder above
    #[arg(long, hide_short_help = true, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The database, as postgres://.., mysql://.., mariadb://.. or sqlite:..
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// The folder of migrations, instead of the one in the configuration
    #[arg(long, hide_short_help = true, global = true, value_name = "DIR")]
    pub(crate) migrations: Option<PathBuf>,
    /// The models: a crate, a workspace, a folder or one file
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) models: Option<PathBuf>,
    /// Let the compiler read the models: builds a small program that uses their crate
    #[arg(long, hide_short_help = true, global = true)]
    pub(crate) compiled: bool,
    /// Features of the models' crate that are on, beside those of autogen.toml
    #[arg(long, hide_short_help = true, global = true, value_delimiter = ',', value_name = "NAME")]
    pub(crate) features: Vec<String>,
    /// All features of the models' crate are on
    #[arg(long, hide_short_help = true, global = true)]
    pub(crate) all_features: bool,
    /// The default features of the models' crate are off
    #[arg(long, hide_short_help = true, global = true)]
    pub(crate) no_default_features: bool,
    /// The database family, if no database URL gives it, or to begin its migrations; several
    /// times for `diff`, which then writes for each
    #[arg(long = "dialect", hide_short_help = true, global = true, value_name = "NAME")]
    pub(crate) dialects: Vec<String>,
    /// Print only results and errors, no notes and no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print each statement in full as it runs
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// When to use colours
    #[arg(
        long,
        hide_short_help = true,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN"
    )]
    pub(crate) color: Color,
    /// Why .env could not be read, if it contains a database URL.
    #[arg(skip)]
    pub(crate) broken_env: Option<Error>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Color {
    // On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    pub(crate) fn choice(self) -> anstream::ColorChoice {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write autogen.toml and an empty migrations folder
    Init(Init),
    /// Compare the database with the models, and write a migration
    Diff(Box<Diff>),
    /// Write an empty migration to fill in by hand
    Revision(RevisionArgs),
    /// Open a migration in your editor
    Edit(Edit),
    /// Delete the newest migration, which no database has run, and its part of schema.json
    Remove(Remove),
    /// Join branches by a revision that comes after them
    Merge(Merge),
    /// Run migrations up to a revision, by default the head
    Upgrade(Upgrade),
    /// Undo migrations, by default the last one
    Downgrade(Downgrade),
    /// Show which revisions the database has
    Current(Current),
    /// List the migrations, newest first
    History(History),
    /// List the heads: revisions that no other comes after
    Heads(Listing),
    /// List the branch points: revisions with several children
    Branches(Listing),
    /// Show a migration
    Show(Show),
    /// Record a revision as applied without running it
    Stamp(Stamp),
    /// Show the state of each revision in the database, and what to repair
    Status,
    /// Correct the history by hand, after you checked the database
    Repair(Repair),
    /// Exit 1 if a migration is missing or not applied
    Check,
    /// Move a branch onto another head, for example after a git merge
    Rebase(Rebase),
    /// Replace several revisions by one with the same result
    Squash(Squash),
    /// Run all migrations up, down and up on a scratch database, and compare
    Verify,
    /// Show a schema
    Inspect(Inspect),
    /// Write models of the tables that a database has
    Pull(Pull),
    /// Write the schema of the models as JSON
    Snapshot(Snapshot),
    /// Explain a code, such as A0101 or DL102
    Explain(Explain),
    /// Show what each version of MySQL and MariaDB can do
    Caps(Caps),
}

/// Formats of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    Text,
    Sql,
    Json,
    Rust,
}

/// Formats of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaFormat {
    Text,
    Sql,
    Json,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Init {
    /// Replace an existing autogen.toml
    #[arg(long)]
    pub(crate) force: bool,
    /// Write models of the database, and a baseline of its schema
    #[arg(long)]
    pub(crate) from_database: bool,
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct Diff {
    /// The migration's message, by default made from its changes
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// Current schema: a database URL, models[:PATH], git:REV, snapshot:FILE,
    /// sql:FILE, migrations[:DIR]
    #[arg(long, value_name = "SOURCE")]
    pub(crate) from: Option<String>,
    /// Desired schema; takes the same sources as --from
    #[arg(long, value_name = "SOURCE")]
    pub(crate) to: Option<String>,
    /// Print the plan and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How to print the plan
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<PlanFormat>,
    /// Exit 1 if there are changes
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// List what only the database has, with the attribute that would declare it
    #[arg(long)]
    pub(crate) unmanaged: bool,
    /// Write what was changed in the database by hand into a revision, for other
    /// databases
    #[arg(long, conflicts_with_all = ["from", "to"])]
    pub(crate) adopt: bool,
    /// Rename something: table=new, table.column=new, type:name=new, type:name.value=new;
    /// a dot or an equals sign in a name has a backslash before it
    #[arg(long = "rename", value_name = "OLD=NEW")]
    pub(crate) renames: Vec<String>,
    /// Drop this name instead of renaming it
    #[arg(long = "no-rename", value_name = "NAME")]
    pub(crate) no_renames: Vec<String>,
    /// Drop a table or an enum that no model ever named
    #[arg(long = "drop", value_name = "TABLE")]
    pub(crate) drops: Vec<String>,
    /// The value of a new required column in existing rows
    #[arg(long = "fill", value_name = "TABLE.COLUMN=EXPR")]
    pub(crate) fills: Vec<String>,
    /// The revision's number, instead of the time
    #[arg(long, value_name = "DIGITS")]
    pub(crate) revision: Option<String>,
    /// How to split statements into migrations, instead of the configuration's layout
    #[arg(long, value_enum, value_name = "LAYOUT")]
    pub(crate) layout: Option<Layout>,
}

impl Diff {
    /// Whether it writes a migration if there are differences.
    pub(crate) fn writes(&self) -> bool {
        let usual = self.format.is_none() && self.from.is_none() && self.to.is_none();
        !self.dry_run && (self.message.is_some() || usual)
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RevisionArgs {
    /// Its message
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// Its parent, instead of the head: a revision, `heads`, or `base` for a new branch
    #[arg(long, value_name = "REV")]
    pub(crate) head: Option<String>,
    /// A label for the branch that begins with it
    #[arg(long = "label", value_name = "NAME")]
    pub(crate) labels: Vec<String>,
    /// A revision of another branch that must run first
    #[arg(long, value_name = "REV")]
    pub(crate) depends: Vec<String>,
    /// The revision's number, instead of the time
    #[arg(long, value_name = "DIGITS")]
    pub(crate) revision: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Merge {
    /// The revisions to join, by default all heads
    #[arg(value_name = "REV")]
    pub(crate) revisions: Vec<String>,
    /// Its message
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// Also join branches that share no revision
    #[arg(long)]
    pub(crate) allow_unrelated: bool,
    /// The revision's number, instead of the time
    #[arg(long, value_name = "DIGITS")]
    pub(crate) revision: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Rebase {
    /// The head to move, with its ancestors that the other head lacks
    #[arg(value_name = "REV")]
    pub(crate) revision: String,
    /// The head to move it onto, if there are more than two
    #[arg(long, value_name = "REV")]
    pub(crate) onto: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Squash {
    /// The first and the last revision to replace; by default all of them
    #[arg(value_name = "FIRST:LAST", default_value = ":")]
    pub(crate) range: String,
    /// Its message
    #[arg(short, long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Edit {
    /// The revision
    #[arg(default_value = "head")]
    pub(crate) revision: String,
    /// The way down, instead of the way up
    #[arg(long)]
    pub(crate) down: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Current {
    /// Exit 1 unless the database is at the heads
    #[arg(long)]
    pub(crate) check_heads: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Listing {
    /// Show parents, labels and messages
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Show {
    /// The revision
    #[arg(default_value = "head")]
    pub(crate) revision: String,
    /// The way down as well
    #[arg(long)]
    pub(crate) down: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Stamp {
    /// The revisions, recorded with all their ancestors; `base` for none
    #[arg(required_unless_present = "baseline", value_name = "REV")]
    pub(crate) revisions: Vec<String>,
    /// Clear the history first, including revisions without a file
    #[arg(long)]
    pub(crate) purge: bool,
    /// Write the schema that the database has as the first revision, and record it
    #[arg(long, conflicts_with_all = ["revisions", "purge"])]
    pub(crate) baseline: bool,
    /// The number of the baseline, by default the time
    #[arg(long, value_name = "DIGITS", requires = "baseline")]
    pub(crate) revision: Option<String>,
}

/// The repair: exactly one.
#[derive(Debug, ClapArgs)]
#[command(
    group = clap::ArgGroup::new("what").required(true),
    override_usage = "autogen repair <REV> \
                      <--accept-checksum|--done|--not-done|--complete|--forget>\n       \
                      autogen repair --drop-invalid-indexes"
)]
pub(crate) struct Repair {
    /// The revision, by the beginning of its number
    #[arg(value_name = "REV", required_unless_present = "drop_invalid_indexes")]
    pub(crate) revision: Option<String>,
    /// Accept the change of its file after it ran
    #[arg(long, group = "what")]
    pub(crate) accept_checksum: bool,
    /// Record that the statement at which it stopped has run
    #[arg(long, group = "what")]
    pub(crate) done: bool,
    /// Record that the statement at which it stopped has not run
    #[arg(long, group = "what")]
    pub(crate) not_done: bool,
    /// Record that the rest was done by hand: it is applied, or undone
    #[arg(long, group = "what")]
    pub(crate) complete: bool,
    /// Remove it from the history
    #[arg(long, group = "what")]
    pub(crate) forget: bool,
    /// Drop invalid, half-built indexes (PostgreSQL)
    #[arg(long, group = "what", conflicts_with = "revision")]
    pub(crate) drop_invalid_indexes: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Upgrade {
    /// The revision: the beginning of its number, a label, `head`, `heads`, `+N`
    /// for N steps, or `REV+N`; with --sql also FROM:TO, where FROM may be `current`
    #[arg(default_value = "head")]
    pub(crate) revision: String,
    /// Only print the script, which also writes the history; run nothing
    #[arg(long)]
    pub(crate) sql: bool,
    #[command(flatten)]
    pub(crate) timeouts: Timeouts,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Downgrade {
    /// The revision to go back to, `-N` for N steps, or `base` to undo all
    #[arg(default_value = "-1", allow_negative_numbers = true)]
    pub(crate) revision: String,
    /// Only print the script; run nothing
    #[arg(long)]
    pub(crate) sql: bool,
    /// Run it although rows or values are lost, without a question
    #[arg(short, long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) timeouts: Timeouts,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct History {
    /// Only revisions after FROM, up to TO; either may be omitted, or be `current`
    #[arg(short, long, value_name = "FROM:TO", allow_hyphen_values = true)]
    pub(crate) range: Option<String>,
    /// Mark the current revisions of the database
    #[arg(short, long)]
    pub(crate) indicate_current: bool,
    /// Show parents, and whether the database has them
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Inspect {
    /// What to show: a database URL, models[:PATH], git:REV, snapshot:FILE,
    /// sql:FILE, migrations[:DIR];
    /// by default the database
    pub(crate) source: Option<String>,
    /// How to show it
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: SchemaFormat,
    /// Print as SQL what `.sql` files can declare: views, functions, triggers,
    /// policies and similar objects
    #[arg(long, conflicts_with = "format")]
    pub(crate) scripts: bool,
}

/// The crates of dates and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Dates {
    #[default]
    Chrono,
    Time,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Pull {
    /// Only tables that match; `*` matches any text
    #[arg(long, value_name = "PATTERN")]
    pub(crate) tables: Vec<String>,
    /// Where to write them, by default src/entities of the models' crate
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Relations as an enum, instead of SeaORM 2's fields
    #[arg(long, conflicts_with = "plain")]
    pub(crate) compact: bool,
    /// Structs without SeaORM
    #[arg(long)]
    pub(crate) plain: bool,
    /// The crate of dates and times
    #[arg(long, value_enum, default_value_t, value_name = "CRATE")]
    pub(crate) date_time: Dates,
    /// Write nothing; exit 1 and list the files if a run would write any
    #[arg(long)]
    pub(crate) check: bool,
    /// Replace files that differ
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Snapshot {
    /// The source, by default the models
    #[arg(default_value = "models")]
    pub(crate) source: String,
    /// Where to write it, instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Formats of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CapsFormat {
    Text,
    Json,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Caps {
    /// The format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: CapsFormat,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Remove {
    /// The revision, by the beginning of its number, by default the head
    #[arg(value_name = "REV")]
    pub(crate) revision: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Explain {
    /// The code; without one, all are listed
    pub(crate) code: Option<String>,
}
