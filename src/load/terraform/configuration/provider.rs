//! The account and region that a provider works in: the root module's own, and those that resources
//! and modules choose by an alias.

use std::rc::Rc;

use super::expression::{Block, Body, Expr, ExprKind, Step};
use super::module::{Env, Instance, Module};
use super::value::{Kind, Val};
use super::world::World;
use crate::iam::{Account, Arn, Assumed};
use crate::load::cloudformation::Surroundings;
use crate::load::partition_of;

/// Modules that a provider is handed through; they are never deeper.
const MAX_STEPS: usize = 16;

impl World<'_> {
    /// Takes the region and account of the provider, where it says them and nothing else does.
    pub fn take_provider(&self, account: &mut Account) {
        let root = Rc::new(Module::root(self.configuration.root.clone()));
        let Some(block) = own(&root, None) else {
            return;
        };
        let stated = |value: String| Assumed {
            value,
            assumed: false,
        };
        if account.region.assumed
            && let Some(region) = self.region_of(block, &root)
        {
            if account.partition.assumed {
                partition_of(&region).clone_into(&mut account.partition.value);
            }
            account.region = stated(region);
        }
        if account.id.assumed
            && let Some(id) = self.account_of(block, &root)
        {
            account.id = stated(id);
        }
    }

    /// Where an instance is: in the region that it names, else in that of its provider.
    pub fn surroundings_of(&self, instance: &Instance) -> Surroundings {
        let mut around = self.surroundings.clone();
        let module = &instance.env.module;
        let Some(resource) = module.folder.resources.get(instance.block) else {
            return around;
        };
        let alias = resource.body.attribute("provider").and_then(alias_of);
        // What the root's own provider says is known already, and may have been overruled.
        if let Some((block, module)) = self.provider(module, alias.flatten())
            && (block.body.attribute("alias").is_some() || module.caller.is_some())
        {
            if let Some(region) = self.region_of(block, &module) {
                partition_of(&region).clone_into(&mut around.partition);
                around.region = region;
            }
            if let Some(id) = self.account_of(block, &module) {
                around.account = id;
            }
        }
        // Since version 6 of the provider a resource may name its region itself.
        let region = resource.body.attribute("region");
        if let Some(region) = region.and_then(|expr| self.eval(expr, &instance.env).known())
            && !region.is_empty()
        {
            around.region = region;
        }
        around
    }

    /// The provider of an alias, and the module that configures it: the module itself, or one that
    /// uses it and hands it down.
    fn provider<'m>(
        &self,
        module: &'m Rc<Module>,
        alias: Option<String>,
    ) -> Option<(&'m Block, Rc<Module>)> {
        let mut module = module;
        let mut alias = alias;
        for _ in 0..MAX_STEPS {
            if let Some(block) = own(module, alias.as_deref()) {
                return Some((block, module.clone()));
            }
            let (env, call) = module.caller.as_ref()?;
            let call = env.module.folder.calls.get(*call)?;
            let handed = call.body.attribute("providers");
            match handed.and_then(|handed| handed_down(handed, alias.as_deref())) {
                Some(given) => alias = given,
                // Only the provider without an alias is inherited without being named.
                None if alias.is_none() => {}
                None => return None,
            }
            module = &env.module;
        }
        None
    }

    fn region_of(&self, block: &Block, module: &Rc<Module>) -> Option<String> {
        let region = self.in_module(&block.body, "region", module)?.known()?;
        (!region.is_empty()).then_some(region)
    }

    fn account_of(&self, block: &Block, module: &Rc<Module>) -> Option<String> {
        let allowed = self.allowed_account(block, module);
        allowed.or_else(|| self.assumed_account(block, module))
    }

    /// The only account that a provider may work in.
    fn allowed_account(&self, block: &Block, module: &Rc<Module>) -> Option<String> {
        let ids = self.in_module(&block.body, "allowed_account_ids", module)?;
        let Kind::List(ids) = &ids.kind else {
            return None;
        };
        let [only] = &**ids else { return None };
        only.known().filter(|id| Arn::is_account_id(id))
    }

    /// The account of the role that a provider assumes.
    fn assumed_account(&self, block: &Block, module: &Rc<Module>) -> Option<String> {
        let assumed = block.body.blocks_of("assume_role").next()?;
        let role = self
            .in_module(&assumed.body, "role_arn", module)?
            .to_text()?;
        let known = role.known_prefix();
        // The account is whole where the resource begins behind it.
        let mut fields = known.split(':');
        let id = fields.nth(4)?.to_owned();
        (fields.next().is_some() && Arn::is_account_id(&id)).then_some(id)
    }

    fn in_module(&self, body: &Body, name: &str, module: &Rc<Module>) -> Option<Val> {
        let expr = body.attribute(name)?;
        Some(self.eval(expr, &Env::of(module.clone())))
    }
}

/// The provider of an alias that a module configures itself.
fn own<'m>(module: &'m Module, alias: Option<&str>) -> Option<&'m Block> {
    module.folder.providers.iter().find(|block| {
        let own = block.body.attribute("alias").and_then(Expr::as_literal);
        block.kind == "aws" && own.as_deref() == alias
    })
}

/// The provider that `providers = { aws.here = aws.there }` hands down for an alias.
fn handed_down(handed: &Expr, alias: Option<&str>) -> Option<Option<String>> {
    let ExprKind::Object(members) = &handed.kind else {
        return None;
    };
    let mut found = members.iter();
    let (_, given) =
        found.find(|(key, _)| alias_of(key).is_some_and(|own| own.as_deref() == alias))?;
    alias_of(given)
}

/// The alias that `aws` or `aws.ALIAS` names; `None` where it is another provider.
fn alias_of(expr: &Expr) -> Option<Option<String>> {
    match &expr.kind {
        ExprKind::Variable(name) => (name == "aws").then_some(None),
        ExprKind::Traversal(base, steps) => match (&base.kind, steps.as_slice()) {
            (ExprKind::Variable(name), [Step::Attribute(alias)]) if name == "aws" => {
                Some(Some(alias.clone()))
            }
            _ => None,
        },
        // As JSON has it, and keys that are plain names.
        _ => {
            let text = expr.as_literal()?;
            match text.split_once('.') {
                None => (text == "aws").then_some(None),
                Some(("aws", alias)) => Some(Some(alias.to_owned())),
                Some(_) => None,
            }
        }
    }
}
