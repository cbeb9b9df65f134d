//! How much memory this process may take.

use std::{fs, path::Path};

/// The limit of the control group that this process is in, or of one around it, in bytes; the lowest counts. `None` when
/// there is none, or none can be read.
pub(super) fn limit() -> Option<u64> {
    limit_under(Path::new("/"))
}

fn limit_under(root: &Path) -> Option<u64> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let groups = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        Some((parts.next()?, parts.next()?))
    });
    let mut lowest = None;
    for (controllers, path) in groups {
        let (folder, file) = match controllers {
            "" => ("sys/fs/cgroup", "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => continue,
        };
        let folder = root.join(folder);
        // In a container the path may lead out of what is mounted; the limit then stands at the top.
        for part in Path::new(path.trim_start_matches('/')).ancestors() {
            let text = fs::read_to_string(folder.join(part).join(file)).unwrap_or_default();
            let bytes = text.trim().parse::<u64>().ok(); // "max" is none
            lowest = lowest.into_iter().chain(bytes).min();
        }
    }
    lowest
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::version_2("0::/\n", &[("sys/fs/cgroup/memory.max", "134217728\n")], Some(134_217_728))]
    #[case::no_limit("0::/\n", &[("sys/fs/cgroup/memory.max", "max\n")], None)]
    #[case::the_lowest(
        "0::/pod/container\n",
        &[("sys/fs/cgroup/pod/memory.max", "100"), ("sys/fs/cgroup/pod/container/memory.max", "200")],
        Some(100)
    )]
    #[case::outside_of_what_is_mounted(
        "0::/../../x\n", &[("sys/fs/cgroup/memory.max", "300")], Some(300)
    )]
    #[case::version_1(
        "5:cpu,cpuacct:/x\n4:memory:/x\n",
        &[("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "400")],
        Some(400)
    )]
    #[case::nothing("", &[], None)]
    fn the_limit_of_the_control_group(
        #[case] groups: &str,
        #[case] files: &[(&str, &str)],
        #[case] limit: Option<u64>,
    ) {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [("proc/self/cgroup", groups)].iter().chain(files) {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(limit_under(root.path()), limit);
    }
}
