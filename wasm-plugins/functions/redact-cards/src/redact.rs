// SPDX-License-Identifier: Apache-2.0

//! Finds card numbers in bytes and masks all but their last four digits.
//!
//! A card number is 13 to 19 digits, whole or in groups separated by one space or
//! hyphen, that starts as the card networks' numbers do (2 to 6) and whose
//! Luhn check digit is correct. Digits that touch letters or a decimal point are
//! not a card number: they are hashes, identifiers and fractions.

const MIN: usize = 13;
const MAX: usize = 19;
const CLEAR: usize = 4;

/// Returns the masked copy, or None when there is nothing to mask.
///
/// JSON stays JSON: a card number outside a string is masked with
/// nines, since a number cannot contain asterisks.
pub fn redact(input: &[u8]) -> Option<Vec<u8>> {
    let first = input.iter().find(|b| !b.is_ascii_whitespace());
    let json = matches!(first, Some(b'{' | b'['));
    let mut out: Option<Vec<u8>> = None;
    let mut in_string = false;
    // Whether the byte before `at` rules out that a card number starts.
    let mut touching = false;
    let mut at = 0;
    while at < input.len() {
        let byte = input[at];
        if byte.is_ascii_digit() {
            if !touching {
                if let Some(end) = card_end(input, at) {
                    let mask = if json && !in_string { b'9' } else { b'*' };
                    mask_digits(
                        &mut out.get_or_insert_with(|| input.to_vec())[at..end],
                        mask,
                    );
                    at = end;
                    continue;
                }
            }
            at += group_len(&input[at..]);
            touching = false;
            continue;
        }
        if json && byte == b'\\' {
            // An escape such as \n or \u00e4 is one character, not letters
            // that a following number would touch.
            at += if input.get(at + 1) == Some(&b'u') {
                6
            } else {
                2
            };
            touching = false;
            continue;
        }
        in_string ^= byte == b'"';
        touching = is_word(byte) || byte == b'.';
        at += 1;
    }
    out
}

/// Returns where the longest card number that starts at `start` ends.
fn card_end(input: &[u8], start: usize) -> Option<usize> {
    if !matches!(input[start], b'2'..=b'6') {
        return None;
    }
    let mut luhn = Luhn::default();
    let mut found = None;
    let mut at = start;
    loop {
        let end = at + group_len(&input[at..]);
        if luhn.digits + (end - at) > MAX {
            return found;
        }
        input[at..end].iter().for_each(|b| luhn.push(b - b'0'));
        if luhn.digits >= MIN && luhn.is_valid() && !touches(&input[end..]) {
            found = Some(end);
        }
        match input.get(end..end + 2) {
            Some([b' ' | b'-', b'0'..=b'9']) => at = end + 1,
            _ => return found,
        }
    }
}

fn group_len(input: &[u8]) -> usize {
    input.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// Whether what follows a number makes it part of something else.
fn touches(rest: &[u8]) -> bool {
    match rest {
        [b'.', next, ..] => next.is_ascii_digit(),
        [next, ..] => is_word(*next),
        [] => false,
    }
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

fn mask_digits(number: &mut [u8], mask: u8) {
    let digits = number.iter().filter(|b| b.is_ascii_digit()).count();
    number
        .iter_mut()
        .filter(|b| b.is_ascii_digit())
        .take(digits - CLEAR)
        .for_each(|b| *b = mask);
}

/// The Luhn sum of a number read from the left. Which digits count double
/// depends on the length, known only at the end, so both sums are kept.
#[derive(Default)]
struct Luhn {
    digits: usize,
    sums: [u32; 2],
}

impl Luhn {
    fn push(&mut self, digit: u8) {
        let digit = u32::from(digit);
        let double = if digit > 4 { 2 * digit - 9 } else { 2 * digit };
        let parity = self.digits % 2;
        self.sums[parity] += double;
        self.sums[1 - parity] += digit;
        self.digits += 1;
    }

    fn is_valid(&self) -> bool {
        // The last digit counts single, every second one before it double.
        self.sums[self.digits % 2] % 10 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn masks() {
        let cases = [
            ("4111111111111111", "************1111"),
            ("card 4111 1111 1111 1111.", "card **** **** **** 1111."),
            ("5500-0055-5555-5559", "****-****-****-5559"),
            ("amex 371449635398431!", "amex ***********8431!"),
            ("13: 4222222222222", "13: *********2222"),
            ("19: 6304000000000000000", "19: ***************0000"),
            ("2 4111 1111 1111 1111", "2 **** **** **** 1111"),
            (
                "4111111111111111,5555555555554444",
                "************1111,************4444",
            ),
            // The expiry date after the number is not part of it.
            ("4111 1111 1111 1111 12-29", "**** **** **** 1111 12-29"),
            (
                r#"{"card":4111111111111111}"#,
                r#"{"card":9999999999991111}"#,
            ),
            (
                r#"{"note":"was\n4111111111111111","n":1}"#,
                r#"{"note":"was\n************1111","n":1}"#,
            ),
            (
                r#"{"note":"\"4111111111111111\""}"#,
                r#"{"note":"\"************1111\""}"#,
            ),
            (
                r#"{"note":"\u00e44111111111111111"}"#,
                r#"{"note":"\u00e4************1111"}"#,
            ),
            // Outside JSON a backslash is a byte like any other.
            (r"\4111111111111111", r"\************1111"),
        ];
        for (input, want) in cases {
            let got = redact(input.as_bytes()).map(|v| String::from_utf8(v).unwrap());
            assert_eq!(got.as_deref(), Some(want), "{}", input);
        }
    }

    #[test]
    fn leaves_alone() {
        let cases = [
            "",
            "no digits",
            "4111111111111112",       // wrong check digit
            "1709374500000",          // milliseconds since 1970
            "411111111111",           // 12 digits
            "41111111111111111111",   // 20 digits
            "a4111111111111111",      // part of an identifier
            "4111111111111111_x",     // likewise
            "0.4111111111111111",     // a fraction
            "4111111111111111.5",     // an amount
            "4111  1111  1111  1111", // two spaces: columns of a table
            "4000-0000 4111.1111",    // not 13 digits
            "\\",                     // ends in a backslash
            "{\"a\":\"\\",            // cut off within an escape
            "{\"a\":\"\\u00",         // likewise
        ];
        for input in cases {
            assert_eq!(redact(input.as_bytes()), None, "{}", input);
        }
    }

    #[test]
    fn golden() {
        let got = redact(include_bytes!("../testdata/order.json")).unwrap();
        assert_eq!(
            String::from_utf8(got).unwrap(),
            include_str!("../testdata/redacted.json")
        );
    }

    // Any bytes: no panic, same length, only digits change, and only once.
    #[test]
    fn holds_for_random_bytes() {
        let alphabet = b"0123456789 -\\\"{u.a4111";
        let mut state = 1u64;
        for _ in 0..200_000 {
            let input: Vec<u8> = (0..32)
                .map(|_| {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
                    alphabet[(state >> 33) as usize % alphabet.len()]
                })
                .collect();
            if let Some(out) = redact(&input) {
                assert_eq!(out.len(), input.len());
                for (a, b) in input.iter().zip(&out) {
                    assert!(a == b || a.is_ascii_digit() && matches!(b, b'*' | b'9'));
                }
            }
        }
    }
}
