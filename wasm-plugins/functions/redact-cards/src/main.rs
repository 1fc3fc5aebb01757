// SPDX-License-Identifier: Apache-2.0

//! A function of ABI redpanda that masks card numbers in every record's value
//! and passes keys, headers and everything else through unchanged.

mod redact;

use redpanda_transform_sdk::{
    on_record_written, BorrowedRecord, RecordWriter, WriteError, WriteEvent,
};

fn main() {
    on_record_written(handle)
}

fn handle(event: WriteEvent, writer: &mut RecordWriter) -> Result<(), WriteError> {
    let record = event.record;
    match record.value().and_then(redact::redact) {
        // Most records contain no card number: those are not copied.
        None => writer.write(record),
        Some(value) => writer.write(BorrowedRecord::new_with_headers(
            record.key(),
            Some(&value),
            record.headers().to_vec(),
        )),
    }
}
