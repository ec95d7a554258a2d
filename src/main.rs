//! The entry point of the program.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(casebook::cli::run(std::env::args_os().collect()))
}
