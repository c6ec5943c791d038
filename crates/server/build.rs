//! The client is embedded from `web/dist`. A checkout without it must build
//! too: then the folder is empty and the server says so.

fn main() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist");
    std::fs::create_dir_all(folder).expect("the checkout can be written");
    println!("cargo::rerun-if-changed={folder}");
}
