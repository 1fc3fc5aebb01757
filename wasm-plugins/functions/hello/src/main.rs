// SPDX-License-Identifier: Apache-2.0

//! A first function of ABI wasi: an event comes in on stdin, the result goes
//! out on stdout, exit code 0 means done. It is an ordinary program: `cargo
//! run` works too.

use std::io::{self, Read, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&mut io::stdin().lock(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            // The runner uses stderr as the reason for the failure.
            eprintln!("{}", err);
            ExitCode::FAILURE
        }
    }
}

fn run(event: &mut impl Read, result: &mut impl Write) -> io::Result<()> {
    let mut name = String::new();
    event.read_to_string(&mut name)?;
    let greeting = std::env::var("GREETING").unwrap_or_else(|_| "Hello".to_string());
    writeln!(result, "{}", greet(&greeting, &name))
}

fn greet(greeting: &str, name: &str) -> String {
    match name.trim() {
        "" => format!("{}, world!", greeting),
        name => format!("{}, {}!", greeting, name),
    }
}

#[cfg(test)]
mod tests {
    use super::{greet, run};

    #[test]
    fn greets() {
        assert_eq!(greet("Hello", ""), "Hello, world!");
        assert_eq!(greet("Hello", " Kafka \n"), "Hello, Kafka!");
        assert_eq!(greet("Grüß Gott", "Welt"), "Grüß Gott, Welt!");
    }

    #[test]
    fn greets_the_sample_event() {
        let mut result = Vec::new();
        run(&mut &include_bytes!("../testdata/event.txt")[..], &mut result).unwrap();
        assert_eq!(result, include_bytes!("../testdata/greeting.txt"));
    }

    #[test]
    fn refuses_what_is_not_text() {
        let err = run(&mut &b"\xff\xfe"[..], &mut Vec::new()).unwrap_err();
        assert_eq!(err.kind(), std::io::ErrorKind::InvalidData);
    }
}
