//! `autogen explain`.

use crate::args::Explain;
use crate::error::{Error, exit};
use crate::{explain, output};

pub(super) fn run(args: &Explain) -> Result<u8, Error> {
    let Some(code) = &args.code else {
        let lines = explain::titles().map(|(code, title)| format!("{code}  {title}\n"));
        output::result(&lines.collect::<String>());
        return Ok(exit::DONE);
    };
    let found = explain::page(&code.to_ascii_uppercase());
    let Some((title, page)) = found else {
        return Err(Error::usage(
            "A0610",
            format!("no code is called `{code}`"),
            "codes look like A0101, D0101, U0101 or DL102, as messages print them; `autogen \
             explain` lists all",
        ));
    };
    output::result(&format!("{}: {title}\n\n{page}\n", code.to_ascii_uppercase()));
    Ok(exit::DONE)
}
