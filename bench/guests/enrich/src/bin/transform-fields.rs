// SPDX-License-Identifier: Apache-2.0

use redpanda_transform_sdk::{on_record_written, BorrowedRecord, RecordWriter, WriteEvent};
use std::error::Error;

fn main() {
    on_record_written(handle)
}

fn handle(event: WriteEvent, out: &mut RecordWriter) -> Result<(), Box<dyn Error>> {
    let value = enrich::fields(event.record.value().unwrap_or_default())?;
    out.write(BorrowedRecord::new(event.record.key(), Some(&value)))?;
    Ok(())
}
