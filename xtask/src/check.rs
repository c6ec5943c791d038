//! `cargo xtask check`: what a developer runs before each commit.

use anyhow::Result;

use crate::process::cargo;
use crate::session::{Session, Step};
use crate::{tree, web};

/// Formatting, lints, types.
pub(crate) fn run() -> Result<()> {
    let mut session = Session::default();
    rust(&mut session);
    if session.work("npm ci", || web::install(&tree::web())) {
        style(&mut session);
    }
    session.close()
}

/// Formatting and lints of the Rust sources.
pub(crate) fn rust(session: &mut Session) {
    let mut fmt = cargo();
    fmt.args(["fmt", "--all", "--check"]);
    session.run(&Step::plain("cargo fmt"), [fmt]);
    let mut clippy = cargo();
    clippy.args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]);
    session.run(&Step::plain("cargo clippy"), [clippy]);
}

/// Style and types of the web client, and what of it nobody uses.
pub(crate) fn style(session: &mut Session) {
    session.run(&Step::plain("biome"), [web::program("biome", &["check", "."])]);
    session.run(&Step::plain("tsc"), [web::program("tsc", &["--noEmit"])]);
    session.run(&Step::plain("knip"), [web::program("knip", &[])]);
}
