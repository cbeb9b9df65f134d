//! `make e2e-cluster`: the application on a real cluster, deployed, used, broken, mended and removed.

mod criteria;
mod docker;
mod faults;
mod load;
mod network;
mod outside;
mod plan;
mod resources;
mod restarts;
mod rollouts;
mod testbed;
mod undeployed;
mod world;

use crate::images;
use anyhow::{Result, bail};
use std::time::Instant;
use world::World;

/// What `make e2e-cluster` can be told.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Run this scenario only; may be given again. An unknown name lists them all.
    #[arg(long)]
    only: Vec<String>,
    /// Leave the application and the cluster as they are at the end.
    #[arg(long)]
    keep: bool,
    /// Use the images as docker has them.
    #[arg(long)]
    no_build: bool,
    /// Whatever runs there may go: the cluster came up for this run.
    #[arg(long, hide = true)]
    disposable: bool,
}

/// Something that must hold, and a line of evidence that it does.
struct Scenario {
    name: &'static str,
    run: fn(&mut World) -> Result<String>,
}

const fn scenario(name: &'static str, run: fn(&mut World) -> Result<String>) -> Scenario {
    Scenario { name, run }
}

/// In this order each finds what it needs left by the one before; alone, it brings that about itself.
const SCENARIOS: [Scenario; 23] = [
    scenario("ready_within_30_s", rollouts::ready_soon),
    scenario("small_requests", resources::requests_are_small),
    scenario("criteria_hold", criteria::hold),
    scenario("works_in_a_browser", criteria::work_in_a_browser),
    scenario("works_through_a_port_forward", criteria::work_through_a_port_forward),
    scenario("second_deploy_restarts_nothing", rollouts::second_deploy_restarts_nothing),
    scenario("upgrade_and_rollback_unnoticed", rollouts::unnoticed),
    scenario("deploy_after_scaling_by_hand", rollouts::deploy_after_scaling),
    scenario("tasks_survive_all_pods", restarts::tasks_survive),
    scenario("own_test_passes", criteria::own_test_passes),
    scenario("strangers_stay_out", network::strangers_stay_out),
    scenario("namespace_is_restricted", network::namespace_is_restricted),
    scenario("wrong_image_heals", faults::wrong_image),
    scenario("wrong_secret_heals", faults::wrong_secret),
    scenario("interrupted_upgrade_heals", faults::interrupted_upgrade),
    scenario("undeploy_keeps_data_then_leaves_nothing", undeployed::in_two_steps),
    scenario("plan_as_typed", plan::as_typed),
    scenario("deploy_keeps_the_database", outside::deploy_keeps_the_database),
    scenario("wrong_database_heals", outside::wrong_database),
    scenario("first_install_with_wrong_database", outside::first_install_with_wrong_database),
    scenario("undeploy_leaves_nothing", undeployed::completely),
    scenario("image_runs_hardened", docker::image_runs_hardened),
    scenario("compose_keeps_data", docker::compose_keeps_data),
];

/// Runs the scenarios; tells whether all passed.
///
/// # Errors
/// There is no cluster to run them on.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let chosen = chosen(&arguments.only)?;
    if std::env::var_os("KUBECONFIG").is_none() {
        return testbed::run_again(arguments.keep);
    }
    if !arguments.no_build {
        images::build(&[])?;
    }
    // Single scenarios may go on with what an earlier run kept.
    let mut world = World::new(arguments.disposable || !arguments.only.is_empty())?;
    let start = Instant::now();
    let failed = chosen.iter().filter(|scenario| !passes(scenario, &mut world)).count();
    println!("after {} s, images not counted:", start.elapsed().as_secs());
    println!("{} passed, {failed} failed", chosen.len() - failed);
    let is_clean = arguments.keep || is_cleaned_up(&world);
    Ok(failed == 0 && is_clean)
}

fn is_cleaned_up(world: &World) -> bool {
    let result = world.clean_up();
    if let Err(error) = &result {
        println!("FAILED  cleaning up: {error:#}");
    }
    result.is_ok()
}

fn chosen(only: &[String]) -> Result<Vec<&'static Scenario>> {
    let names: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
    if let Some(unknown) = only.iter().find(|name| !names.contains(&name.as_str())) {
        bail!("no scenario {unknown}; there are:\n  {}", names.join("\n  "));
    }
    let is_chosen =
        |scenario: &&Scenario| only.is_empty() || only.iter().any(|name| name == scenario.name);
    Ok(SCENARIOS.iter().filter(is_chosen).collect())
}

fn passes(scenario: &Scenario, world: &mut World) -> bool {
    let start = Instant::now();
    let result = (scenario.run)(world);
    let (name, took) = (scenario.name, start.elapsed().as_secs_f64());
    match &result {
        Ok(evidence) => println!("ok      {name} {took:.1} s: {evidence}"),
        Err(error) => {
            let cause = format!("{error:#}").replace('\n', "\n        ");
            println!("FAILED  {name} {took:.1} s: {cause}");
        }
    }
    result.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_can_be_chosen() {
        let only = ["plan_as_typed".to_owned()];
        assert_eq!(chosen(&only).unwrap().len(), 1);
        assert_eq!(chosen(&[]).unwrap().len(), SCENARIOS.len());
        let unknown = chosen(&["plan".to_owned()]).err().unwrap().to_string();
        assert!(unknown.contains("\n  plan_as_typed"), "{unknown}");
    }
}
