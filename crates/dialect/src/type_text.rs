//! Parses the text of a type: `numeric(10, 2)`, `character varying(20)[]`.

/// The parts of a type's text, lower case outside quotes, single spaces.
pub(crate) struct TypeText {
    /// The words without arguments and array brackets:
    /// `timestamp with time zone`.
    pub(crate) name: String,
    /// The arguments in the parentheses.
    pub(crate) args: Vec<String>,
    /// How many pairs of brackets follow.
    pub(crate) dimensions: usize,
}

impl TypeText {
    pub(crate) fn split(text: &str) -> Self {
        let text = normalize(text);
        let mut rest = text.as_str();
        let mut dimensions = 0;
        while let Some(open) = rest.ends_with(']').then(|| rest.rfind('[')).flatten() {
            rest = rest[..open].trim_end();
            dimensions += 1;
        }
        let Some((open, close)) = outer_parentheses(rest) else {
            return Self { name: rest.to_owned(), args: Vec::new(), dimensions };
        };
        let args = rest[open + 1..close].split(',').map(|arg| arg.trim().to_owned()).collect();
        let name = format!("{}{}", rest[..open].trim_end(), &rest[close + 1..]);
        Self { name, args, dimensions }
    }

    /// The argument at a position, as a number.
    pub(crate) fn number<T: std::str::FromStr>(&self, at: usize) -> Option<T> {
        self.args.get(at).and_then(|arg| arg.parse().ok())
    }

    /// Whether there are only numbers between the parentheses, at most `most`.
    pub(crate) fn has_numbers_up_to(&self, most: usize) -> bool {
        self.args.len() <= most && self.args.iter().all(|arg| arg.parse::<i64>().is_ok())
    }
}

/// The first opening parenthesis outside quotes and its partner.
fn outer_parentheses(text: &str) -> Option<(usize, usize)> {
    let mut quoted = false;
    let mut open = None;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted && open.is_none() => open = Some(at),
            ')' if !quoted && open.is_some() => return open.map(|start| (start, at)),
            _ => {}
        }
    }
    None
}

/// Lower case and single spaces outside double quotes.
pub(crate) fn normalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quoted = false;
    for c in text.trim().chars() {
        if c == '"' || c == '\'' {
            quoted = !quoted;
        }
        if quoted {
            out.push(c);
        } else if c.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}
