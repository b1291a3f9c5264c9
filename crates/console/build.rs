//! Turns what `scripts/console` built into a table of files. It runs no npm: where nothing was built, the table is empty.
#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script through its environment")]

use std::{env, fmt::Write, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-env-changed=GONGFANG_CONSOLE");
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../console/build");
    // The folder is always there (git keeps its .gitignore), so that cargo sees when something is built into it.
    println!("cargo::rerun-if-changed={}", root.display());
    let stamp = fs::read_to_string(root.join(".stamp")).unwrap_or_default();
    let list = fs::read_to_string(root.join(".assets")).unwrap_or_default();
    let built = !stamp.is_empty() && list.lines().any(|line| line.starts_with("index.html\t"));
    if !built {
        let required = env::var("GONGFANG_CONSOLE").is_ok_and(|value| value == "required");
        assert!(!required, "the console is not built, and GONGFANG_CONSOLE=required: run `make console` first");
        println!("cargo::warning=the console is not built, so this binary says so in its place: run `make console`");
    }
    let mut table = format!("pub const STAMP: Option<&str> = {:?};\npub const ASSETS: &[Asset] = &[\n", built.then(|| stamp.trim()));
    for line in list.lines().filter(|_| built) {
        let [path, kind, hash] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("a line of the list is no line: {line}") };
        let bytes = |end: &str| {
            let file = root.join(format!("{path}{end}"));
            assert!(file.exists(), "{} is missing: run `make console` again", file.display());
            format!("include_bytes!({:?})", file.display().to_string())
        };
        let (plain, gzip, brotli) = (bytes(""), bytes(".gz"), bytes(".br"));
        let path = format!("/{path}");
        let etag = format!("\"{hash}\"");
        writeln!(table, "    Asset {{ path: {path:?}, kind: {kind:?}, etag: {etag:?}, plain: {plain}, gzip: {gzip}, brotli: {brotli} }},")
            .expect("a string takes what is written");
    }
    table.push_str("];\n");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("assets.rs");
    fs::write(out, table).expect("cargo's folder can be written to");
}
