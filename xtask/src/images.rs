//! The container images, built by Docker.

use crate::step;
use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};

/// An image: the folder of its Dockerfile, its name, and how large it may be, in bytes.
struct Image {
    folder: &'static str,
    name: &'static str,
    most: u64,
}

const IMAGES: [Image; 3] = [
    Image { folder: "backend", name: "todo-backend", most: 15_000_000 },
    Image { folder: "frontend", name: "todo-frontend", most: 10_000_000 },
    Image { folder: "todo", name: "todo", most: 20_000_000 },
];

/// Builds the images of these names, all where none is named; tags each with the version and `latest`, and says how
/// large they are.
///
/// # Errors
/// No image has such a name, Docker cannot be reached or fails, or an image is larger than it may be.
pub fn build(names: &[String]) -> Result<()> {
    let images = chosen(names)?;
    reachable()?;
    for image in &images {
        step::run(&format!("Building the image {}", image.name), image.build())?;
    }
    println!("\n{:<16}{:<10}{:>9}{:>9}", "image", "tag", "size", "at most");
    let mut too_large = Vec::new();
    for image in &images {
        let size = image.size()?;
        let row = (image.name, env!("CARGO_PKG_VERSION"), megabytes(size), megabytes(image.most));
        println!("{:<16}{:<10}{:>9}{:>9}", row.0, row.1, row.2, row.3);
        if size > image.most {
            too_large.push(image.name);
        }
    }
    match too_large[..] {
        [] => Ok(()),
        _ => bail!("larger than it may be: {}", too_large.join(", ")),
    }
}

fn chosen(names: &[String]) -> Result<Vec<&'static Image>> {
    if names.is_empty() {
        return Ok(IMAGES.iter().collect());
    }
    let image = |name: &String| {
        let found = IMAGES.iter().find(|image| image.name == name);
        found.with_context(|| {
            format!("no image {name}; there are {}", IMAGES.map(|image| image.name).join(", "))
        })
    };
    names.iter().map(image).collect()
}

impl Image {
    /// `docker build`; the context is the repository, the present folder.
    fn build(&self) -> Command {
        let mut build = docker();
        build.args(["build", "--file"]).arg(format!("{}/Dockerfile", self.folder));
        for tag in [env!("CARGO_PKG_VERSION"), "latest"] {
            build.arg("--tag").arg(format!("{}:{tag}", self.name));
        }
        build.arg("--build-arg").arg(concat!("VERSION=", env!("CARGO_PKG_VERSION")));
        if let Some(revision) = revision() {
            build.arg("--build-arg").arg(format!("REVISION={revision}"));
        }
        build.arg(".");
        build
    }

    /// Of its layers, unpacked. What `docker inspect` calls the size is that of packed layers in some versions.
    fn size(&self) -> Result<u64> {
        let latest = format!("{}:latest", self.name);
        let mut history = docker();
        history.args(["history", "--human=false", "--format", "{{.Size}}", &latest]);
        let text = String::from_utf8_lossy(&history.output()?.stdout).into_owned();
        let layers: Result<Vec<u64>, _> = text.lines().map(str::parse).collect();
        let size = layers.ok().map(|layers| layers.iter().sum()).filter(|size| *size > 0);
        size.with_context(|| format!("docker tells no sizes of the layers of {latest}: {text}"))
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

/// The commit that the images are built from; the same for all uncommitted changes on it, so that nothing is built
/// anew for a name alone. None outside of a git repository.
fn revision() -> Option<String> {
    let output = Command::new("git")
        .args(["describe", "--always", "--dirty", "--abbrev=40"])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Docker with `BuildKit`, which clients before 23 use only when told; and without attestations, which hold the time and
/// would make another image of the same content.
fn docker() -> Command {
    let mut docker = Command::new("docker");
    docker.env("DOCKER_BUILDKIT", "1").env("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
    docker
}

/// # Errors
/// What to do, when no Docker answers.
fn reachable() -> Result<()> {
    let info = docker().args(["version", "--format", "{{.Server.Version}}"]).output();
    match info {
        Err(error) => bail!(
            "cannot run docker ({error}). Install it: https://docs.docker.com/engine/install/"
        ),
        Ok(output) if !output.status.success() => bail!(
            "Docker does not answer: {}\nStart it (Docker Desktop, or `sudo systemctl start docker`), then run this again.",
            String::from_utf8_lossy(&output.stderr).trim()
        ),
        Ok(_) => Ok(()),
    }
}
