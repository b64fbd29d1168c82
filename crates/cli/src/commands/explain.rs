//! `autogen explain`.

use crate::args::Explain;
use crate::error::{Error, exit};
use crate::{explain, output};

pub(super) fn run(args: &Explain) -> Result<u8, Error> {
    let code = args.code.to_ascii_uppercase();
    let Some((title, page)) = explain::page(&code) else {
        return Err(Error::usage(
            "A0610",
            format!("no code is called `{}`", args.code),
            "codes look like A0101, D0101, U0101 or DL102, as messages print them",
        ));
    };
    output::result(&format!("{code}: {title}\n\n{page}\n"));
    Ok(exit::DONE)
}
