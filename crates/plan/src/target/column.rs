//! Columns.

use autogen_dialect::ExpressionRole;
use autogen_schema::{Column, ColumnType, Default, Identity, Literal, PrimaryKey, Table};

use super::{Resolver, declaration, entity};

impl Resolver<'_> {
    /// The desired column; `table` is the declared one.
    pub(super) fn column(
        &mut self,
        table: &Table,
        before: &Column,
        after: &Column,
        partial: bool,
    ) -> Column {
        let mut column = after.clone();
        column.access.clone_from(&before.access);
        column.counter.clone_from(&before.counter);
        let inferred = self.declared.inferred.get(&table.name).filter(|_| partial);
        let inferred = inferred.is_some_and(|columns| columns.contains(&after.name));
        if inferred && self.dialect.satisfies(&after.data_type, &before.data_type) {
            column.data_type = before.data_type.clone();
        } else if partial {
            column.data_type = entity::data_type(self.dialect, &before.data_type, &after.data_type);
        }
        column.identity = identity(before, after);
        column.default = self.default(table, before, after, &column.data_type);
        if after.identity == Some(Identity::Auto)
            && before.identity.is_none()
            && Self::counts(before)
        {
            // It counts by a sequence with options of its own.
            column.identity = None;
            column.default.clone_from(&before.default);
        }
        if let (Some(current), Some(wanted)) = (&before.generated, &after.generated) {
            let role = ExpressionRole::Generated { column: after.name.clone() };
            if current.storage == wanted.storage
                && self.same_expression(table, role, &current.expr, &wanted.expr)
            {
                column.generated = Some(current.clone());
            }
        }
        if partial {
            if inferred && column.data_type != after.data_type {
                let found = self.dialect.render_type(&before.data_type);
                let attribute = declaration::value("sql_type", &found);
                let name = format_args!("{}.{}", table.name, before.name);
                self.findings.keep("type", name, attribute);
            }
            if matches!(before.data_type, ColumnType::InlineEnum(_))
                && column.data_type == before.data_type
                && before.data_type != after.data_type
                && !inferred
            {
                let name = format_args!("{}.{}", table.name, before.name);
                let found = self.dialect.render_type(&before.data_type);
                let attribute = declaration::value("sql_type", &found);
                self.findings.keep("label order", name, attribute);
            }
            let is_key = |key: &PrimaryKey| key.columns.iter().any(|it| it.column == after.name);
            if table.primary_key.as_ref().is_some_and(is_key) {
                // SQLite has keys that may be NULL, and SeaORM no word for them.
                column.nullable = before.nullable;
            }
            self.leave(table, before, &mut column);
        }
        column
    }

    /// What a partial model does not declare is kept.
    fn leave(&mut self, table: &Table, before: &Column, column: &mut Column) {
        let dialect = self.dialect;
        let findings = &mut self.findings;
        let mut keep = |kind: &'static str, declared: bool, exists: bool| {
            let left = !declared && exists;
            if left {
                let name = format_args!("{}.{}", table.name, before.name);
                findings.keep(kind, name, declaration::part_of_column(dialect, kind, before));
            }
            left
        };
        let number = before.identity.is_some();
        if keep(
            "default",
            column.default.is_some() || column.generated.is_some(),
            before.default.is_some(),
        ) {
            column.default.clone_from(&before.default);
        }
        if keep("identity", column.identity.is_some(), number) {
            column.identity.clone_from(&before.identity);
        }
        if keep("generated column", column.generated.is_some(), before.generated.is_some()) {
            column.generated.clone_from(&before.generated);
            column.default = None;
        }
        if keep("collation", column.collation.is_some(), before.collation.is_some()) {
            column.collation.clone_from(&before.collation);
        }
        if keep("comment", column.comment.is_some(), before.comment.is_some()) {
            column.comment.clone_from(&before.comment);
        }
        if keep("on update", column.on_update.is_some(), before.on_update.is_some()) {
            column.on_update.clone_from(&before.on_update);
        }
        let open = match column.identity {
            Some(Identity::Auto) => true,
            Some(Identity::AutoIncrement) => dialect.numbers_keys(),
            Some(Identity::Always(_) | Identity::ByDefault(_) | Identity::Serial(_)) | None => {
                false
            }
        };
        if before.identity.is_none() && open {
            // The entity only declares that the database generates the number.
            column.identity = None;
        }
    }

    fn default(
        &mut self,
        table: &Table,
        before: &Column,
        after: &Column,
        data_type: &ColumnType,
    ) -> Option<Default> {
        let (Some(current), Some(wanted)) = (&before.default, &after.default) else {
            return after.default.clone();
        };
        let same = match (current, wanted) {
            (current, wanted) if current == wanted => true,
            (Default::Literal(current), Default::Literal(wanted)) if !is_rewritten(data_type) => {
                same_number(current, wanted)
            }
            (current, wanted) => {
                let role = ExpressionRole::Default { column: after.name.clone() };
                let (current, wanted) = (self.text(current), self.text(wanted));
                self.same_expression(table, role, &current, &wanted)
            }
        };
        Some(if same { current.clone() } else { wanted.clone() })
    }

    fn text(&self, default: &Default) -> autogen_schema::Expr {
        autogen_schema::Expr::new(self.dialect.default_text(default))
    }
}

/// Whether servers rewrite constants of this type.
fn is_rewritten(data_type: &ColumnType) -> bool {
    match data_type {
        ColumnType::Boolean
        | ColumnType::Integer { .. }
        | ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text(_)
        | ColumnType::Json
        | ColumnType::Enum(_)
        | ColumnType::InlineEnum(_)
        | ColumnType::Set(_) => false,
        ColumnType::Float
        | ColumnType::Double
        | ColumnType::Decimal(_)
        | ColumnType::Money(_)
        | ColumnType::Binary(_)
        | ColumnType::VarBinary(_)
        | ColumnType::Blob(_)
        | ColumnType::Bit(_)
        | ColumnType::VarBit(_)
        | ColumnType::Date
        | ColumnType::Time { .. }
        | ColumnType::DateTime { .. }
        | ColumnType::Timestamp { .. }
        | ColumnType::Year
        | ColumnType::Interval { .. }
        | ColumnType::JsonBinary
        | ColumnType::Uuid
        | ColumnType::Inet
        | ColumnType::Cidr
        | ColumnType::MacAddr
        | ColumnType::LTree
        | ColumnType::Vector(_)
        | ColumnType::Domain(_)
        | ColumnType::Array(_)
        | ColumnType::Verbatim(_) => true,
    }
}

/// Whether two literals are the same number, in any spelling.
fn same_number(current: &Literal, wanted: &Literal) -> bool {
    match (current, wanted) {
        (Literal::Number(current), Literal::Number(wanted)) => {
            let parse = |text: &str| text.parse::<i128>().ok();
            current == wanted || (parse(current).is_some() && parse(current) == parse(wanted))
        }
        (current, wanted) => current == wanted,
    }
}

/// Auto-increment in an unspecified form matches any existing form.
fn identity(before: &Column, after: &Column) -> Option<Identity> {
    match (&before.identity, &after.identity) {
        (Some(current), Some(Identity::Auto)) => Some(current.clone()),
        (Some(current @ Identity::Serial(Some(_))), Some(Identity::Serial(None))) => {
            Some(current.clone())
        }
        (_, wanted) => wanted.clone(),
    }
}
