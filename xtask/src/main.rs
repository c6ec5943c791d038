//! The project's own commands, so that nothing is checked in one place only.
//!
//! Owns how the project is built, proven and measured. Knows the product only
//! from outside: its binary, its HTTP surface and its files.

mod bench;
mod check;
mod dist;
mod r#gen;
mod http;
mod need;
mod postgres;
mod process;
mod serve;
mod session;
mod socket;
mod tally;
mod test;
mod tidings;
mod torture;
mod tree;
mod web;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the web client and the server, then run it with a development inbox
    Serve(serve::Options),
    /// Prove everything: style, both databases, web client, conformance, end to end
    Test(test::Options),
    /// Formatting, lints and types: the quick part of `test`
    Check,
    /// Write the reference and the client's types from the server's descriptions
    Gen(r#gen::Options),
    /// Build the one program to hand out, with its checksum
    Dist,
    /// Measure ours beside others
    Bench(bench::Options),
    /// Break things on purpose and look for damage
    #[command(subcommand)]
    Torture(torture::Torture),
}

fn main() -> std::process::ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(options) => serve::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Check => check::run(),
        Command::Gen(options) => r#gen::run(&options),
        Command::Dist => dist::run(),
        Command::Bench(options) => bench::run(&options),
        Command::Torture(torture) => torture::run(&torture),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // The summary was the last word, and its last line is the count.
            if !error.is::<session::NotAllPassed>() {
                eprintln!("error: {error:#}");
            }
            std::process::ExitCode::FAILURE
        }
    }
}
