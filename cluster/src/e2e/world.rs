//! The cluster as the scenarios find and change it.

use crate::{
    address::Address,
    kind_of_cluster::KindOfCluster,
    load, namespace, process,
    secrets::{Installed, Profile},
    target::{Target, TargetArguments},
    tools::{self, Found},
    verify::Visit,
};
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::process::{Command, Stdio};

/// The image of the databases that scenarios make, and of the pods that knock at doors.
pub const POSTGRES: &str = "postgres:17-trixie";

/// Settings of the person who runs this; no scenario may depend on them.
const SETTINGS: [&str; 5] =
    ["DATABASE_URL", "DATABASE_DIRECT_URL", "BETTER_AUTH_SECRET", "OPENAI_API_KEY", "REGISTRY"];

/// One cluster, with a namespace for the application and one for what stands outside of it.
pub struct World {
    pub found: Found,
    /// Where a database and strangers live.
    pub outside: Target,
}

impl World {
    /// # Errors
    /// No cluster, or somebody's application runs there and this run may not have it.
    pub fn new(may_be_taken: bool) -> Result<Self> {
        let arguments = TargetArguments {
            context: None,
            namespace: "todo-chatbot".to_owned(),
            release: "todo-chatbot".to_owned(),
        };
        let found = tools::find(&arguments, tools::Images::Loaded)?;
        let is_taken = namespace::find(&found.target)? != namespace::Found::Nothing;
        if is_taken && !may_be_taken {
            bail!(
                "the namespace {} is there already, and this run would delete it: `make undeploy ARGS=--yes` first, or run single \
                 scenarios on it with --only",
                arguments.namespace
            );
        }
        let outside = Target { namespace: "todo-chatbot-e2e".to_owned(), ..found.target.clone() };
        Ok(Self { found, outside })
    }

    pub fn target(&self) -> &Target {
        &self.found.target
    }

    /// This program with these words, as `make` would run it: what it printed.
    pub fn program(&self, words: &[&str], settings: &[(&str, &str)]) -> Result<String> {
        let (succeeded, text) = self.try_program(words, settings)?;
        if !succeeded {
            bail!("`{}` failed:\n{text}", words.join(" "));
        }
        Ok(text)
    }

    /// The same where it must fail: what it printed.
    pub fn failing(&self, words: &[&str], settings: &[(&str, &str)]) -> Result<String> {
        let (succeeded, text) = self.try_program(words, settings)?;
        if succeeded {
            bail!("`{}` should fail:\n{text}", words.join(" "));
        }
        Ok(text)
    }

    fn try_program(&self, words: &[&str], settings: &[(&str, &str)]) -> Result<(bool, String)> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(words).args(["--context", &self.target().context]);
        for name in SETTINGS {
            command.env_remove(name);
        }
        let output = command.envs(settings.iter().copied()).stdin(Stdio::null()).output()?;
        let text = [output.stdout, output.stderr].concat();
        Ok((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
    }

    /// `make deploy` with the images as they are, and nobody's settings.
    pub fn deploy(&self, more: &[&str], settings: &[(&str, &str)]) -> Result<String> {
        self.program(&[&DEPLOY[..], more].concat(), settings)
    }

    /// The same where it must fail.
    pub fn failing_deploy(&self, more: &[&str], settings: &[(&str, &str)]) -> Result<String> {
        self.failing(&[&DEPLOY[..], more].concat(), settings)
    }

    /// The development profile is deployed, now if not before.
    pub fn in_development(&self) -> Result<()> {
        match self.profile()? {
            Some(Profile::Development) => {}
            Some(Profile::External) => self.deploy(&["--dev"], &[]).map(drop)?,
            None => self.deploy(&[], &[]).map(drop)?,
        }
        Ok(())
    }

    /// Which database the release has, if there is a release.
    pub fn profile(&self) -> Result<Option<Profile>> {
        let target = self.target();
        if target.release_status()?.is_none() {
            return Ok(None);
        }
        Ok(Some(Installed::read(&target.release_values()?).profile()))
    }

    /// Where the application is.
    pub fn address(&self) -> Result<Address> {
        Address::find(self.target(), &self.found.kind, &self.found.nodes)
    }

    /// The same where it has an address of its own.
    pub fn url(&self) -> Result<String> {
        match self.address()? {
            Address::Url(url) => Ok(url),
            Address::Through { line, .. } => {
                bail!("the application has no address here, only by `{line}`")
            }
        }
    }

    /// A visitor of the application.
    pub fn visit(&self) -> Result<Visit> {
        Visit::to(self.target(), &self.address()?)
    }

    /// The cluster has this image, in the state that docker has it, where it comes from here.
    pub fn bring(&self, image: &str) -> Result<()> {
        match self.found.kind {
            KindOfCluster::Remote => bail!("{image} cannot be brought to {}", self.found.kind),
            KindOfCluster::Desktop { .. } | KindOfCluster::Minikube { builds_inside: true, .. } => {
                Ok(())
            }
            _ => load::load(&self.found.kind, image),
        }
    }

    /// An image of others: only a cluster that cannot pull needs to be given it.
    pub fn bring_foreign(&self, image: &str) -> Result<()> {
        if self.found.kind == KindOfCluster::Testbed {
            load::load_missing(&self.found.kind, &self.found.nodes, &[image.to_owned()])?;
        }
        Ok(())
    }

    /// The namespace outside, made when it is missing.
    pub fn provide_outside(&self) -> Result<()> {
        let metadata = json!({ "name": self.outside.namespace });
        let object = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata });
        self.outside.apply(&object)
    }

    /// Nothing of the run is left.
    pub fn clean_up(&self) -> Result<()> {
        self.program(&["undeploy", "--yes"], &[]).context("cleaning up")?;
        let namespace = &self.outside.namespace;
        let mut delete =
            self.outside.kubectl(&["delete", "namespace", namespace, "--ignore-not-found"]);
        process::output(&mut delete).map(drop)
    }
}

/// `.env` of the repository is somebody's, too. All visitors here come from one address, and many at once.
const DEPLOY: [&str; 6] =
    ["deploy", "--no-build", "--env-file", "/dev/null", "--set", "config.auth_rate_limits=off"];
