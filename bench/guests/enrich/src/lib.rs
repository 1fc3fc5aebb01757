// SPDX-License-Identifier: Apache-2.0

//! The benchmarks' enrichment: parse JSON, add a field, write JSON. What does not
//! begin as an object passes unchanged.

use serde_json::{Map, Value};

pub fn enrich(event: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    if event.first() != Some(&b'{') {
        return Ok(event.to_vec());
    }
    let mut event: Map<String, Value> = serde_json::from_slice(event)?;
    event.insert("region".into(), "eu".into());
    serde_json::to_vec(&event)
}

/// The same for Redpanda Connect, whose host allocates what it passes in and
/// frees what it gets.
#[cfg(feature = "connect")]
mod connect {
    #[link(wasm_import_module = "benthos_wasm")]
    extern "C" {
        fn v0_msg_as_bytes() -> u64;
        fn v0_msg_set_bytes(at: *const u8, size: usize);
    }

    #[no_mangle]
    pub extern "C" fn allocate(size: usize) -> *mut u8 {
        let mut buffer = Vec::<u8>::with_capacity(size);
        let at = buffer.as_mut_ptr();
        std::mem::forget(buffer);
        at
    }

    #[no_mangle]
    pub unsafe extern "C" fn deallocate(at: *mut u8, size: usize) {
        drop(Vec::from_raw_parts(at, 0, size));
    }

    #[no_mangle]
    pub unsafe extern "C" fn process() {
        let packed = v0_msg_as_bytes();
        let (at, size) = ((packed >> 32) as *mut u8, packed as u32 as usize);
        let event = Vec::from_raw_parts(at, size, size);
        let mut out = super::enrich(&event).expect("the event is JSON");
        out.shrink_to_fit();
        let out = std::mem::ManuallyDrop::new(out);
        v0_msg_set_bytes(out.as_ptr(), out.len());
    }
}
