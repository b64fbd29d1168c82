//! The dependencies of a table's parts.

use autogen_dialect::{DependencyKind, Dialect};
use autogen_schema::{
    Column, Constraint, Expr, ForeignKey, Index, IndexKey, IndexPart, KeyPart, ObjectId, Partition,
    Partitioning, QName, Statistics, Table,
};

use super::Walk;

impl Walk {
    pub(super) fn table(&mut self, dialect: Dialect, table: &Table) {
        for column in &table.columns {
            self.column(table, column);
        }
        self.keys(&table.name, table, table);
        // Otherwise partitions are named within their table.
        if dialect.partitions_are_tables() {
            self.partitions(&table.name, table.partitioning.as_ref(), table);
        }
    }

    /// The partitions of `parent`, which has the columns of `table`.
    fn partitions(&mut self, parent: &QName, partitioning: Option<&Partitioning>, table: &Table) {
        for partition in partitioning.iter().flat_map(|it| &it.partitions) {
            let dependent = ObjectId::Relation(partition.name.clone());
            self.add(&dependent, DependencyKind::Inherits, &ObjectId::Relation(parent.clone()));
            self.partition(table, partition);
            self.partitions(&partition.name, partition.partitioning.as_ref(), table);
        }
    }

    /// A partition has the columns of its table, and keys and indexes of its own.
    fn partition(&mut self, table: &Table, partition: &Partition) {
        for column in &table.columns {
            let dependent = ObjectId::column(&partition.name, &column.name);
            let on = ObjectId::column(&table.name, &column.name);
            self.add(&dependent, DependencyKind::Inherits, &on);
        }
        self.keys(&partition.name, &partition.own, table);
    }

    fn column(&mut self, table: &Table, column: &Column) {
        let dependent = ObjectId::column(&table.name, &column.name);
        let default = ObjectId::Default(table.name.clone(), column.name.clone());
        if let Some(on) = self.of_type(&column.data_type) {
            self.add(&dependent, DependencyKind::OfType, &on);
            // The default is a value of the type.
            if column.default.is_some() {
                self.add(&default, DependencyKind::OfType, &on);
            }
        }
        self.default(&default, column.default.as_ref());
        if let Some(generated) = &column.generated {
            self.calls(&dependent, DependencyKind::Generates, &generated.expr);
            let kind = DependencyKind::Generates;
            self.mentioned(&dependent, kind, &table.name, table, &generated.expr);
        }
    }

    /// The constraints and indexes of `own`, on the columns of `table`.
    fn keys(&mut self, name: &QName, own: &Table, table: &Table) {
        for constraint in own.constraints() {
            self.constraint(name, table, &constraint);
        }
        for index in &own.indexes {
            self.index(name, table, index);
        }
    }

    fn constraint(&mut self, name: &QName, table: &Table, constraint: &Constraint) {
        let dependent = ObjectId::constraint(name, constraint);
        match constraint {
            Constraint::PrimaryKey(key) => {
                self.unique(&dependent, name, &key.columns, &key.include)
            }
            Constraint::Unique(key) => self.unique(&dependent, name, &key.columns, &key.include),
            Constraint::ForeignKey(key) => self.foreign_key(&dependent, name, key),
            Constraint::Check(check) => self.computed(&dependent, name, table, &check.expr),
            Constraint::Exclusion(exclusion) => {
                for (part, _) in &exclusion.elements {
                    self.part(&dependent, name, table, part, true);
                }
                exclusion
                    .predicate
                    .iter()
                    .for_each(|expr| self.computed(&dependent, name, table, expr));
            }
        }
    }

    fn unique(
        &mut self,
        dependent: &ObjectId,
        name: &QName,
        parts: &[KeyPart],
        include: &[String],
    ) {
        let columns = parts.iter().map(|part| &part.column);
        for column in columns.clone().chain(include) {
            self.add(dependent, DependencyKind::Holds, &ObjectId::column(name, column));
        }
        self.add(&ObjectId::key(name, columns), DependencyKind::Provides, dependent);
    }

    fn foreign_key(&mut self, dependent: &ObjectId, name: &QName, key: &ForeignKey) {
        let ends = key.columns.iter().map(|column| ObjectId::column(name, column));
        let referenced =
            key.referenced_columns.iter().map(|column| ObjectId::column(&key.references, column));
        let unique = ObjectId::key(&key.references, key.referenced_columns.iter());
        for on in ends.chain(referenced).chain([unique]).collect::<Vec<_>>() {
            self.add(dependent, DependencyKind::References, &on);
        }
    }

    fn index(&mut self, name: &QName, table: &Table, index: &Index) {
        let dependent = ObjectId::index(name, index);
        for part in &index.parts {
            self.part(&dependent, name, table, part, index.method.is_some());
        }
        for column in &index.include {
            let kind = held(index.method.is_some());
            self.add(&dependent, kind, &ObjectId::column(name, column));
        }
        index.predicate.iter().for_each(|expr| self.computed(&dependent, name, table, expr));
        if let Some(columns) = index.unique_columns() {
            let key = ObjectId::key(name, columns.into_iter());
            self.add(&key, DependencyKind::Provides, &dependent);
        }
    }

    /// A part of an index; an access method or an operator class depends on the column's
    /// operators.
    fn part(
        &mut self,
        dependent: &ObjectId,
        name: &QName,
        table: &Table,
        part: &IndexPart,
        by_method: bool,
    ) {
        match &part.key {
            IndexKey::Column(column) => {
                let kind = held(by_method || part.opclass.is_some());
                self.add(dependent, kind, &ObjectId::column(name, column));
            }
            IndexKey::Expression(expr) => self.computed(dependent, name, table, expr),
        }
    }

    /// Statistics of a table, or of a materialized view if there is no such table.
    pub(super) fn statistics(&mut self, table: Option<&Table>, statistics: &Statistics) {
        let dependent = ObjectId::Statistics(statistics.name.clone());
        let name = &statistics.table;
        self.add(&dependent, DependencyKind::Holds, &ObjectId::Relation(name.clone()));
        for key in &statistics.on {
            match (key, table) {
                (IndexKey::Column(column), Some(_)) => {
                    self.add(&dependent, DependencyKind::Holds, &ObjectId::column(name, column));
                }
                (IndexKey::Column(_), None) => {}
                (IndexKey::Expression(expr), Some(table)) => {
                    self.computed(&dependent, name, table, expr);
                }
                (IndexKey::Expression(expr), None) => {
                    self.calls(&dependent, DependencyKind::Computes, expr);
                }
            }
        }
    }

    /// The columns that an expression names, and the routines that it calls.
    fn computed(&mut self, dependent: &ObjectId, name: &QName, table: &Table, expr: &Expr) {
        self.calls(dependent, DependencyKind::Computes, expr);
        self.mentioned(dependent, DependencyKind::Computes, name, table, expr);
    }

    fn mentioned(
        &mut self,
        dependent: &ObjectId,
        kind: DependencyKind,
        name: &QName,
        table: &Table,
        expr: &Expr,
    ) {
        for column in table.columns.iter().filter(|it| expr.mentions(&it.name)) {
            self.add(dependent, kind, &ObjectId::column(name, &column.name));
        }
    }
}

fn held(by_operators: bool) -> DependencyKind {
    if by_operators { DependencyKind::Computes } else { DependencyKind::Holds }
}
