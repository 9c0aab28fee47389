//! The program `ucap`: parses the command line and calls the library.

fn main() -> std::process::ExitCode {
    ucap::cli::main()
}
