//! Distributing work over all processors.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The number of results per processor that may wait for an earlier one.
const AHEAD: usize = 8;

/// Returns the number of processors.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Applies a function to every item, on all processors if there are several items, and hands on the results in the order
/// of the items while later items are in work. A thread that is done takes the next item, so that one slow item does not
/// hold up the others; the number of results that wait is limited.
///
/// # Errors
/// The first error of `hand_on`; no further item is begun after it.
pub(crate) fn in_order<I: Sync, T: Send, E>(
    items: &[I],
    work: impl Fn(&I) -> T + Sync,
    mut hand_on: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let workers = processors().min(items.len());
    if workers < 2 {
        return items.iter().map(work).try_for_each(hand_on);
    }
    let queue = Queue { state: Mutex::default(), changed: Condvar::new(), items: items.len() };
    std::thread::scope(|scope| {
        let _stop = StopAtEnd(&queue);
        for _ in 1..workers {
            scope.spawn(|| {
                let _stop = StopAtEnd(&queue);
                while let Some(place) = queue.take_item() {
                    queue.put(place, work(&items[place]));
                }
            });
        }
        for place in 0..items.len() {
            let result = loop {
                match queue.result_or_item(place) {
                    Some(Ready::Result(result)) => break result,
                    Some(Ready::Item(place)) => queue.put(place, work(&items[place])),
                    // Another thread has panicked, and the end of the scope does so too.
                    None => return Ok(()),
                }
            };
            hand_on(result)?;
        }
        Ok(())
    })
}

/// The items that are to be worked on, and the results that are not handed on yet.
struct Queue<T> {
    state: Mutex<QueueState<T>>,
    changed: Condvar,
    /// The number of items.
    items: usize,
}

struct QueueState<T> {
    /// The item that is taken next.
    next: usize,
    /// The number of results that were handed on.
    handed_on: usize,
    waiting: BTreeMap<usize, T>,
    is_stopped: bool,
}

/// The next thing for the thread that hands on results.
enum Ready<T> {
    Result(T),
    Item(usize),
}

impl<T> Default for QueueState<T> {
    fn default() -> Self {
        Self { next: 0, handed_on: 0, waiting: BTreeMap::new(), is_stopped: false }
    }
}

impl<T> Queue<T> {
    fn lock(&self) -> MutexGuard<'_, QueueState<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'q>(&self, state: MutexGuard<'q, QueueState<T>>) -> MutexGuard<'q, QueueState<T>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next item, once not too many results wait. `None` if there is nothing left to do.
    fn take_item(&self) -> Option<usize> {
        let mut state = self.lock();
        while !state.is_stopped && state.next < self.items {
            if state.next < state.handed_on + AHEAD * processors() {
                state.next += 1;
                return Some(state.next - 1);
            }
            state = self.wait(state);
        }
        None
    }

    fn put(&self, place: usize, result: T) {
        let mut state = self.lock();
        state.waiting.insert(place, result);
        if place == state.handed_on {
            self.changed.notify_all();
        }
    }

    /// Returns the result at a place, which is the next one to be handed on, or else an item to work on until it is there.
    fn result_or_item(&self, place: usize) -> Option<Ready<T>> {
        let mut state = self.lock();
        while !state.is_stopped {
            if let Some(result) = state.waiting.remove(&place) {
                state.handed_on = place + 1;
                self.changed.notify_all();
                return Some(Ready::Result(result));
            }
            if state.next < self.items.min(place + AHEAD * processors()) {
                state.next += 1;
                return Some(Ready::Item(state.next - 1));
            }
            state = self.wait(state);
        }
        None
    }
}

/// Stops the other threads when one ends early, by an error or a panic. A thread that ends because no item is left stops
/// nothing.
struct StopAtEnd<'q, T>(&'q Queue<T>);

impl<T> Drop for StopAtEnd<'_, T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        let is_early = std::thread::panicking() || state.next < self.0.items;
        state.is_stopped |= is_early;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubled(items: &[usize], limit: usize) -> (Vec<usize>, Result<(), usize>) {
        let mut done = Vec::new();
        let result = in_order(
            items,
            |item| {
                if item % 7 == 0 {
                    std::thread::yield_now();
                }
                item * 2
            },
            |result| {
                done.push(result);
                if done.len() == limit { Err(result) } else { Ok(()) }
            },
        );
        (done, result)
    }

    #[test]
    fn results_are_handed_on_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        let right: Vec<usize> = items.iter().map(|item| item * 2).collect();
        assert_eq!(doubled(&items, 0), (right.clone(), Ok(())));
        assert_eq!(doubled(&[], 0), (Vec::new(), Ok(())));
        assert_eq!(doubled(&items, 500), (right[..500].to_vec(), Err(998)));
    }

    #[test]
    #[should_panic(expected = "scoped thread panicked")]
    fn a_panic_in_a_thread_ends_the_work() {
        let main = std::thread::current().id();
        let items: Vec<usize> = (0..1000).collect();
        let work = |_: &usize| assert!(std::thread::current().id() == main || processors() < 2);
        let pause = |()| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            Ok::<_, ()>(())
        };
        in_order(&items, work, pause).expect("no error");
        assert!(processors() > 1, "a scoped thread panicked on a machine with several processors only");
    }
}
