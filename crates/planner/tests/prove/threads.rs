//! The same question about many things, on every processor; answers in the order of the questions.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Asks about each item. Each thread has a workshop of its own, such as a cache.
pub fn map<T: Sync, W, A: Send>(
    items: &[T],
    workshop: impl Fn() -> W + Sync,
    ask: impl Fn(&mut W, &T) -> A + Sync,
) -> Vec<A> {
    const PORTION: usize = 64;
    let next = AtomicUsize::new(0);
    let work = || {
        let mut own = workshop();
        let mut answers = Vec::new();
        loop {
            let at = next.fetch_add(PORTION, Relaxed);
            if at >= items.len() {
                return answers;
            }
            let part = &items[at..items.len().min(at + PORTION)];
            answers.push((at, part.iter().map(|item| ask(&mut own, item)).collect::<Vec<A>>()));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut parts = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|t| t.join().unwrap()).collect::<Vec<_>>()
    });
    parts.sort_by_key(|(at, _)| *at);
    parts.into_iter().flat_map(|(_, answers)| answers).collect()
}
