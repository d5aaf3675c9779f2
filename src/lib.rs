//! iamscope: understanding AWS IAM permissions, in a terminal and offline.
//!
//! Data flows one way: [`load`] reads sources into an [`iam::Inventory`], [`simulate`]
//! compiles policies and evaluates requests, [`analyze`] and [`explain`] say what they
//! amount to, [`report`] and [`ui`] render it.

pub mod analyze;
pub mod app;
pub mod aws;
pub mod catalog;
pub mod cli;
pub mod denial;
pub mod explain;
pub mod iam;
pub mod load;
pub mod report;
pub mod runtime;
pub mod simulate;
pub mod terminal;
pub mod ui;
