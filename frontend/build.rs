//! Makes the assets: what the browser loads, under names that change with the content, compressed ahead of time.
//!
//! Reads our own files in `assets/`, and htmx, parts of oat and the icons that templates name from `node_modules/`.
//! Writes a table of them to `OUT_DIR/assets.rs`, which `src/assets.rs` includes.

use std::{
    collections::BTreeSet,
    env, fmt, fs,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

/// The parts of oat that the pages use; all of it would cost 3 KB more for things that no page has.
const OAT: [&str; 4] = ["00-base.css", "01-theme.css", "button.css", "form.css"];
/// Our own layers, in the order in which they build on each other.
const OWN_STYLES: [&str; 5] = ["tokens.css", "base.css", "layout.css", "tasks.css", "chat.css"];

fn main() {
    for path in ["assets", "templates", "package-lock.json", "node_modules/.package-lock.json"] {
        println!("cargo::rerun-if-changed={path}");
    }
    if let Err(Missing { path, cause }) = build() {
        println!("cargo::error=cannot read frontend/{}: {cause}", path.display());
        if path.starts_with("node_modules") {
            println!("cargo::error=run `npm ci --ignore-scripts` in frontend/ first");
        }
    }
}

/// A file that the build needs.
struct Missing {
    path: PathBuf,
    cause: std::io::Error,
}

fn build() -> Result<(), Missing> {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let assets = [
        ("app.css", "text/css; charset=utf-8", styles()?),
        ("app.js", "text/javascript; charset=utf-8", read("assets/app.js")?),
        (
            "htmx.js",
            "text/javascript; charset=utf-8",
            read("node_modules/htmx.org/dist/htmx.min.js")?,
        ),
        ("icons.svg", "image/svg+xml", sprite()?),
        ("favicon.svg", "image/svg+xml", read("assets/favicon.svg")?),
        ("licences.txt", "text/plain; charset=utf-8", licences()?),
    ];
    let mut table = String::from("/// All of them.\npub static ASSETS: &[Asset] = &[\n");
    for (name, mime, content) in assets {
        table += &entry(&out, name, mime, content.as_bytes()).to_string();
    }
    table += "];\n";
    write(&out.join("assets.rs"), table.as_bytes());
    Ok(())
}

/// One row of the table.
struct Entry {
    name: String,
    hashed: String,
    mime: String,
    file: PathBuf,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, hashed, mime, file } = self;
        writeln!(f, "    Asset {{")?;
        writeln!(
            f,
            "        name: {name:?}, path: {:?}, mime: {mime:?},",
            format!("/assets/{hashed}")
        )?;
        for (field, ending) in [("plain", ""), ("brotli", ".br"), ("gzip", ".gz")] {
            writeln!(
                f,
                "        {field}: include_bytes!({:?}),",
                format!("{}{ending}", file.display())
            )?;
        }
        writeln!(f, "    }},")
    }
}

fn entry(out: &Path, name: &str, mime: &str, content: &[u8]) -> Entry {
    let (stem, ending) = name.split_once('.').expect("our names have an ending");
    let hash = hex::encode(&Sha256::digest(content)[..6]);
    let hashed = format!("{stem}.{hash}.{ending}");
    let file = out.join(name);
    write(&file, content);
    write(&out.join(format!("{name}.br")), &brotli(content));
    write(&out.join(format!("{name}.gz")), &gzip(content));
    Entry { name: name.to_owned(), hashed, mime: mime.to_owned(), file }
}

/// What the authors of the packages ask to be passed on.
fn licences() -> Result<String, Missing> {
    let of = |package| {
        let licence = read(&format!("node_modules/{package}/LICENSE"))?;
        Ok([package, "\n\n", &licence, "\n\n"].concat())
    };
    ["@knadh/oat", "htmx.org", "lucide-static"].into_iter().map(of).collect()
}

/// oat's layers, then ours.
fn styles() -> Result<String, Missing> {
    let mut styles = String::new();
    for name in OAT {
        styles += &squeeze(&read(&format!("node_modules/@knadh/oat/css/{name}"))?);
    }
    for name in OWN_STYLES {
        styles += &squeeze(&read(&format!("assets/{name}"))?);
    }
    Ok(styles)
}

/// Takes comments and indentation out of a style sheet. What is left to gain by more, compression gains too.
/// Images inside it go as well: the pages' policy refuses them.
fn squeeze(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept += before;
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept += rest;
    let lines =
        kept.lines().map(str::trim).filter(|line| !line.is_empty() && !line.contains("url("));
    lines.fold(String::new(), |css, line| css + line + "\n")
}

/// The icons that any template names by `icon("…")`, each as a `<symbol>`.
fn sprite() -> Result<String, Missing> {
    let mut sprite = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\">\n");
    for name in icons(Path::new("templates"))? {
        let icon = read(&format!("node_modules/lucide-static/icons/{name}.svg"))?;
        let (_, shapes) =
            icon.split_once("<svg").and_then(|(_, svg)| svg.split_once('>')).unwrap_or_default();
        let shapes = shapes.trim_end().trim_end_matches("</svg>");
        let shapes: String = shapes.lines().map(str::trim).collect();
        sprite += "<symbol id=\"";
        sprite += &name;
        sprite += "\" viewBox=\"0 0 24 24\">";
        sprite += &shapes;
        sprite += "</symbol>\n";
    }
    Ok(sprite + "</svg>\n")
}

fn icons(folder: &Path) -> Result<BTreeSet<String>, Missing> {
    let failed = |cause| Missing { path: folder.to_owned(), cause };
    let mut names = BTreeSet::new();
    for file in fs::read_dir(folder).map_err(failed)? {
        let path = file.map_err(failed)?.path();
        let template = fs::read_to_string(&path).map_err(|cause| Missing { path, cause })?;
        for call in template.split("icon(\"").skip(1) {
            names.extend(call.split_once('"').map(|(name, _)| name.to_owned()));
        }
    }
    Ok(names)
}

fn read(path: &str) -> Result<String, Missing> {
    fs::read_to_string(path).map_err(|cause| Missing { path: path.into(), cause })
}

fn write(path: &Path, content: &[u8]) {
    fs::write(path, content).expect("OUT_DIR is writable");
}

fn brotli(content: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, 11, 22);
    writer.write_all(content).expect("memory is writable");
    drop(writer);
    packed
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(content).expect("memory is writable");
    writer.finish().expect("memory is writable")
}
