//! The registry: every struct and enum of the program that derives `Autogen`.

use std::fmt;

use autogen_models::{Diagnostic, Registered, RegisteredKey, read_registered};
use autogen_schema::{Declared, Origin};

use crate::convert::Seen;

/// A struct or enum, as the derive registers it.
#[doc(hidden)]
#[allow(missing_docs, reason = "written by the derive only")]
pub struct Registration {
    pub item: &'static str,
    pub file: &'static str,
    pub line: u32,
    pub column: u32,
    pub types: fn() -> Vec<Seen>,
    pub keys: fn() -> Vec<RegisteredKey>,
}

inventory::collect!(Registration);

/// All reasons why the registered models give no schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The reasons, in order.
    pub diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, diagnostic) in self.diagnostics.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// The schema of all models that this program contains.
///
/// A crate of models counts only if the program uses it: one that is merely listed in
/// Cargo.toml registers nothing (`use entities as _;` suffices). No model at all is an error.
pub fn models() -> Result<Declared, Error> {
    let all = inventory::iter::<Registration>
        .into_iter()
        .map(|one| {
            let mut types = Vec::new();
            let mut enums = Vec::new();
            for seen in (one.types)() {
                types.push(seen.ty);
                enums.extend(seen.native);
            }
            Registered {
                item: one.item.to_owned(),
                origin: Origin {
                    file: one.file.replace('\\', "/"),
                    line: usize::try_from(one.line).unwrap_or_default(),
                    column: usize::try_from(one.column).unwrap_or_default(),
                },
                types,
                enums,
                keys: (one.keys)(),
            }
        })
        .collect();
    read_registered(all).map_err(|diagnostics| Error { diagnostics })
}

/// [`models`] as JSON, for the command line's `--compiled`.
pub fn models_json() -> Result<String, Error> {
    // Serializing plain trees with string keys cannot fail.
    models().map(|declared| serde_json::to_string(&declared).unwrap_or_default())
}
