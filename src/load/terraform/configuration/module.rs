//! Modules as they are used: variables, locals, outputs, and what a name in an expression means.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::expression::Step;
use super::folder::{Call, Folder, Variable};
use super::value::{Kind, Val};
use super::variables;
use super::world::World;
use crate::iam::{Guard, Place, Problem, UnresolvedKind};

/// Modules inside modules.
const MAX_DEPTH: usize = 16;

/// One use of a module; the root is one too.
pub(super) struct Module {
    pub folder: Arc<Folder>,
    /// `module.app["x"].`, nothing for the root.
    pub address: String,
    /// Where it is used, and by which block.
    pub caller: Option<(Env, usize)>,
    /// The undecided conditions under which it exists.
    pub guard: Guard,
    pub depth: usize,
    known: RefCell<HashMap<String, Memo>>,
}

/// A value that is worked out once.
#[derive(Clone)]
pub(super) enum Memo {
    Working,
    Known(Val),
}

/// One instance of a resource.
pub(super) struct Instance {
    pub env: Env,
    /// Its block, in the folder of its module.
    pub block: usize,
    /// `module.app.aws_iam_role.this[0]`
    pub address: String,
    /// The address without the instance's key.
    pub base: String,
    pub place: Place,
    pub guard: Guard,
    known: RefCell<HashMap<String, Memo>>,
}

impl Instance {
    pub fn new(env: Env, block: usize, base: String, key: &str, guard: Guard) -> Self {
        let place = env.module.folder.resources.get(block);
        Instance {
            address: format!("{base}{key}"),
            base,
            block,
            place: place.map(|block| block.place).unwrap_or_default(),
            guard,
            env,
            known: RefCell::default(),
        }
    }

    /// Whether a key is the unknown one that this instance stands for.
    pub fn is_of(&self, key: &Val) -> bool {
        let own = self.env.each.as_ref().map(|(own, _)| own);
        match (
            own.or(self.env.count.as_ref()).map(|own| &own.kind),
            &key.kind,
        ) {
            (Some(Kind::Unknown(own)), Kind::Unknown(key)) => own == key,
            _ => false,
        }
    }
}

/// Where an expression stands.
#[derive(Clone)]
pub(super) struct Env {
    pub module: Rc<Module>,
    /// `each.key` and `each.value`
    pub each: Option<(Val, Val)>,
    /// `count.index`
    pub count: Option<Val>,
    /// Names of `for` expressions and dynamic blocks, the innermost last.
    pub names: Vec<(String, Val)>,
}

impl Env {
    pub fn of(module: Rc<Module>) -> Self {
        Env {
            module,
            each: None,
            count: None,
            names: Vec::new(),
        }
    }

    pub fn with(&self, name: &str, val: Val) -> Self {
        let mut env = self.clone();
        env.names.push((name.to_owned(), val));
        env
    }

    /// Whether the same words mean the same everywhere in the module.
    pub fn is_plain(&self) -> bool {
        self.each.is_none() && self.count.is_none() && self.names.is_empty()
    }
}

impl Module {
    pub fn root(folder: Arc<Folder>) -> Self {
        Module {
            folder,
            address: String::new(),
            caller: None,
            guard: Guard::always(),
            depth: 0,
            known: RefCell::default(),
        }
    }
}

impl Module {
    /// Whether a folder is that of the module, or of one that it is used by.
    fn is_inside(&self, folder: &std::path::Path) -> bool {
        self.folder.path == folder
            || self
                .caller
                .as_ref()
                .is_some_and(|(env, _)| env.module.is_inside(folder))
    }
}

impl World<'_> {
    /// A value of a module or an instance that is worked out once; a circle is said so.
    fn memo(
        &self,
        known: &RefCell<HashMap<String, Memo>>,
        name: &str,
        shown: &str,
        place: Place,
        work: impl FnOnce() -> Val,
    ) -> Val {
        match known.borrow().get(name) {
            Some(Memo::Known(val)) => return val.clone(),
            Some(Memo::Working) => {
                let message = format!("`{shown}` refers to itself");
                self.problem(Problem::error(place, message));
                return self.unknown(shown, UnresolvedKind::Expression, place);
            }
            None => {}
        }
        known.borrow_mut().insert(name.to_owned(), Memo::Working);
        let val = work();
        let done = Memo::Known(val.clone());
        known.borrow_mut().insert(name.to_owned(), done);
        val
    }

    pub fn memo_of_instance(
        &self,
        instance: &Instance,
        name: &str,
        work: impl FnOnce() -> Val,
    ) -> Val {
        let shown = format!("{}.{name}", instance.address);
        self.memo(&instance.known, name, &shown, instance.place, work)
    }

    pub fn memo_of_module(
        &self,
        module: &Module,
        name: &str,
        place: Place,
        work: impl FnOnce() -> Val,
    ) -> Val {
        let shown = format!("{}{name}", module.address);
        self.memo(&module.known, name, &shown, place, work)
    }

    /// What a name and the steps behind it mean.
    pub fn traverse(&self, name: &str, steps: &[Step], env: &Env, place: Place) -> Val {
        if let Some((_, val)) = env.names.iter().rev().find(|(known, _)| known == name) {
            return self.steps(val.clone(), steps, env, place);
        }
        let step = |at: usize| match steps.get(at) {
            Some(Step::Attribute(name)) => Some(name.as_str()),
            _ => None,
        };
        let (base, used) = match (name, step(0), step(1)) {
            ("var", Some(name), _) => (self.variable(name, env, place), 1),
            ("local", Some(name), _) => (self.local(name, env, place), 1),
            ("module", Some(name), _) => (self.module(name, env, place), 1),
            ("data", Some(kind), Some(name)) => (self.resource(true, kind, name, env, place), 2),
            ("each", Some(part @ ("key" | "value")), _) => match &env.each {
                Some((key, _)) if part == "key" => (key.clone(), 1),
                Some((_, value)) => (value.clone(), 1),
                None => (
                    Val::failed(place, "`each` means nothing without `for_each`"),
                    1,
                ),
            },
            ("count", Some("index"), _) => match &env.count {
                Some(index) => (index.clone(), 1),
                None => (Val::failed(place, "`count` means nothing here"), 1),
            },
            // The root is `.` for Terraform; a module is named by its folder.
            ("path", Some("module" | "root" | "cwd"), _) => {
                let path = &env.module.folder.path;
                (Val::text(place, path.display().to_string()), 1)
            }
            ("terraform" | "self", Some(part), _) => {
                let name = format!("{name}.{part}");
                (self.unknown(&name, UnresolvedKind::Pseudo, place), 1)
            }
            (kind, Some(name), _) => (self.resource(false, kind, name, env, place), 1),
            (name, None, _) => {
                let why = format!("`{name}` is not a value");
                (Val::failed(place, why), steps.len())
            }
        };
        let rest = steps.get(used..).unwrap_or_default();
        self.steps(base, rest, env, place)
    }

    /// `var.NAME`
    fn variable(&self, name: &str, env: &Env, place: Place) -> Val {
        let module = &env.module;
        if module.caller.is_none() {
            self.note_use(name);
        }
        let mut variables = module.folder.variables.iter();
        let Some(variable) = variables.find(|variable| variable.name == name) else {
            let full = World::full_name(env, &format!("var.{name}"));
            let message = format!("variable `{name}` is not declared in what was loaded");
            self.problem(Problem::warning(place, message));
            let place = Place::whole(place.source);
            return self.unknown(&full, UnresolvedKind::Parameter, place);
        };
        let memo = format!("var.{name}");
        let val = self.memo_of_module(module, &memo, variable.place, || {
            let val = self.value_of(variable, module);
            val.unwrap_or_else(|| {
                let full = format!("{}var.{name}", module.address);
                self.unknown(&full, UnresolvedKind::Parameter, variable.place)
            })
        });
        Val { place, ..val }
    }

    /// The value of a variable, where it has one.
    pub fn value_of(&self, variable: &Variable, module: &Rc<Module>) -> Option<Val> {
        let kind = variable.body.attribute("type");
        let val = match &module.caller {
            Some((env, call)) => {
                let call = env.module.folder.calls.get(*call)?;
                call.body
                    .attribute(&variable.name)
                    .map(|given| self.eval(given, env))
            }
            None => match self.given.parameters.get(&variable.name) {
                Some(given) => Some(variables::given(given, kind)),
                None => {
                    let value = module.folder.values.get(&variable.name);
                    value.map(|value| self.eval(value, &Env::of(module.clone())))
                }
            },
        };
        // What a caller passes as null means the default where the variable cannot be null.
        let is_nullable = !matches!(
            variable.body.attribute("nullable").map(|value| &value.kind),
            Some(super::expression::ExprKind::Bool(false))
        );
        let val = val.filter(|val| is_nullable || !val.is_null());
        let val = val.or_else(|| {
            let default = variable.body.attribute("default")?;
            Some(self.eval(default, &Env::of(module.clone())))
        })?;
        Some(match kind {
            Some(kind) => variables::convert(self, val, kind, &Env::of(module.clone()), 0),
            None => val,
        })
    }

    /// `local.NAME`
    fn local(&self, name: &str, env: &Env, place: Place) -> Val {
        let module = &env.module;
        let Some(expr) = module.folder.locals.get(name) else {
            let full = World::full_name(env, &format!("local.{name}"));
            let message = format!("local `{name}` is not defined in what was loaded");
            self.problem(Problem::warning(place, message));
            let place = Place::whole(place.source);
            return self.unknown(&full, UnresolvedKind::Expression, place);
        };
        self.memo_of_module(module, &format!("local.{name}"), expr.place, || {
            self.eval(expr, &Env::of(module.clone()))
        })
    }

    /// `module.NAME`: its instances.
    pub fn module(&self, name: &str, env: &Env, place: Place) -> Val {
        let module = &env.module;
        let mut calls = module.folder.calls.iter().enumerate();
        let Some((at, call)) = calls.find(|(_, call)| call.name == name) else {
            let full = World::full_name(env, &format!("module.{name}"));
            return self.unknown(&full, UnresolvedKind::Attribute, Place::whole(place.source));
        };
        self.memo_of_module(module, &format!("module.{name}"), call.place, || {
            self.uses_of(call, at, module)
        })
    }

    fn uses_of(&self, call: &Call, at: usize, module: &Rc<Module>) -> Val {
        let base = format!("{}module.{}", module.address, call.name);
        let folder = call
            .folder
            .as_ref()
            .and_then(|path| self.configuration.folders.get(path));
        let Some(folder) = folder else {
            let hint = "`terraform init` brings it here; what it grants is in a plan, too: `terraform show -json` of one";
            let message = format!("module `{}` is not loaded: `{}`", call.name, call.source);
            self.problem(Problem::warning(call.place, message).hint(hint));
            return self.unknown(&base, UnresolvedKind::Attribute, call.place);
        };
        if module.depth >= MAX_DEPTH || module.is_inside(&folder.path) {
            let message = format!(
                "module `{}` is used inside itself, or too deeply",
                call.name
            );
            self.problem(Problem::error(call.place, message));
            return self.unknown(&base, UnresolvedKind::Attribute, call.place);
        }
        let make = |env: Env, key: &str, guard: &Guard| {
            Kind::Module(Rc::new(Module {
                folder: folder.clone(),
                address: format!("{base}{key}."),
                caller: Some((env, at)),
                guard: module.guard.join(guard),
                depth: module.depth + 1,
                known: RefCell::default(),
            }))
        };
        self.expand(&call.body, module, call.place, &base, &make)
    }

    /// `module.NAME.OUTPUT`
    pub fn output(&self, module: &Rc<Module>, name: &str, place: Place) -> Val {
        match module.folder.outputs.get(name) {
            Some(expr) => {
                self.memo_of_module(module, &format!("output {name}"), expr.place, || {
                    self.eval(expr, &Env::of(module.clone()))
                })
            }
            None => {
                let full = format!("{}{name}", module.address);
                self.unknown(&full, UnresolvedKind::Attribute, place)
            }
        }
    }
}
