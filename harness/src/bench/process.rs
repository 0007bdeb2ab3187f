//! What a process has used, from `/proc`. Elsewhere than on Linux: nothing.

/// The unit of `/proc/<pid>/stat`: `USER_HZ` is 100 on every Linux there is.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds of a process so far, in user and kernel mode; `self` is this one.
pub(super) fn cpu_seconds(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    cpu_of_stat(&stat).unwrap_or(0.0)
}

/// CPU seconds of the processes that a process has started, those that ended included.
pub(super) fn cpu_seconds_of_children(process: &str) -> f64 {
    let stat = |name: &str| std::fs::read_to_string(format!("/proc/{name}/stat")).unwrap_or_default();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let running: f64 = processes
        .map(|entry| stat(&entry.file_name().to_string_lossy()))
        .filter(|stat| parent_of_stat(stat) == Some(process))
        .filter_map(|stat| cpu_of_stat(&stat))
        .sum();
    running + ended_of_stat(&stat(process)).unwrap_or(0.0)
}

fn parent_of_stat(stat: &str) -> Option<&str> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)
}

/// CPU seconds of the children that have ended and were waited for.
fn ended_of_stat(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(13);
    let user: f64 = fields.next()?.parse().ok()?;
    let kernel: f64 = fields.next()?.parse().ok()?;
    Some((user + kernel) / TICKS_PER_SECOND)
}

fn cpu_of_stat(stat: &str) -> Option<f64> {
    // The second field is the program's name, in which anything may stand.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let kernel: f64 = fields.next()?.parse().ok()?;
    Some((user + kernel) / TICKS_PER_SECOND)
}

/// Megabytes of a line of `/proc/<pid>/status`, such as `VmHWM` or `RssAnon`.
pub(super) fn memory_mb(pid: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    memory_of_status(&status, name).unwrap_or(0.0)
}

fn memory_of_status(status: &str, name: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1_024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_linux_writes() {
        let stat = "12 (a) b (c) S 1 1 1 0 -1 4 5 6 7 8 250 50 3 4 20 0 1 0 99 1 2";
        assert_eq!(cpu_of_stat(stat), Some(3.0));
        assert_eq!((parent_of_stat(stat), ended_of_stat(stat)), (Some("1"), Some(0.07)));
        let status = "Name:\tx\nVmHWM:\t  125000 kB\nRssAnon:\t 1000 kB\n";
        assert_eq!(memory_of_status(status, "VmHWM"), Some(128.0));
        assert_eq!(memory_of_status(status, "RssAnon"), Some(1.024));
        assert_eq!(memory_of_status(status, "VmRSS"), None);
    }

    #[test]
    fn knows_itself() {
        assert!(cpu_seconds("self") >= 0.0);
        assert!(memory_mb(std::process::id(), "VmHWM") > 1.0);
    }
}
