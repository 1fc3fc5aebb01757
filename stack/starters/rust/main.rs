// SPDX-License-Identifier: Apache-2.0

// A function in Rust, ABI redpanda. Save as src/main.rs. Build:
//
//   cargo init --name function .
//   cargo add redpanda-transform-sdk@1.1.0
//   rustup target add wasm32-wasip1
//   cargo build --release --target wasm32-wasip1
use redpanda_transform_sdk::{
    on_record_written, BorrowedRecord, RecordWriter, WriteError, WriteEvent,
};

fn main() {
    on_record_written(handle)
}

fn handle(event: WriteEvent, out: &mut RecordWriter) -> Result<(), WriteError> {
    let record = event.record;
    let value = record.value().map(|v| v.to_ascii_uppercase());
    out.write(BorrowedRecord::new_with_headers(
        record.key(),
        value.as_deref(),
        record.headers().to_vec(),
    ))
}
