//! A server of one's own, as a child process, and a session with a server:
//! what the benchmark and the crash test have in common.

mod process;
mod session;

pub use process::ServerProcess;
pub(crate) use process::this_program;
pub use session::Session;
