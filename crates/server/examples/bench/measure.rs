//! A closed loop: each worker does the next thing once the last is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

/// How long the work is done before anything is counted.
const WARM_UP: Duration = Duration::from_millis(500);

/// Does `work` from `workers` tasks at once; it is given a number that never
/// repeats. Anything that fails ends the measurement.
pub(crate) async fn measure<F>(
    workers: usize,
    seconds: f64,
    work: impl Fn(usize) -> F + Send + Sync + 'static,
) -> Result<Value>
where
    F: Future<Output = Result<()>> + Send,
{
    let (work, next) = (Arc::new(work), Arc::new(AtomicUsize::new(0)));
    let from = Instant::now() + WARM_UP;
    let until = from + Duration::from_secs_f64(seconds);
    let tasks: Vec<_> = (0..workers)
        .map(|_| {
            let (work, next) = (Arc::clone(&work), Arc::clone(&next));
            tokio::spawn(async move {
                let mut took = Vec::new();
                loop {
                    let began = Instant::now();
                    work(next.fetch_add(1, Ordering::Relaxed)).await?;
                    let now = Instant::now();
                    if now >= until {
                        return anyhow::Ok(took);
                    }
                    if began >= from {
                        took.push(now - began);
                    }
                }
            })
        })
        .collect();
    tokio::time::sleep_until(from.into()).await;
    let before = cpu_time()?;
    tokio::time::sleep_until(until.into()).await;
    let spent = cpu_time()?.saturating_sub(before);
    let mut took = Vec::new();
    for task in tasks {
        took.append(&mut task.await??);
    }
    took.sort_unstable();
    let at = |part: usize| took.get(took.len() * part / 100).map(Duration::as_micros);
    Ok(json!({
        "per_second": took.len() as f64 / seconds,
        "cpu_us": spent.as_secs_f64() * 1e6 / took.len() as f64,
        "p50_us": at(50).map(|us| us as u64),
        "p95_us": at(95).map(|us| us as u64),
        "p99_us": at(99).map(|us| us as u64),
    }))
}

/// What all threads of this process have used: a figure that neighbours on the
/// machine disturb least.
fn cpu_time() -> Result<Duration> {
    let mut nanoseconds = 0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let Ok(said) = std::fs::read_to_string(task?.path().join("schedstat")) else { continue };
        nanoseconds += said.split(' ').next().map_or(Ok(0), str::parse::<u64>)?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}
