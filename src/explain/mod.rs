//! Statements, actions, roles and decisions in words, as structured text.

mod absence;
mod action;
mod answer;
mod capability;
mod condition;
mod decision;
mod deed;
mod english;
mod entity;
mod masked;
mod page;
mod policy;
mod principal;
mod problem;
mod resource;
mod statement;
mod statement_page;
mod template;

pub use absence::{absence_words, condition_traps};
pub use action::{action_page, pattern_page, pattern_table, rest_page, service_rest_page};
pub use answer::{
    Agreement, Answer, Evaluated, Finding, Meant, Sides, Verdict, answer, answer_page, denial_page,
    edit_words, trail_page, width_words,
};
pub use capability::summary_words;
pub use condition::{condition_page, condition_words};
pub use decision::{
    aws_sentence, decision_page, decision_words, dependence_words, layer_item, layer_mark,
    layer_name, matched_item, near_miss_item, outcome_mark, rule_words, short_words,
};
pub use deed::action_note;
pub use english::{count, gerund, number, plural};
pub use entity::{group_page, role_page, user_page};
pub use page::{Block, Fact, Item, Line, Link, Mark, Meaning, Page, Span, Table, escape};
pub use policy::{managed_policy_page, policy_page, resource_policy_page};
pub use principal::{entry_words, principal_page, principal_words};
pub use problem::{aws_page, page_address, problem_item, problem_page, quoted};
pub use resource::{pattern_words, resource_page, resource_words};
pub use statement::{statement_words, statement_words_of};
pub use statement_page::statement_page;
pub use template::{parameter_page, undecided_page, unresolved_page};
