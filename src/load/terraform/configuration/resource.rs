//! Attributes of resources and data: as written, as the provider computes them, or unknown.

use std::rc::Rc;

use super::expression::{Block, Body};
use super::module::{Env, Instance};
use super::value::{Field, Kind, Val};
use super::world::World;
use crate::catalog;
use crate::iam::{Member, Node, Place, Text, UnresolvedKind, Value};
use crate::load::aws_managed;
use crate::load::terraform::{computed, policy_document};

impl World<'_> {
    /// An attribute of an instance.
    pub fn resource_attribute(&self, instance: &Rc<Instance>, name: &str) -> Val {
        self.memo_of_instance(instance, name, || self.attribute_inside(instance, name))
    }

    fn attribute_inside(&self, instance: &Rc<Instance>, name: &str) -> Val {
        let Some(block) = instance.env.module.folder.resources.get(instance.block) else {
            return Val::null(instance.place);
        };
        if let Some(val) = self.written(instance, &block.body, name) {
            // AWS keeps the issuer without its scheme, and that is what the attribute gives.
            let is_issuer = block.kind == "aws_iam_openid_connect_provider" && name == "url";
            return match val.known() {
                Some(url) if is_issuer => {
                    let bare = url.strip_prefix("https://").unwrap_or(&url).to_owned();
                    Val::text(val.place, bare)
                }
                _ => val,
            };
        }
        if block.is_data
            && let Some(val) = self.read_data(instance, &block.kind, name)
        {
            return val;
        }
        let known = |attribute: &str| self.written(instance, &block.body, attribute)?.to_text();
        let subject = computed::Subject {
            kind: &block.kind,
            address: &instance.address,
            is_data: block.is_data,
            place: self
                .symbol("", UnresolvedKind::Attribute, instance.place)
                .place,
            known: &known,
        };
        match subject.attribute(name, &self.surroundings_of(instance)) {
            Some(text) => Val::text(instance.place, text),
            None => {
                let full = format!("{}.{name}", instance.address);
                self.unknown(&full, UnresolvedKind::Attribute, instance.place)
            }
        }
    }

    /// What a body says of an attribute, or of blocks of a kind.
    fn written(&self, instance: &Rc<Instance>, body: &Body, name: &str) -> Option<Val> {
        if let Some(expr) = body.attribute(name) {
            let val = self.eval(expr, &instance.env);
            return (!val.is_null()).then_some(val);
        }
        let blocks = self.blocks(body, name, &instance.env);
        (!blocks.is_empty()).then(|| Val::list(instance.place, blocks))
    }

    /// Nested blocks of a kind, those that are made for each of something among them.
    fn blocks(&self, body: &Body, kind: &str, env: &Env) -> Vec<Val> {
        let mut found = Vec::new();
        for block in &body.blocks {
            if block.kind == kind {
                found.push(self.block(block, env));
            } else if block.kind == "dynamic" && block.labels.first().is_some_and(|of| of == kind) {
                self.dynamic(block, kind, env, &mut found);
            }
        }
        found
    }

    fn block(&self, block: &Block, env: &Env) -> Val {
        let body = &block.body;
        let mut fields: Vec<Field> = Vec::new();
        for attribute in &body.attributes {
            fields.push(Field {
                key: Text::plain(attribute.name.as_str()),
                place: attribute.place,
                val: self.eval(&attribute.value, env),
            });
        }
        for inner in &body.blocks {
            let kind = match (inner.kind.as_str(), inner.labels.first()) {
                ("dynamic", Some(kind)) => kind.as_str(),
                (kind, _) => kind,
            };
            if fields.iter().all(|field| field.key != *kind) {
                fields.push(Field {
                    key: Text::plain(kind),
                    place: inner.place,
                    val: Val::list(inner.place, self.blocks(body, kind, env)),
                });
            }
        }
        let mut val = Val::map(block.place, fields);
        val.comment = block.comment.as_deref().map(Rc::from);
        val
    }

    /// `dynamic "KIND" { for_each = ..., content { ... } }`
    fn dynamic(&self, block: &Block, kind: &str, env: &Env, found: &mut Vec<Val>) {
        let body = &block.body;
        let Some(content) = body.blocks_of("content").next() else {
            return;
        };
        let iterator = match body.attribute("iterator").map(|name| &name.kind) {
            Some(super::expression::ExprKind::Variable(name)) => name.as_str(),
            _ => kind,
        };
        let Some(for_each) = body.attribute("for_each") else {
            return;
        };
        let make = |key: Val, value: Val| {
            let field = |name: &str, val: Val| Field {
                key: Text::plain(name),
                place: block.place,
                val,
            };
            let fields = vec![field("key", key), field("value", value)];
            let inner = env.with(iterator, Val::map(block.place, fields));
            let mut val = self.block(content, &inner);
            val.place = block.place;
            val
        };
        for (guard, collection) in self.eval(for_each, env).cases() {
            let entries = match (self.entries(&collection), &collection.kind) {
                (Some(entries), _) => entries,
                (None, Kind::Null | Kind::Failed(_)) => Vec::new(),
                // Any number of blocks: one stands for them.
                (None, _) => {
                    let symbol = self.symbol(
                        &collection.name(),
                        UnresolvedKind::Expression,
                        collection.place,
                    );
                    let rest = Val::new(block.place, Kind::Rest(symbol));
                    vec![(Val::null(block.place), rest)]
                }
            };
            for (key, item) in entries {
                let mut when = guard.clone();
                let item = match &item.kind {
                    Kind::Choice(cases) if cases.len() == 1 => match cases.first() {
                        Some((only, item)) => {
                            when = when.join(only);
                            item.clone()
                        }
                        None => item,
                    },
                    Kind::Rest(reference) => {
                        let name = format!("{} is not empty", reference.name);
                        let exists = self.undecided(&name, block.place);
                        let exists = exists.cases().into_iter();
                        let there = exists.filter(|(_, is)| matches!(is.kind, Kind::Bool(true)));
                        match there.map(|(guard, _)| guard).last() {
                            Some(guard) => when = when.join(&guard),
                            None => continue,
                        }
                        item
                    }
                    _ => item,
                };
                let (key, item) = self.one_of_rest(key, item);
                if !self.spend(1, block.place) {
                    return;
                }
                let made = make(key, item);
                found.push(if when.is_always() {
                    made
                } else {
                    Val::new(block.place, Kind::Choice(vec![(when, made)].into()))
                });
            }
        }
    }

    /// Attributes of data that this program knows without reading it from AWS.
    fn read_data(&self, instance: &Rc<Instance>, kind: &str, name: &str) -> Option<Val> {
        let place = instance.place;
        let around = self.surroundings_of(instance);
        let text = |text: &str| Some(Val::text(place, text));
        let given = |name: &str| self.resource_attribute(instance, name).known();
        match (kind, name) {
            ("aws_iam_policy_document", "json" | "minified_json") => {
                Some(Val::new(place, Kind::Json(self.policy_document(instance))))
            }
            ("aws_caller_identity", "account_id" | "id") => text(&around.account),
            ("aws_region", "name" | "id" | "region") => text(&around.region),
            ("aws_partition", "partition" | "id") => text(&around.partition),
            ("aws_partition", "dns_suffix") => text(around.url_suffix()),
            ("aws_partition", "reverse_dns_prefix") => {
                let suffix: Vec<&str> = around.url_suffix().rsplit('.').collect();
                text(&suffix.join("."))
            }
            ("aws_service_principal", "name" | "id") => {
                text(&format!("{}.amazonaws.com", given("service_name")?))
            }
            ("aws_service_principal", "suffix") => text("amazonaws.com"),
            ("aws_arn", "partition" | "service" | "region" | "account" | "resource") => {
                let arn = self.resource_attribute(instance, "arn");
                arn_field(&arn.to_text()?, name).map(|text| Val::text(place, text))
            }
            ("aws_iam_policy", "arn" | "id") => {
                let policy = given("name")?;
                let mut all = catalog::managed_policies().iter();
                let found = all.find(|one| one.name() == policy)?;
                text(
                    &found
                        .arn()
                        .replacen("arn:aws:", &format!("arn:{}:", around.partition), 1),
                )
            }
            ("aws_iam_policy", "policy") => {
                let arn = given("arn")?;
                let document = aws_managed::document(&arn)?;
                text(document.json_text())
            }
            _ => None,
        }
    }

    /// The policy of an `aws_iam_policy_document`.
    fn policy_document(&self, instance: &Rc<Instance>) -> Rc<Node> {
        if let Some(known) = self.documents.borrow().get(&instance.address) {
            return known.clone();
        }
        let values = self.values(instance);
        let (node, problems) =
            policy_document::build(&values, instance.place, &|node| node.clone());
        for problem in problems {
            self.problem(problem);
        }
        let node = Rc::new(node);
        let mut documents = self.documents.borrow_mut();
        documents.insert(instance.address.clone(), node.clone());
        node
    }

    /// Everything that a resource says, as it is written, and what is computed from it.
    pub fn values(&self, instance: &Rc<Instance>) -> Node {
        let Some(block) = instance.env.module.folder.resources.get(instance.block) else {
            return Node::new(instance.place, Value::Null);
        };
        let mut names: Vec<(&str, Place)> = Vec::new();
        let attributes = block.body.attributes.iter();
        names.extend(attributes.map(|one| (one.name.as_str(), one.place)));
        for inner in &block.body.blocks {
            let name = match (inner.kind.as_str(), inner.labels.first()) {
                ("dynamic", Some(kind)) => kind.as_str(),
                (kind, _) => kind,
            };
            names.push((name, inner.place));
        }
        if !block.is_data {
            let computed = computed::attributes_of(&block.kind).into_iter();
            names.extend(computed.map(|name| (name, instance.place)));
        }
        let mut members: Vec<Member> = Vec::new();
        const META: [&str; 6] = [
            "count",
            "for_each",
            "depends_on",
            "provider",
            "lifecycle",
            "provisioner",
        ];
        for (name, place) in names {
            if META.contains(&name) || members.iter().any(|member| member.key == *name) {
                continue;
            }
            let val = self.resource_attribute(instance, name);
            members.push(Member {
                key: Text::plain(name),
                place,
                value: self.attribute_node(name, &val),
            });
        }
        Node::new(instance.place, Value::Object(members))
    }
}

/// A field of an ARN, where those before it are known.
fn arn_field(arn: &Text, name: &str) -> Option<Text> {
    let known = arn.known_prefix();
    let fields: Vec<&str> = known.splitn(6, ':').collect();
    let at = match name {
        "partition" => 1,
        "service" => 2,
        "region" => 3,
        "account" => 4,
        _ => 5,
    };
    // A field is whole where another begins behind it; the last one goes to the end of the ARN.
    if at < 5 {
        return (fields.len() > at + 1).then(|| Text::plain(fields[at]));
    }
    let before: usize = fields.get(..5)?.iter().map(|field| field.len() + 1).sum();
    arn.after(&Text::plain(known.get(..before)?))
}
