// SPDX-License-Identifier: Apache-2.0

use std::error::Error;
use std::io::{Read, Write};

fn main() -> Result<(), Box<dyn Error>> {
    let mut event = Vec::new();
    std::io::stdin().read_to_end(&mut event)?;
    std::io::stdout().write_all(&enrich::tree(&event)?)?;
    Ok(())
}
