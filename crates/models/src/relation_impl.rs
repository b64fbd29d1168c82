//! A `Relation` enum with a hand-written `RelationTrait`, in the form of older projects: a
//! `match` with one builder chain for each variant.

use autogen_schema::FkAction;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ImplItem, ItemImpl, Stmt};

use crate::codes::{KEY_WIDTH, RELATION};
use crate::column_type::text_of;
use crate::diagnostic::{Findings, unpaired};
use crate::model::Relation;
use crate::relation::{known_action, variants};

/// The relations in `impl RelationTrait for Relation` that own a key.
pub(crate) fn read_relation_impl(item: &ItemImpl, findings: &mut Findings) -> Vec<Relation> {
    let body = item.items.iter().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == "def" => function.block.stmts.last(),
        _ => None,
    });
    let Some(Stmt::Expr(Expr::Match(cases), _)) = body else {
        tell(item.impl_token.span, findings);
        return Vec::new();
    };
    let mut found = Vec::new();
    for arm in &cases.arms {
        let body = match &*arm.body {
            Expr::Block(block) => match block.block.stmts.as_slice() {
                [Stmt::Expr(expr, None)] => expr,
                _ => &*arm.body,
            },
            other => other,
        };
        // `_ => panic!(..)` means no relation.
        if matches!(body, Expr::Macro(_)) {
            continue;
        }
        match chain(body, arm.pat.span()) {
            Some(Link::Owner(relation)) if relation.from.len() != relation.to.len() => findings
                .add(
                    relation.span,
                    KEY_WIDTH,
                    unpaired(relation.from.len(), relation.to.len()),
                    "pair them one to one in `from` and `to`",
                ),
            Some(Link::Owner(relation)) => found.push(*relation),
            Some(Link::None) => {}
            None => tell(body.span(), findings),
        }
    }
    found
}

fn tell(span: Span, findings: &mut Findings) {
    findings.add(
        span,
        RELATION,
        "this relation is written in a form that can't be read",
        "derive `DeriveRelation`, or read the models with `--compiled`",
    );
}

/// The result of a builder chain.
enum Link {
    /// A relation that owns its key; parts may still be missing.
    Owner(Box<Relation>),
    /// One that does not own a key, or is declared to have none.
    None,
}

fn chain(expr: &Expr, span: Span) -> Option<Link> {
    match expr {
        Expr::Paren(inner) => chain(&inner.expr, span),
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else { return None };
            let name = function.path.segments.last()?.ident.to_string();
            match name.as_str() {
                "belongs_to" => {
                    let Some(Expr::Path(target)) = call.args.first() else { return None };
                    Some(Link::Owner(Box::new(Relation {
                        span,
                        target: target.path.clone(),
                        from: Vec::new(),
                        to: Vec::new(),
                        on_delete: FkAction::NoAction,
                        on_update: FkAction::NoAction,
                        name: None,
                    })))
                }
                "has_one" | "has_many" | "has_many_via" | "has_one_via" => Some(Link::None),
                _ => None,
            }
        }
        Expr::MethodCall(call) => {
            let mut relation = match chain(&call.receiver, span)? {
                Link::Owner(relation) => relation,
                Link::None => return Some(Link::None),
            };
            let argument = call.args.first();
            match call.method.to_string().as_str() {
                "into" | "on_condition" | "condition_type" => {}
                "from" => relation.from = variants(argument?)?,
                "to" => relation.to = variants(argument?)?,
                "on_delete" => relation.on_delete = action(argument?)?,
                "on_update" => relation.on_update = action(argument?)?,
                "fk_name" => relation.name = Some(text_of(argument?)?),
                "skip_fk" => return Some(Link::None),
                _ => return None,
            }
            Some(Link::Owner(relation))
        }
        _ => None,
    }
}

fn action(expr: &Expr) -> Option<FkAction> {
    let Expr::Path(path) = expr else { return None };
    known_action(&path.path.segments.last()?.ident.to_string())
}
