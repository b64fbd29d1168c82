//! Exchanged names: one object gets a temporary name until the other name is free.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::{Change, ConstraintChange, IndexChange, Name, Pair, Schema};

use super::effect::Effect;

/// Splits one of the changes that wait for each other: a rename whose name another one waits
/// for. `None` if there is none.
pub(super) fn untied(
    dialect: Dialect,
    schema: Pair<&Schema>,
    stuck: &[(usize, &Change)],
) -> Option<(usize, [Change; 2])> {
    let names = Names::of(dialect, schema);
    let effects: Vec<Effect> = stuck.iter().map(|(_, it)| Effect::of(dialect, it)).collect();
    let waited_for = |effect: &Effect| {
        let mut taken = effects.iter().flat_map(|it| &it.takes);
        taken.any(|name| effect.frees.contains(name) && !effect.takes.contains(name))
    };
    let mut renames = stuck.iter().zip(&effects).filter(|(_, effect)| waited_for(effect));
    renames.find_map(|((at, change), _)| Some((*at, halves(&names, change)?)))
}

fn halves(names: &Names, change: &Change) -> Option<[Change; 2]> {
    if let Change::Constraint(ConstraintChange::Rename { table, constraint, name }) = change {
        return Some(through(names, name)?.map(|name| {
            let constraint = constraint.clone().with_name(name.before.clone());
            ConstraintChange::Rename { table: table.clone(), constraint, name }.into()
        }));
    }
    let Change::Index(IndexChange::Rename { table, index, name }) = change else { return None };
    Some(through(names, name)?.map(|name| {
        let index = Box::new(index.with_name(name.before.clone()));
        IndexChange::Rename { table: table.clone(), index, name }.into()
    }))
}

/// Through a temporary name that nothing has.
fn through(names: &Names, name: &Pair<Name>) -> Option<[Pair<Name>; 2]> {
    let between = Name::exact(names.dialect.aside(name.before.text()?, names.taken.clone()));
    Some([Pair::new(name.before.clone(), between.clone()), Pair::new(between, name.after.clone())])
}

/// The names that are used, before or after.
struct Names {
    dialect: Dialect,
    taken: BTreeSet<String>,
}

impl Names {
    fn of(dialect: Dialect, schema: Pair<&Schema>) -> Self {
        let mut taken = BTreeSet::new();
        for side in [schema.before, schema.after] {
            for table in side.tables.values() {
                taken.insert(table.name.name.clone());
                let constraints = table.constraint_names().map(|(_, name)| name);
                let names = constraints.chain(table.indexes.iter().map(|it| &it.name));
                taken.extend(names.filter_map(Name::text).map(str::to_owned));
            }
            let others = side.views.keys().chain(side.sequences.keys());
            taken.extend(others.map(|name| name.name.clone()));
        }
        Self { dialect, taken }
    }
}
