//! `cargo xtask test`: everything that must hold, proven on this machine.
//!
//! The workspace is compiled once; the same test programs run on SQLite and
//! on PostgreSQL, and the end-to-end tests drive the binary built beside them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::postgres::Postgres;
use crate::process::{self, cargo};
use crate::session::{Session, Step};
use crate::tally::Runner;
use crate::{check, r#gen, need, torture, tree, web};

#[derive(Args)]
pub(crate) struct Options {
    /// Leave out the browser
    #[arg(long)]
    no_e2e: bool,
    /// Leave out PostgreSQL
    #[arg(long)]
    no_postgres: bool,
}

/// Runs every check; a failed one does not hide the next.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut session = Session::default();
    let client = session.work("npm ci", || web::install(&tree::web()));
    if client {
        check::style(&mut session);
        session.run(&Step::tests("web unit tests", Runner::Vitest), [web::script("test")]);
        // The server embeds the client, so the client comes first.
        session.run(&Step::plain("web build"), [web::script("build")]);
    }
    check::rust(&mut session);
    match build(&mut session) {
        Some(built) => {
            generated(&mut session, &built);
            rust(&mut session, &built, options);
            conformance(&mut session, &built);
            fuzz(&mut session, &built);
            torture(&mut session, &built, options);
            if client && !options.no_e2e {
                end_to_end(&mut session, &built);
            }
        }
        None => session.missed("tests", "the workspace does not build"),
    }
    session.close()
}

/// What the one compilation left behind.
struct Built {
    /// Test programs with the folder of their package.
    tests: Vec<(PathBuf, PathBuf)>,
    /// The shipped binary.
    tidings: Option<PathBuf>,
    /// The transport alone, for clients that are not ours.
    conformance: Option<PathBuf>,
    /// The same parsers, fed with what nobody says.
    fuzz: Option<PathBuf>,
}

fn build(session: &mut Session) -> Option<Built> {
    let mut build = cargo();
    build.args(["test", "--workspace", "--no-run", "--quiet"]);
    if !session.run(&Step::plain("build"), [build]) {
        return None;
    }
    // Everything is fresh now; asking again only names the files.
    let mut list = cargo();
    list.args(["test", "--workspace", "--no-run", "--quiet", "--message-format=json"]);
    let listed = process::output(&mut list).ok()?;
    let mut built = Built { tests: Vec::new(), tidings: None, conformance: None, fuzz: None };
    for line in listed.lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let Some(file) = message["executable"].as_str().map(PathBuf::from) else { continue };
        if message["profile"]["test"] == true {
            let manifest = PathBuf::from(message["manifest_path"].as_str()?);
            built.tests.push((file, manifest.parent()?.to_path_buf()));
            continue;
        }
        match message["target"]["name"].as_str() {
            Some("tidings") => built.tidings = Some(file),
            Some("conformance") => built.conformance = Some(file),
            Some("fuzz") => built.fuzz = Some(file),
            _ => {}
        }
    }
    Some(built)
}

impl Built {
    fn programs(&self, only: impl Fn(&Path) -> bool) -> Vec<Command> {
        let wanted = self.tests.iter().filter(|(_, package)| only(package));
        wanted
            .map(|(program, package)| {
                let mut command = process::command(program);
                command.current_dir(package).env("CARGO_MANIFEST_DIR", package);
                command.env("INSTA_UPDATE", "no").env("INSTA_WORKSPACE_ROOT", tree::root());
                command
            })
            .collect()
    }
}

/// The reference and the client's types say what the program does.
fn generated(session: &mut Session, built: &Built) {
    match &built.tidings {
        Some(tidings) => {
            session.work("generated files", || r#gen::check(tidings));
        }
        None => session.missed("generated files", "the build left no tidings binary"),
    }
}

fn rust(session: &mut Session, built: &Built, options: &Options) {
    let step = Step::tests("Rust tests, SQLite", Runner::Cargo);
    session.run(&step, built.programs(|_| true));
    if options.no_postgres {
        return;
    }
    let mut postgres = None;
    let started = session.work("PostgreSQL", || {
        postgres = Some(Postgres::start()?);
        Ok(())
    });
    let Some(postgres) = postgres.filter(|_| started) else { return };
    let stores =
        |package: &Path| ["sql", "domain", "server"].iter().any(|name| package.ends_with(name));
    let programs = built.programs(stores).into_iter().map(|mut program| {
        program.env("TEST_DB", "postgres").env("TEST_POSTGRES", postgres.url());
        program
    });
    session.run(&Step::tests("Rust tests, PostgreSQL", Runner::Cargo), programs);
}

/// The official Socket.IO client against our transport.
fn conformance(session: &mut Session, built: &Built) {
    let folder = tree::root().join("crates/socketio/tests/js");
    if session.work("npm ci, conformance", || web::install(&folder)) {
        let mut npm = web::npm(&folder);
        npm.args(["run", "--silent", "test"]);
        if let Some(conformance) = &built.conformance {
            npm.env("CONFORMANCE", conformance);
        }
        session.run(&Step::tests("Socket.IO conformance", Runner::Node), [npm]);
    }
}

/// Strange input, other every time; the seed is in the output.
fn fuzz(session: &mut Session, built: &Built) {
    let name = "fuzz";
    let seconds = 15.to_string();
    let Some(program) = &built.fuzz else {
        return session.missed(name, "the build left no fuzz example");
    };
    let mut fuzz = process::command(program);
    fuzz.args([seconds, std::process::id().to_string()]);
    session.run(&Step::plain(name), [fuzz]);
}

/// A short instance of what is otherwise run for hours.
fn torture(session: &mut Session, built: &Built, options: &Options) {
    let Some(tidings) = &built.tidings else {
        return session.missed("torture", "the build left no tidings binary");
    };
    torture::short(session, tidings, !options.no_postgres);
}

/// The real binary under a real browser.
fn end_to_end(session: &mut Session, built: &Built) {
    let name = "end to end";
    let Some(tidings) = &built.tidings else {
        return session.missed(name, "the build left no tidings binary");
    };
    let mut browser = None;
    let found = session.work("Chromium", || {
        browser = Some(need::chromium()?);
        Ok(())
    });
    let Some(browser) = browser.filter(|_| found) else { return };
    let mut npm = web::script("e2e");
    npm.env("E2E_BINARY", tidings).env("CHROMIUM", browser);
    session.run(&Step::tests(name, Runner::Playwright), [npm]);
}
