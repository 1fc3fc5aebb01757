// SPDX-License-Identifier: Apache-2.0

//! The benchmarks' enrichment: parse JSON, add a field, write JSON. What does not
//! begin as an object passes unchanged; an object that is not JSON is an error.
//! It is written in two ways.

use serde::{Deserialize, Serialize};
use serde_json::{value::RawValue, Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The obvious way: the whole event becomes a tree.
pub fn tree(event: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    if event.first() != Some(&b'{') {
        return Ok(event.to_vec());
    }
    let mut event: Map<String, Value> = serde_json::from_slice(event)?;
    event.insert("region".into(), "eu".into());
    serde_json::to_vec(&event)
}

/// The fast way: everything is checked to be JSON, but only the event's own
/// fields are separated, and their values stay text.
pub fn fields(event: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    if event.first() != Some(&b'{') {
        return Ok(event.to_vec());
    }
    let mut fields: BTreeMap<Name, &RawValue> = serde_json::from_slice(event)?;
    fields.insert(Name("region".into()), serde_json::from_str("\"eu\"")?);
    let mut out = Vec::with_capacity(event.len() + 16);
    serde_json::to_writer(&mut out, &fields)?;
    Ok(out)
}

/// A field's name: borrowed, unless it has escapes.
#[derive(Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The same for Redpanda Connect, whose host allocates what it passes in and
/// frees what it gets.
#[cfg(feature = "connect")]
mod connect {
    type Enrich = fn(&[u8]) -> Result<Vec<u8>, serde_json::Error>;

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
    pub unsafe extern "C" fn tree() {
        process(super::tree)
    }

    #[no_mangle]
    pub unsafe extern "C" fn fields() {
        process(super::fields)
    }

    #[inline(always)]
    unsafe fn process(enrich: Enrich) {
        let packed = v0_msg_as_bytes();
        let (at, size) = ((packed >> 32) as *mut u8, packed as u32 as usize);
        let event = Vec::from_raw_parts(at, size, size);
        let mut out = enrich(&event).expect("the event is JSON");
        out.shrink_to_fit();
        let out = std::mem::ManuallyDrop::new(out);
        v0_msg_set_bytes(out.as_ptr(), out.len());
    }
}

#[cfg(test)]
mod tests {
    use super::{fields, tree};
    use serde_json::{from_slice, json, Value};

    #[test]
    fn both_ways_give_the_same() {
        for event in [
            "{}",
            r#"{"id":"order-1","total":1234.5,"lines":[{"sku":"A","note":"gift \"wrapped\""},null,true]}"#,
            r#"{"region":"us","b":1,"a":{"region":"us"}}"#,
            "{ \"b\" : [ 1 , 2 ] ,\n \"a\" : \"\u{e4}\" }",
            r#"{"na\u006de":"escaped","again":1,"again":2}"#,
        ] {
            let all: Value = from_slice(&tree(event.as_bytes()).unwrap()).unwrap();
            let top: Value = from_slice(&fields(event.as_bytes()).unwrap()).unwrap();
            assert_eq!(all, top, "{event}");
            let mut want: Value = serde_json::from_str(event).unwrap();
            want["region"] = json!("eu");
            assert_eq!(top, want, "{event}");
        }
    }

    #[test]
    fn both_ways_refuse_what_is_not_json() {
        for event in ["{", "{\"a\":}", "{\"a\":1}x", "{\"a\":[1,2}", "{\"a\":\"\u{1}\"}", "{1:2}"] {
            assert!(tree(event.as_bytes()).is_err(), "{event}");
            assert!(fields(event.as_bytes()).is_err(), "{event}");
        }
        assert!(tree(b"{\"a\":\"\xff\"}").is_err());
        assert!(fields(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn both_ways_pass_on_what_is_no_object() {
        for event in ["", "xxx", "[1]"] {
            assert_eq!(tree(event.as_bytes()).unwrap(), event.as_bytes());
            assert_eq!(fields(event.as_bytes()).unwrap(), event.as_bytes());
        }
    }
}
