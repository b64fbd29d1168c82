//! The ways to name revisions: the beginning of an id, a label, `head`, `heads`, `base`, and
//! steps from there.

use std::collections::BTreeSet;

use super::{Revision, RevisionError, Revisions};

impl Revisions {
    /// Finds one revision: the beginning of its id, `head`, a label, or `label@head` for the end
    /// of a branch; a suffix `+N` or `-N` moves from there.
    ///
    /// # Errors
    /// If none or several match.
    pub fn find(&self, text: &str) -> Result<&Revision, RevisionError> {
        match self.find_all(text)?.as_slice() {
            [one] => Ok(one),
            [] => Err(RevisionError::Unknown { text: text.to_owned() }),
            several => Err(ambiguous(text, several)),
        }
    }

    /// Finds the revisions of a name: several for `heads`, none for `base`.
    ///
    /// # Errors
    /// If nothing matches, or too much.
    pub fn find_all(&self, text: &str) -> Result<Vec<&Revision>, RevisionError> {
        match split_steps(text) {
            Some((name, steps)) if !name.is_empty() => {
                let from = self.named(name)?;
                self.walk(text, from, steps)
            }
            Some(_) | None => self.named(text),
        }
    }

    /// The revisions of a name for a database that has some revisions: steps start from these.
    /// The result is the database's state afterwards.
    ///
    /// # Errors
    /// As [`Revisions::find_all`].
    pub fn find_from(
        &self,
        text: &str,
        applied: &BTreeSet<&str>,
    ) -> Result<Vec<&Revision>, RevisionError> {
        match split_steps(text) {
            Some(("", steps)) => {
                let tips = self.tips(applied);
                self.walk(text, tips, steps)
            }
            Some(_) | None => self.find_all(text),
        }
    }

    /// The revisions of a name and all their ancestors, parents first; for a database that has
    /// some revisions, from which steps start.
    ///
    /// # Errors
    /// As [`Revisions::find_all`].
    pub fn up_to(
        &self,
        text: &str,
        applied: &BTreeSet<&str>,
    ) -> Result<Vec<&Revision>, RevisionError> {
        let ids = self.lineage_of(&self.find_from(text, applied)?);
        Ok(self.iter().filter(|it| ids.contains(it.id.as_str())).collect())
    }

    /// The applied revisions to undo for a way down to `-N`, `base` or a revision, newest first.
    /// Other branches of the goal are kept.
    ///
    /// # Errors
    /// As [`Revisions::find_all`], and if there are not as many steps.
    pub fn back<'r>(
        &'r self,
        applied: &[&'r Revision],
        goal: &str,
    ) -> Result<Vec<&'r Revision>, RevisionError> {
        let newest_first = applied.iter().rev().copied();
        if goal == "base" {
            return Ok(newest_first.collect());
        }
        if let Some(steps) = goal.strip_prefix('-') {
            let steps: usize =
                steps.parse().map_err(|_| RevisionError::NoSteps { text: goal.to_owned() })?;
            if steps > applied.len() {
                return Err(RevisionError::TooFarBack { steps, applied: applied.len() });
            }
            return Ok(newest_first.take(steps).collect());
        }
        let goals = self.find_all(goal)?;
        let gone: BTreeSet<&str> =
            goals.iter().flat_map(|goal| self.descendants(&goal.id)).collect();
        Ok(newest_first.filter(|it| gone.contains(it.id.as_str())).collect())
    }

    /// The revisions of a set that have no child in it.
    pub fn tips(&self, ids: &BTreeSet<&str>) -> Vec<&Revision> {
        let within = || self.iter().filter(|it| ids.contains(it.id.as_str()));
        let before: BTreeSet<&String> = within().flat_map(|it| &it.parents).collect();
        within().filter(|it| !before.contains(&it.id)).collect()
    }

    /// Some revisions and all their ancestors.
    pub fn lineage_of(&self, goals: &[&Revision]) -> BTreeSet<&str> {
        goals.iter().flat_map(|goal| self.lineage(&goal.id)).collect()
    }

    /// All descendants of a revision.
    pub fn descendants(&self, id: &str) -> BTreeSet<&str> {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        // Parents come before children in this order.
        for revision in self.iter() {
            if revision.before().any(|it| it == id || found.contains(it.as_str())) {
                found.insert(&revision.id);
            }
        }
        found
    }

    /// The revisions with several children.
    pub fn branch_points(&self) -> Vec<&Revision> {
        self.iter().filter(|it| self.children(&it.id).count() > 1).collect()
    }

    /// The children of a revision.
    pub fn children<'r>(&'r self, id: &'r str) -> impl Iterator<Item = &'r Revision> {
        self.iter().filter(move |it| it.parents.iter().any(|parent| parent == id))
    }

    fn named(&self, text: &str) -> Result<Vec<&Revision>, RevisionError> {
        match text {
            "base" => return Ok(Vec::new()),
            "heads" => return Ok(self.heads()),
            "head" => return Ok(self.head()?.into_iter().collect()),
            _ => {}
        }
        if let Some((label, end)) = text.split_once('@') {
            let root = self.labelled(label).ok_or_else(|| unknown(text))?;
            return match end {
                "head" | "heads" => {
                    let mut branch = self.descendants(&root.id);
                    branch.insert(&root.id);
                    let tips = self.tips(&branch);
                    if end == "head" && tips.len() > 1 {
                        return Err(ambiguous(text, &tips));
                    }
                    Ok(tips)
                }
                "base" => Ok(vec![root]),
                _ => Err(unknown(text)),
            };
        }
        if let Some(revision) = self.labelled(text) {
            return Ok(vec![revision]);
        }
        let fitting: Vec<&Revision> =
            self.iter().filter(|it| !text.is_empty() && it.id.starts_with(text)).collect();
        match fitting.as_slice() {
            [_] => Ok(fitting),
            [] => Err(unknown(text)),
            several => match several.iter().find(|it| it.id == text) {
                Some(exact) => Ok(vec![exact]),
                None => Err(ambiguous(text, several)),
            },
        }
    }

    fn labelled(&self, label: &str) -> Option<&Revision> {
        self.iter().find(|revision| revision.labels.iter().any(|other| other == label))
    }

    fn walk(
        &self,
        text: &str,
        from: Vec<&Revision>,
        steps: isize,
    ) -> Result<Vec<&Revision>, RevisionError> {
        let too_far = |problem: String| RevisionError::TooFar { text: text.to_owned(), problem };
        let mut ids = self.lineage_of(&from);
        if steps < 0 {
            let order: Vec<&str> =
                self.iter().rev().map(|it| it.id.as_str()).filter(|id| ids.contains(id)).collect();
            let count = steps.unsigned_abs();
            if count > order.len() {
                return Err(too_far(format!("{} come before it", order.len())));
            }
            for id in &order[..count] {
                ids.remove(id);
            }
            return Ok(self.tips(&ids));
        }
        for _ in 0..steps {
            let ready = |it: &&Revision| {
                !ids.contains(it.id.as_str()) && it.before().all(|id| ids.contains(id.as_str()))
            };
            let next: Vec<&Revision> = self.iter().filter(ready).collect();
            match next.as_slice() {
                [] => return Err(too_far("nothing comes after it".to_owned())),
                [only] => {
                    ids.insert(&only.id);
                }
                several => return Err(ambiguous(text, several)),
            }
        }
        Ok(self.tips(&ids))
    }
}

/// `name+2` and `name-2`; a label may have a dash, so what follows is digits.
fn split_steps(text: &str) -> Option<(&str, isize)> {
    let at = text.rfind(['+', '-'])?;
    let (name, steps) = text.split_at(at);
    let digits = &steps[1..];
    let number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    number.then(|| steps.parse().ok()).flatten().map(|steps| (name, steps))
}

fn unknown(text: &str) -> RevisionError {
    RevisionError::Unknown { text: text.to_owned() }
}

fn ambiguous(text: &str, several: &[&Revision]) -> RevisionError {
    let candidates = several.iter().map(|it| it.id.clone()).collect();
    RevisionError::Ambiguous { text: text.to_owned(), candidates }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// 1 - 2 - 4, and 1 - 3 with the label `side`; 5 joins them.
    fn revisions(merged: bool) -> Revisions {
        let mut files = BTreeMap::new();
        let mut add = |id: &str, parents: &str, more: &str| {
            let text = format!("-- revision: {id}\n-- parents: {parents}\n{more}\nSELECT 1;\n");
            files.insert(format!("{id}_x.up.sql"), text);
        };
        add("1", "none", "");
        add("2", "1", "");
        add("3", "1", "-- labels: side\n");
        add("4", "2", "");
        if merged {
            add("5", "3, 4", "");
        }
        Revisions::read(&files).unwrap_or_default()
    }

    fn ids(found: Result<Vec<&Revision>, RevisionError>) -> Result<String, &'static str> {
        let ids = found.map_err(|error| error.code())?;
        Ok(ids.iter().map(|it| it.id.as_str()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn names() {
        let open = revisions(false);
        for (name, wanted) in [
            ("base", Ok("")),
            ("heads", Ok("3 4")),
            ("head", Err("A0507")),
            ("side", Ok("3")),
            ("side@head", Ok("3")),
            ("2+1", Err("A0509")),
            ("4-1", Ok("2")),
            ("4-3", Ok("")),
            ("4-4", Err("A0513")),
            ("9", Err("A0508")),
            ("", Err("A0508")),
            ("side@tail", Err("A0508")),
        ] {
            assert_eq!(ids(open.find_all(name)), wanted.map(str::to_owned), "{name}");
        }
        let merged = revisions(true);
        assert_eq!(ids(merged.find_all("head")), Ok("5".to_owned()));
        assert_eq!(ids(merged.find_all("head-1")), Ok("3 4".to_owned()));
        assert_eq!(ids(merged.find_all("5+1")), Err("A0513"));
    }

    #[test]
    fn steps_from_where_a_database_stands() {
        let merged = revisions(true);
        let all: BTreeSet<&str> = ["1", "2", "3", "4", "5"].into();
        assert_eq!(ids(merged.find_from("-1", &all)), Ok("3 4".to_owned()));
        assert_eq!(ids(merged.find_from("-2", &all)), Ok("2 3".to_owned()));
        assert_eq!(ids(merged.find_from("+1", &["1", "2", "3"].into())), Ok("3 4".to_owned()));
        assert_eq!(ids(merged.find_from("+1", &BTreeSet::new())), Ok("1".to_owned()));
        assert_eq!(merged.descendants("2"), ["4", "5"].into());
    }
}
