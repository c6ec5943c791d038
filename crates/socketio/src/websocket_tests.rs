use super::*;

const BOUNDS: Bounds = Bounds { message_bytes: 1_000, fragments: 3 };

/// A masked frame as a client sends it.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let (head, size) = head_for(0, payload.len());
    let mut frame = vec![first];
    frame.extend_from_slice(&head[1..size]);
    frame[1] |= 0x80;
    let mask = [1, 2, 3, 4];
    frame.extend_from_slice(&mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

fn read(mut data: Vec<u8>) -> Result<Option<usize>, u16> {
    let outcome = next(&mut data, &mut None, BOUNDS);
    outcome.map(|found| found.map(|(taken, _)| taken)).map_err(|violation| violation.code)
}

#[test]
fn a_whole_frame_is_read_and_a_part_is_not() {
    for length in [0, 1, 7, 125, 126, 200, 1_000] {
        let payload: Vec<u8> = (0..length).map(|at| (at % 127) as u8).collect();
        let frame = masked(0x81, &payload);
        for cut in 0..frame.len() {
            assert_eq!(read(frame[..cut].to_vec()), Ok(None), "{length} cut at {cut}");
        }
        let mut data = [frame.clone(), b"next".to_vec()].concat();
        let (taken, item) = next(&mut data, &mut None, BOUNDS).unwrap().unwrap();
        assert_eq!(taken, frame.len());
        assert_eq!(item, Item::Text(Cow::Borrowed(std::str::from_utf8(&payload).unwrap())));
    }
}

#[test]
fn what_the_rfc_forbids_fails_the_connection() {
    let mut not_minimal = vec![0x81, 0x80 | 126, 0, 5, 0, 0, 0, 0];
    not_minimal.extend([0; 5]);
    let mut endless = vec![0x82, 0x80 | 127];
    endless.extend([0xff; 8]);
    endless.extend([0; 4]);
    let mut huge = vec![0x82, 0x80 | 127];
    huge.extend((1u64 << 62).to_be_bytes());
    huge.extend([0; 4]);
    for (frame, code) in [
        (vec![0x81, 0x01, b'x'], 1002),
        (masked(0xc1, b"x"), 1002),
        (masked(0x83, b"x"), 1002),
        (masked(0x8b, b"x"), 1002),
        (masked(0x09, b"x"), 1002),
        (masked(0x89, &[0; 126]), 1002),
        (masked(0x80, b"x"), 1002),
        (masked(0x81, &[0xc3, 0x28]), 1007),
        (masked(0x88, &[0x03]), 1002),
        (masked(0x88, &1005u16.to_be_bytes()), 1002),
        (masked(0x88, &[0x03, 0xe8, 0xff]), 1007),
        (masked(0x82, &[0; 1_001]), 1009),
        (not_minimal, 1002),
        (endless, 1002),
        (huge, 1009),
    ] {
        assert_eq!(read(frame.clone()), Err(code), "{frame:02x?}");
    }
}

/// Feeds frames one after the other; the last outcome counts.
fn join(frames: &[Vec<u8>]) -> Result<String, u16> {
    let mut fragments = None;
    let mut last = String::new();
    for frame in frames {
        let mut data = frame.clone();
        let outcome = next(&mut data, &mut fragments, BOUNDS).map_err(|error| error.code)?;
        last = format!("{:?}", outcome.unwrap().1);
    }
    Ok(last)
}

#[test]
fn fragments_are_joined_within_bounds() {
    let pieces = [masked(0x01, "ä".as_bytes()), masked(0x89, b"p"), masked(0x80, b"b")];
    assert_eq!(join(&pieces), Ok("Text(\"äb\")".into()));
    let split = "€".as_bytes();
    assert_eq!(
        join(&[masked(0x01, &split[..1]), masked(0x80, &split[1..])]),
        Ok("Text(\"€\")".into())
    );
    assert_eq!(join(&[masked(0x01, &split[..1]), masked(0x80, b"")]), Err(1007));
    assert_eq!(join(&[masked(0x01, &[0xff]), masked(0x80, b"")]), Err(1007));
    assert_eq!(join(&[masked(0x01, b"a"), masked(0x81, b"b")]), Err(1002));
    assert_eq!(join(&[masked(0x02, &[0; 600]), masked(0x80, &[0; 600])]), Err(1009));
    let one = masked(0x00, b"x");
    assert_eq!(join(&[masked(0x02, b"x"), one.clone(), one.clone(), one]), Err(1009));
}

#[test]
fn the_accept_key_is_that_of_the_rfc() {
    let accepted = accept(b"dGhlIHNhbXBsZSBub25jZQ==");
    assert_eq!(accepted.as_deref(), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_eq!(accept(b"c2hvcnQ="), None);
    assert_eq!(accept(b"not base64"), None);
}
