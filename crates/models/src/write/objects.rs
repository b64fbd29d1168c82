//! The keys, indexes and constraints of a table as attributes: on the field of their only
//! column, or on the struct. What silence says already is left out.

use std::collections::BTreeSet;

use autogen_dialect::Dialect;
use autogen_schema::attribute::{Attributed, parameters};
use autogen_schema::{
    Check, Column, FkMatch, ForeignKey, Index, IndexKey, IndexPart, Name, PrimaryKey, QName,
    Schema, Table, Unique,
};

use super::names::is_plain;
use super::print::{literal, pair};
use crate::table_attr::{index_name, key_name};

/// The attributes of a table's objects.
#[derive(Debug, Default)]
pub(super) struct Objects {
    /// On the struct, for autogen.
    pub(super) of_struct: Vec<String>,
    /// On each field.
    pub(super) of_fields: Vec<OfField>,
    /// What a relation of each foreign key has to say.
    pub(super) keys: Vec<KeyWords>,
}

/// The attributes of a field.
#[derive(Debug, Default, Clone)]
pub(super) struct OfField {
    pub(super) sea_orm: Vec<String>,
    pub(super) autogen: Vec<String>,
}

/// What is to be said of a foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyWords {
    /// A relation says all.
    Relation,
    /// A relation with this name.
    Named(String),
    /// More than a relation can say.
    Attribute,
}

/// Writes the objects of one table.
pub(super) struct Writer<'a> {
    pub(super) dialect: Dialect,
    /// Enums and domains.
    pub(super) types: &'a Schema,
    pub(super) table: &'a Table,
    pub(super) entity: bool,
    /// Whether a relation declares a foreign key, by its place.
    pub(super) related: &'a BTreeSet<usize>,
    /// The tables that have models.
    pub(super) declared: &'a BTreeSet<QName>,
}

impl Writer<'_> {
    pub(super) fn write(&self) -> Objects {
        let mut found = Objects {
            of_fields: vec![OfField::default(); self.table.columns.len()],
            ..Objects::default()
        };
        self.options(&mut found);
        self.primary_key(&mut found);
        for unique in &self.table.uniques {
            self.unique(unique, &mut found);
        }
        for (at, key) in self.table.foreign_keys.iter().enumerate() {
            self.foreign_key(at, key, &mut found);
        }
        for check in &self.table.checks {
            self.check(check, &mut found);
        }
        for exclusion in &self.table.exclusions {
            let mut unnamed = exclusion.clone();
            unnamed.name = Name::Free(None);
            let created = self.created(|table| table.exclusions.push(unnamed.clone()));
            let silent = created.exclusions.first().is_some_and(|it| it.name == exclusion.name);
            let said = if silent { unnamed } else { exclusion.clone() };
            found.of_struct.push(said.attribute().inner());
        }
        for index in &self.table.indexes {
            self.index(index, &mut found);
        }
        found
    }

    /// The table with its columns and one thing added, as it is when created.
    fn created(&self, add: impl FnOnce(&mut Table)) -> Table {
        let mut table = Table::new(self.table.name.clone());
        table.columns.clone_from(&self.table.columns);
        table.options = self.table.options.clone();
        add(&mut table);
        let mut schema = self.types.clone();
        schema.add_table(table);
        let created = self.dialect.as_created(&schema);
        let created = created.tables.into_values().next();
        created.map_or_else(|| Table::new(self.table.name.clone()), |it| (*it).clone())
    }

    fn options(&self, found: &mut Objects) {
        let options = &self.table.options;
        let said = &mut found.of_struct;
        let flags = [
            ("strict", options.strict),
            ("without_rowid", options.without_rowid),
            ("unlogged", options.unlogged),
        ];
        said.extend(flags.iter().filter(|(_, set)| *set).map(|(key, _)| (*key).to_owned()));
        if !options.storage.is_empty() {
            said.push(format!("with({})", parameters(&options.storage)));
        }
        let texts = [
            ("tablespace", &options.tablespace),
            ("engine", &options.engine),
            ("charset", &options.charset),
            ("collation", &options.collation),
            ("row_format", &options.row_format),
        ];
        let by = self.table.partitioning.as_ref().map(|it| it.by.clone());
        let texts = texts.into_iter().chain([("partition_by", &by)]);
        said.extend(texts.filter_map(|(key, value)| Some(pair(key, value.as_deref()?))));
    }

    fn primary_key(&self, found: &mut Objects) {
        let Some(key) = &self.table.primary_key else { return };
        let names: Vec<&str> = key.columns.iter().map(|part| part.column.as_str()).collect();
        let fields: Vec<&str> = self
            .table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .filter(|name| names.contains(name))
            .collect();
        let name = match fields.len() {
            0 | 1 => Name::Free(None),
            _ => Name::proposed(format!("pk-{}", self.table.name.name)),
        };
        let implied = PrimaryKey::new(name, &fields);
        let created = self.created(|table| table.primary_key = Some(implied.clone()));
        let Some(created) = created.primary_key else { return };
        let mut said = key.clone();
        if created.name == key.name {
            said.name = Name::Absent;
        }
        if (PrimaryKey { name: said.name.clone(), ..created.clone() }) == said
            && said.name == Name::Absent
        {
            return;
        }
        let attribute = said.attribute();
        let attribute =
            if created.columns == key.columns { attribute.without("columns") } else { attribute };
        found.of_struct.push(attribute.inner());
    }

    fn unique(&self, unique: &Unique, found: &mut Objects) {
        let mut unnamed = unique.clone();
        unnamed.name = Name::Free(None);
        let created = self.created(|table| table.uniques.push(unnamed.clone()));
        let silent = created.uniques.first().is_some_and(|it| it.name == unique.name);
        self.say_unique(if silent { &unnamed } else { unique }, found);
    }

    fn say_unique(&self, unique: &Unique, found: &mut Objects) {
        let column = match unique.columns.as_slice() {
            [only] if is_bare(only) => self.place(&only.column),
            _ => None,
        };
        let Some(at) = column else {
            found.of_struct.push(unique.attribute().inner());
            return;
        };
        let attribute = unique.attribute().without("columns").inner();
        let field = &mut found.of_fields[at];
        if self.entity && !field.sea_orm.iter().any(|it| it == "unique") {
            field.sea_orm.push("unique".to_owned());
            if attribute == "unique" {
                return;
            }
        }
        field.autogen.push(attribute);
    }

    fn foreign_key(&self, at: usize, key: &ForeignKey, found: &mut Objects) {
        let mut proposed = key.clone();
        proposed.name = Name::proposed(key_name(&self.table.name.name, &key.columns));
        let created = self.created(|table| table.foreign_keys.push(proposed.clone()));
        let silent = key.name == Name::Absent
            || created.foreign_keys.first().is_some_and(|it| it.name == key.name);
        let plain = key.set_columns.is_empty()
            && key.match_type == FkMatch::Simple
            && key.deferrable.is_none()
            && !key.not_valid
            && key.comment.is_none();
        // Two keys of the same columns are told apart by their names.
        let twins = self.table.foreign_keys.iter().filter(|it| it.same_ends(key)).count() > 1;
        let (plain, silent) = (plain && !twins, silent && !twins);
        let words = match (plain, silent, key.name.text()) {
            (true, false, Some(name)) => KeyWords::Named(name.to_owned()),
            (true, _, _) => KeyWords::Relation,
            (false, _, _) => KeyWords::Attribute,
        };
        let related = self.related.contains(&at);
        let by_relation = related && words != KeyWords::Attribute;
        found.keys.push(words);
        if by_relation {
            return;
        }
        let mut said = key.clone();
        if silent {
            said.name = Name::Absent;
        }
        let attribute = match self.declared.contains(&key.references) {
            true => said.attribute(),
            false => said.external_attribute(),
        };
        match key.columns.as_slice() {
            [only] if let Some(at) = self.place(only) => {
                found.of_fields[at].autogen.push(attribute.without("columns").inner());
            }
            _ => found.of_struct.push(attribute.inner()),
        }
    }

    fn check(&self, check: &Check, found: &mut Objects) {
        let mut unnamed = check.clone();
        unnamed.name = Name::Free(None);
        let created = self.created(|table| table.checks.push(unnamed.clone()));
        let silent = created.checks.first().is_some_and(|it| it.name == check.name);
        let said = if silent { unnamed } else { check.clone() };
        let attribute = said.attribute().inner();
        let columns = self.table.columns.iter().enumerate();
        let mut about = columns.filter(|(_, column)| check.expr.mentions(&column.name));
        match (about.next(), about.next()) {
            (Some((at, _)), None) => found.of_fields[at].autogen.push(attribute),
            _ => found.of_struct.push(attribute),
        }
    }

    fn index(&self, index: &Index, found: &mut Objects) {
        if self.is_implied(index) {
            return;
        }
        if let Some(unique) = self.as_unique(index) {
            self.say_unique(&unique, found);
            return;
        }
        if self.unique_key(index, found) {
            return;
        }
        let mut said = index.clone();
        said.name = Name::proposed(index_name(&self.table.name.name, index));
        let created = self.created(|table| table.indexes.push(said.clone()));
        let silent = created.indexes.first().is_some_and(|it| it.name == index.name);
        said.name = if silent { Name::Absent } else { index.name.clone() };
        let column = match index.parts.as_slice() {
            [IndexPart { key: IndexKey::Column(name), .. }]
                if index.parts[0] == IndexPart::column(name.clone()) =>
            {
                self.place(name)
            }
            _ => None,
        };
        let Some(at) = column else {
            found.of_struct.push(said.attribute().inner());
            return;
        };
        let attribute = said.attribute().without("columns").inner();
        let field = &mut found.of_fields[at];
        let taken = field.sea_orm.iter().any(|it| it == "unique" || it == "indexed");
        if attribute == "index" && self.entity && !taken {
            field.sea_orm.push("indexed".to_owned());
        } else {
            field.autogen.push(attribute);
        }
    }

    /// Whether the server creates the index for a foreign key.
    fn is_implied(&self, index: &Index) -> bool {
        if self.table.foreign_keys.is_empty() {
            return false;
        }
        let others = |it: &&Index| it.name != index.name;
        let created = self.created(|table| {
            table.primary_key.clone_from(&self.table.primary_key);
            table.foreign_keys.clone_from(&self.table.foreign_keys);
            table.indexes = self.table.indexes.iter().filter(others).cloned().collect();
        });
        created.indexes.contains(index)
    }

    /// The unique constraint that has this index, where the database has no other.
    fn as_unique(&self, index: &Index) -> Option<Unique> {
        let columns: Vec<&str> = index.unique_columns()?.into_iter().map(String::as_str).collect();
        let mut unique = Unique::new(Name::Free(None), &columns);
        for (part, of) in unique.columns.iter_mut().zip(&index.parts) {
            part.prefix = of.prefix;
            part.descending = of.descending;
        }
        unique.comment.clone_from(&index.comment);
        unique.nulls_not_distinct = index.nulls_not_distinct;
        let created = self.created(|table| table.uniques.push(unique.clone()));
        let created = created.indexes.first().filter(|it| it.same_structure(index))?;
        if created.name != index.name {
            unique.name = index.name.clone();
        }
        Some(unique)
    }

    /// SeaORM's `unique_key`, where the name of the index is the one that it gives.
    fn unique_key(&self, index: &Index, found: &mut Objects) -> bool {
        let prefix = format!("idx-{}-", self.table.name.name);
        let key = index.name.text().and_then(|name| name.strip_prefix(&prefix));
        let (Some(key), Some(columns)) = (key.filter(|it| is_plain(it)), index.unique_columns())
        else {
            return false;
        };
        let columns: Vec<&str> = columns.into_iter().map(String::as_str).collect();
        let places: Option<Vec<usize>> = columns.iter().map(|name| self.place(name)).collect();
        let mut wanted = Index::new(index.name.clone(), &columns);
        wanted.unique = true;
        let ordered = places.as_ref().is_some_and(|it| it.is_sorted());
        let free = |at: &usize| {
            !found.of_fields[*at].sea_orm.iter().any(|it| it.starts_with("unique_key"))
        };
        let Some(places) = places.filter(|it| {
            self.entity && ordered && wanted == *index && it.iter().all(free) && it.len() > 1
        }) else {
            return false;
        };
        for at in places {
            found.of_fields[at].sea_orm.push(format!("unique_key = {}", literal(key)));
        }
        true
    }

    fn place(&self, column: &str) -> Option<usize> {
        self.table.columns.iter().position(|it: &Column| it.name == column)
    }
}

fn is_bare(part: &autogen_schema::KeyPart) -> bool {
    *part == autogen_schema::KeyPart::new(part.column.clone())
}
