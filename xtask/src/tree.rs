//! Where things stand in the working copy.

use std::path::PathBuf;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask stands inside the workspace").to_path_buf()
}

/// The sources of the web client.
pub(crate) fn web() -> PathBuf {
    root().join("web")
}

/// Where cargo keeps what it builds.
pub(crate) fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Reads a variable of the environment that steers a tool, not the product.
#[expect(clippy::disallowed_methods, reason = "tools have no Config; the product does")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
