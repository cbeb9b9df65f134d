//! The application on a Kubernetes cluster: what `make deploy`, `make undeploy`, `make verify` and `make e2e-cluster` do,
//! and half of `make screenshots`.
//!
//! docker, kubectl and helm do the work as programs, each bound to one context. No kubeconfig of yours is written: where
//! the plan changes it, `e2e::plan` gives it a copy in a temporary folder.
#![expect(clippy::print_stdout, reason = "command-line programs")]

mod address;
mod browser;
mod cause;
mod env_file;
mod forward;
mod helm;
mod images;
mod kind_of_cluster;
mod kubectl;
mod load;
mod namespace;
mod objects;
mod parts;
mod paths;
mod pods;
mod process;
mod progress;
mod quantity;
mod release;
mod report;
mod secrets;
mod target;
mod tools;

pub mod deploy;
pub mod e2e;
pub mod pictures;
pub mod undeploy;
pub mod verify;
