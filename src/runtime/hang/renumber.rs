//! Names processes by the ids that they know themselves, in place of those that the watcher sees: inside a PID namespace
//! they are others, and a program's own output names its own.

use super::detector::{BlockedTask, HangProof, ServiceTask};
use super::stall::{Poller, Stall};
use super::wait::Wait;

/// What an id is to be named by: first that of a process, then that of one of its threads.
pub trait Ids {
    /// The own id of a process.
    fn process(&self, pid: i32) -> i32;
    /// The own id of a thread of a process.
    fn thread(&self, pid: i32, tid: i32) -> i32;
}

impl HangProof {
    /// Names all processes and threads anew.
    pub fn renumber(&mut self, ids: &impl Ids) {
        self.tasks.iter_mut().for_each(|task| task.renumber(ids));
        self.services.iter_mut().for_each(|task| task.renumber(ids));
    }
}

impl Stall {
    /// Names all processes and threads anew.
    pub fn renumber(&mut self, ids: &impl Ids) {
        self.pollers.iter_mut().for_each(|task| task.renumber(ids));
        self.blocked.iter_mut().for_each(|task| task.renumber(ids));
        self.services.iter_mut().for_each(|task| task.renumber(ids));
    }
}

fn task(pid: &mut i32, tid: &mut i32, ids: &impl Ids) {
    (*pid, *tid) = (ids.process(*pid), ids.thread(*pid, *tid));
}

impl BlockedTask {
    fn renumber(&mut self, ids: &impl Ids) {
        task(&mut self.pid, &mut self.tid, ids);
        self.wait.renumber(ids);
    }
}

impl ServiceTask {
    fn renumber(&mut self, ids: &impl Ids) {
        task(&mut self.pid, &mut self.tid, ids);
    }
}

impl Poller {
    fn renumber(&mut self, ids: &impl Ids) {
        task(&mut self.pid, &mut self.tid, ids);
    }
}

impl Wait {
    fn renumber(&mut self, ids: &impl Ids) {
        let name = |pid: &mut i32| *pid = ids.process(*pid);
        match self {
            Self::Lock | Self::ThreadEnd | Self::Connection { .. } | Self::Event | Self::Signal => {}
            Self::SharedLock { among: pids }
            | Self::ChildEnd { children: pids }
            | Self::PipeData { writers: pids, .. }
            | Self::PipeRoom { readers: pids, .. }
            | Self::FileLock { holders: pids, .. } => pids.iter_mut().for_each(name),
            Self::ProcessEnd { pid } => name(pid),
            Self::SocketData { holders, peer, .. } | Self::SocketRoom { holders, peer, .. } => {
                holders.iter_mut().chain(peer).for_each(name);
            }
            Self::AnyOf { waits } => waits.iter_mut().for_each(|wait| wait.renumber(ids)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BlockedTask, HangProof, Ids, Wait};

    struct Minus(i32);

    impl Ids for Minus {
        fn process(&self, pid: i32) -> i32 {
            pid - self.0
        }

        fn thread(&self, _: i32, tid: i32) -> i32 {
            tid - self.0
        }
    }

    #[test]
    fn every_id_is_named_anew() {
        let mut proof = HangProof {
            tasks: vec![BlockedTask {
                pid: 1001,
                tid: 1002,
                name: "python3".to_owned(),
                wait: Wait::AnyOf {
                    waits: vec![
                        Wait::ChildEnd { children: vec![1003] },
                        Wait::SocketData {
                            socket: 7,
                            holders: vec![1001],
                            peer: Some(1004),
                        },
                    ],
                },
            }],
            services: Vec::new(),
            still_ms: 150,
            samples: 5,
        };
        proof.renumber(&Minus(1000));
        let shown = proof.tasks[0].to_string();
        let expected = "python3 (1/2) waits for any of: the end of child process 3; data to read from socket 7 (its other \
                        end made by process 4)";
        assert_eq!(shown, expected);
    }
}
